"""What the OpenAPI document says of responses: headers, problems and their schemas."""

from __future__ import annotations

from golive.service.problems import PROBLEM_TYPE, STATUSES
from golive.signature.model import JsonValue

__all__ = [
    "HEADERS",
    "PROBLEM_SCHEMAS",
    "json_response",
    "key_responses",
    "problem_responses",
    "responses_with_keys",
    "shared_responses",
]

_MEANINGS = {
    400: "The request cannot be read: malformed JSON or CSV, a body that cannot be decompressed, "
    "or a query that is not UTF-8. With tensors also: a record failed.",
    404: "There is nothing at this path.",
    405: "The path does not answer to this method; `Allow` says to which it does.",
    406: "The Accept header excludes JSON.",
    408: "The body did not arrive in time.",
    413: "The body is too large, or holds too many records.",
    415: "The body is not declared as JSON in UTF-8, or has a content coding that is not read.",
    421: "The Host header names a host that this service does not answer for.",
    422: "No record could be answered and all faults are the input's, or an option does not fit.",
    431: "The request line and the headers are too large.",
    500: "No record could be answered and a fault is the model's, or something failed inside.",
    503: "Starting, draining or overloaded, or the model's process ended; `Retry-After` says when "
    "to ask again.",
    504: "The answer took longer than the time limit.",
}
_MEANINGS_OF_KEYS = {
    401: "A key is needed, or what was sent is none; `WWW-Authenticate` says how to send one.",
    403: "The key is not for this path or this model.",
    429: "The key is over its rate or its quota; `Retry-After` says when to ask again.",
}
_EVERYWHERE = (404, 405, 406, 408, 413, 421, 431, 500, 503, 504)

HEADERS: dict[str, JsonValue] = {
    "golive-request-id": {
        "description": "The server's id of this request (UUIDv7).",
        "required": True,
        "schema": {"type": "string", "format": "uuid"},
    },
    "golive-model-version": {
        "description": "The version of the model that the path is about.",
        "schema": {"type": "string"},
    },
    "golive-feature-versions": {
        "description": "The models that were asked first, and their versions: `embedder=0123abc`.",
        "schema": {"type": "string"},
    },
    "golive-environment": {
        "description": "`drifted` where golden records are answered differently than when the "
        "model was packed, and that was allowed.",
        "schema": {"const": "drifted"},
    },
    "golive-defaults": {
        "description": "Which columns could not be looked up, why, and in how many records: "
        "`users;because=timeout;records=2`. They have what they have by default.",
        "schema": {"type": "string"},
    },
    "x-request-id": {
        "description": "The caller's own id, echoed.",
        "schema": {"type": "string", "maxLength": 200},
    },
    "traceparent": {
        "description": "The caller's trace context, echoed.",
        "schema": {"type": "string"},
    },
    "retry-after": {
        "description": "Seconds to wait before asking again.",
        "schema": {"type": "integer", "minimum": 0},
    },
    "allow": {
        "description": "The methods that the path answers to.",
        "schema": {"type": "string"},
    },
}

