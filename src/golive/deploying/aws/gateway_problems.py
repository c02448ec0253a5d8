"""What a REST API answers where it does not ask the function: the problems that golive answers."""

from __future__ import annotations

from typing import Any

import msgspec

from golive.deploying.aws.gateway_resources import GatewayProblem
from golive.service.problems import PROBLEM_TYPE, Problem, problem_body, status_of

__all__ = ["gateway_problems"]

_CASES: tuple[tuple[str, str, str], ...] = (
    ("ACCESS_DENIED", "not_allowed", "These credentials are not for this path."),
    ("API_CONFIGURATION_ERROR", "internal_error", "The gateway cannot ask the function."),
    ("BAD_REQUEST_BODY", "bad_request", "The body cannot be read."),
    ("BAD_REQUEST_PARAMETERS", "bad_query", "The query string or a header cannot be read."),
    ("EXPIRED_TOKEN", "bad_key", "The credentials have expired."),
    ("INTEGRATION_FAILURE", "backend_unavailable", "The function did not answer."),
    ("INTEGRATION_TIMEOUT", "time_limit", "The answer took longer than the gateway waits."),
    ("INVALID_API_KEY", "key_required", "A valid key is needed; send it in the header x-api-key."),
    ("INVALID_SIGNATURE", "not_authenticated", "The signature of the request is not right."),
    ("MISSING_AUTHENTICATION_TOKEN", "key_required", "The request has to be signed or have a key."),
    ("QUOTA_EXCEEDED", "quota_exceeded", "The key's quota is used up."),
    ("REQUEST_TOO_LARGE", "body_too_large", "The request is larger than 10 MB."),
    ("RESOURCE_NOT_FOUND", "not_found", "There is no such path."),
    ("THROTTLED", "rate_limited", "Too many requests at a time; come again in a second."),
    ("UNAUTHORIZED", "key_required", "The request has to be signed or have a key."),
    ("UNSUPPORTED_MEDIA_TYPE", "unsupported_media_type", "The body has to be declared as JSON."),
    ("WAF_FILTERED", "not_allowed", "A rule of the firewall refuses this request."),
)
"""AWS's name of a case, golive's code, and what is told."""

_OTHERS = (
    ("DEFAULT_4XX", "bad_request", "The gateway cannot take this request."),
    ("DEFAULT_5XX", "internal_error", "The gateway got no answer of the function."),
)
"""These stand for all cases without one of their own. A status of theirs would be that of each."""

_HEADERS: dict[str, dict[str, str]] = {
    "key_required": {"www-authenticate": 'Bearer realm="golive"'},
    "bad_key": {"www-authenticate": 'Bearer realm="golive", error="invalid_token"'},
    "not_authenticated": {"www-authenticate": "AWS4-HMAC-SHA256"},
    "rate_limited": {"retry-after": "1"},
    "quota_exceeded": {"retry-after": "3600"},
    "backend_unavailable": {"retry-after": "1"},
}


def gateway_problems(api: str, origins: tuple[str, ...]) -> tuple[GatewayProblem, ...]:
    """The answers of an API, each with the status of its code.

    Args:
        api: The API's name in the graph.
        origins: Of pages that may read them. A gateway cannot choose by request: of several, every
            page may read that something was refused.
    """
    shared = {"content-type": PROBLEM_TYPE}
    if origins:
        shared["access-control-allow-origin"] = origins[0] if len(origins) == 1 else "*"
    cases = [(*case, True) for case in _CASES] + [(*case, False) for case in _OTHERS]
    return tuple(
        GatewayProblem(
            name="Problem" + "".join(part.capitalize() for part in kind.split("_")),
            api=api,
            kind=kind,
            status=status_of(code) if has_status else None,
            body=_body(code, detail, has_status=has_status),
            headers=tuple(sorted((shared | _HEADERS.get(code, {})).items())),
        )
        for kind, code, detail, has_status in cases
    )


def _body(code: str, detail: str, *, has_status: bool) -> str:
    body = problem_body(Problem(code=code, detail=detail), "$context.requestId")
    if has_status:
        return body.decode()
    members: dict[str, Any] = msgspec.json.decode(body)
    kept = {name: value for name, value in members.items() if name not in ("status", "title")}
    return msgspec.json.encode(kept).decode()
