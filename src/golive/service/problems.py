"""Problems (RFC 9457): the one place where a code meets its HTTP status."""

from __future__ import annotations

from collections.abc import Callable
from http import HTTPStatus

import msgspec

from golive.service.json_text import encode_json
from golive.signature.model import JsonValue

__all__ = [
    "KNOWN_CODES",
    "PLAIN_STYLE",
    "PROBLEM_TYPE",
    "RECORD_CODES",
    "STATUSES",
    "Problem",
    "ProblemStyle",
    "problem_body",
    "status_of",
]

PROBLEM_TYPE = "application/problem+json"

STATUSES: dict[str, int] = {
    "malformed_json": 400,
    "malformed_csv": 400,
    "malformed_encoding": 400,
    "too_deep": 400,
    "failed_records": 400,
    "bad_query": 400,
    "bad_request": 400,
    "not_authenticated": 401,
    "key_required": 401,
    "bad_key": 401,
    "not_allowed": 403,
    "origin_not_allowed": 403,
    "address_not_allowed": 403,
    "not_found": 404,
    "method_not_allowed": 405,
    "not_acceptable": 406,
    "read_time_limit": 408,
    "version_not_served": 409,
    "body_too_large": 413,
    "ratio_too_large": 413,
    "too_many_records": 413,
    "answer_too_large": 413,
    "unsupported_media_type": 415,
    "host_not_allowed": 421,
    "bad_request_shape": 422,
    "bad_option": 422,
    "threshold_not_supported": 422,
    "invalid_records": 422,
    "rate_limited": 429,
    "quota_exceeded": 429,
    "headers_too_large": 431,
    "client_disconnected": 499,
    "write_time_limit": 499,
    "model_failed": 500,
    "internal_error": 500,
    "starting": 503,
    "draining": 503,
    "overloaded": 503,
    "backend_crashed": 503,
    "backend_unavailable": 503,
    "too_many_connections": 503,
    "keys_unavailable": 503,
    "limits_unavailable": 503,
    "time_limit": 504,
    "deadline_exceeded": 504,
}
"""Code of a request's problem to its status; any other code of a `RequestError` is 400."""

RECORD_CODES = frozenset(
    {
        "missing_column",
        "wrong_type",
        "null_not_allowed",
        "unseen_category",
        "non_finite",
        "out_of_range",
        "extra_column",
        "not_an_object",
        "bad_base64",
        "bad_image",
        "too_large",
        "too_deep",
        "text_too_long",
        "lookup_missed",
        "lookup_failed",
        "model_failed",
        "non_finite_output",
        "deadline_exceeded",
    }
)
"""Codes of records' errors that golive itself gives."""

KNOWN_CODES = RECORD_CODES | STATUSES.keys()
"""Every code of golive itself; function models have their own beside these."""

_PHRASES = {
    413: "Content Too Large",
    421: "Misdirected Request",
    422: "Unprocessable Content",
    499: "Client Closed Request",
}


class Problem(msgspec.Struct, frozen=True, kw_only=True):
    """Why a request has no answer.

    Attributes:
        code: Stable, snake_case name of the problem; decides the status.
        detail: What happened and what would be right.
        headers: Further headers of the response, such as `allow`.
        members: Further members of the body, such as `predictions`.
    """

    code: str
    detail: str
    headers: dict[str, str] = msgspec.field(default_factory=dict)
    members: dict[str, JsonValue] = msgspec.field(default_factory=dict)


def _no_members(problem: Problem) -> dict[str, JsonValue]:  # noqa: ARG001
    return {}


class ProblemStyle(msgspec.Struct, frozen=True, kw_only=True):
    """What the clients of a protocol want of a problem beside RFC 9457.

    Attributes:
        members: Further members of a problem's body.
        content_type: Of the body.
    """

    members: Callable[[Problem], dict[str, JsonValue]] = _no_members
    content_type: str = PROBLEM_TYPE


PLAIN_STYLE = ProblemStyle()
"""RFC 9457 and nothing else."""


def status_of(code: str) -> int:
    """The HTTP status of a problem's code."""
    return STATUSES.get(code, 400)


def problem_body(problem: Problem, request_id: str, style: ProblemStyle = PLAIN_STYLE) -> bytes:
    """The problem as JSON.

    Its `type` is `about:blank`, so that its title is the status's phrase (RFC 9457, 4.2.1); what
    a program branches on is `code`.
    """
    status = status_of(problem.code)
    body: dict[str, JsonValue] = {
        "type": "about:blank",
        "title": _phrase(status),
        "status": status,
        "detail": problem.detail,
        "code": problem.code,
        "request_id": request_id,
    }
    return encode_json(body | problem.members | style.members(problem))


def _phrase(status: int) -> str:
    return _PHRASES.get(status) or HTTPStatus(status).phrase