PROBLEM_SCHEMAS: dict[str, JsonValue] = {
    "Failure": {
        "type": "object",
        "description": "Why one record has no answer.",
        "required": ["code", "message"],
        "properties": {
            "code": {"type": "string"},
            "message": {"type": "string"},
            "field": {"type": "string"},
            "others": {"type": "array", "items": {"$ref": "#/components/schemas/Failure"}},
        },
    },
    "FailedRecord": {
        "type": "object",
        "required": ["error"],
        "properties": {
            "id": {"type": ["string", "integer"]},
            "error": {"$ref": "#/components/schemas/Failure"},
        },
    },
    "Problem": {
        "type": "object",
        "description": "RFC 9457; `predictions` is there when the records were parsed.",
        "required": ["type", "title", "status", "detail", "code", "request_id"],
        "properties": {
            "type": {"type": "string", "format": "uri-reference"},
            "title": {"type": "string"},
            "status": {"type": "integer", "minimum": 400, "maximum": 599},
            "detail": {"type": "string"},
            "code": {
                "type": "string",
                "description": "What a program branches on, such as "
                + ", ".join(f"`{code}`" for code in sorted(STATUSES))
                + ".",
            },
            "request_id": {"type": "string", "format": "uuid"},
            "hint": {"type": "string"},
            "paths": {"type": "array", "items": {"type": "string"}},
            "model": {"type": "string"},
            "version": {"type": "string"},
            "predictions": {
                "type": "array",
                "items": {
                    "anyOf": [{"$ref": "#/components/schemas/FailedRecord"}, {"type": "null"}]
                },
            },
            "errors": {
                "type": "array",
                "description": "Of other projects' protocols: why records failed.",
                "items": {"type": "object", "required": ["index", "code", "message"]},
            },
            "error": {"type": "string", "description": "The detail again, for KServe's clients."},
            "error_code": {"type": "string", "description": "MLflow's name of the status."},
            "message": {"type": "string", "description": "The detail again, for MLflow's."},
        },
    },
}


def json_response(
    description: str, schema: JsonValue, examples: dict[str, JsonValue] | None = None
) -> dict[str, JsonValue]:
    """A response of 200 with a JSON body."""
    content: dict[str, JsonValue] = {"schema": schema}
    if examples:
        content["examples"] = {name: {"value": value} for name, value in examples.items()}
    return {
        "description": description,
        "headers": _headers("golive-request-id", *_OPTIONAL),
        "content": {"application/json": content},
    }


def problem_responses(*statuses: int, is_problem_type: bool = True) -> dict[str, JsonValue]:
    """References to the problems that every path may answer with, and to `statuses`.

    Args:
        statuses: Beside those that every path has.
        is_problem_type: Whether their type is that of RFC 9457, or plain JSON.
    """
    name = _problem_name if is_problem_type else _error_name
    return {
        str(status): {"$ref": f"#/components/responses/{name(status)}"}
        for status in sorted({*_EVERYWHERE, *statuses})
    }


def shared_responses() -> dict[str, JsonValue]:
    """The problems, as components."""
    problems = {_problem_name(status): _problem(status, PROBLEM_TYPE) for status in _MEANINGS}
    return problems | {
        _error_name(status): _problem(status, "application/json") for status in _MEANINGS
    }


def key_responses() -> dict[str, JsonValue]:
    """The problems of services that need a key, as components."""
    return {
        name(status): _problem(status, content_type)
        for name, content_type in ((_problem_name, PROBLEM_TYPE), (_error_name, "application/json"))
        for status in _MEANINGS_OF_KEYS
    }


def responses_with_keys(responses: dict[str, JsonValue]) -> dict[str, JsonValue]:
    """The responses of a path that needs a key, with the problems of keys in the same form."""
    is_problem_type = responses["404"] == problem_responses()["404"]
    name = _problem_name if is_problem_type else _error_name
    added = {
        str(status): {"$ref": f"#/components/responses/{name(status)}"}
        for status in _MEANINGS_OF_KEYS
    }
    return dict(sorted((responses | added).items()))


_OPTIONAL = (
    "golive-model-version",
    "golive-feature-versions",
    "golive-environment",
    "golive-defaults",
    "x-request-id",
    "traceparent",
)


def _problem(status: int, content_type: str) -> dict[str, JsonValue]:
    extra = {405: ("allow",), 429: ("retry-after",), 503: ("retry-after",)}.get(status, ())
    schema = {"$ref": "#/components/schemas/Problem"}
    return {
        "description": (_MEANINGS | _MEANINGS_OF_KEYS)[status],
        "headers": _headers("golive-request-id", *_OPTIONAL, *extra),
        "content": {content_type: {"schema": schema}},
    }


def _headers(*names: str) -> dict[str, JsonValue]:
    return {name: {"$ref": f"#/components/headers/{name}"} for name in names}


def _problem_name(status: int) -> str:
    return f"Problem{status}"


def _error_name(status: int) -> str:
    return f"Error{status}"
