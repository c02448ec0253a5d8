"""The refresh hook: a request that is signed, or has a key of administration, has the server look.

It looks for other versions of what it follows.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Iterator

from golive.service.calls import Call, Reply, problem_reply
from golive.service.context import RefreshHook
from golive.service.entrance import SIGNATURE
from golive.service.json_text import encode_json
from golive.service.problems import Problem
from golive.service.routes import Endpoint, Route

__all__ = ["SIGNATURE", "TIMESTAMP", "refresh_routes", "signature_of", "why_refused"]

TIMESTAMP = "golive-timestamp"

_WINDOW_SECONDS = 300
_LONGEST_TIMESTAMP = 12


def signature_of(secret: str, timestamp: str, body: bytes) -> str:
    """What a request is signed with: `sha256=` and HMAC-SHA256 of the timestamp, a dot, the body.

    Args:
        secret: The secret of sender and server.
        timestamp: Seconds since 1970, as they stand in the header.
        body: The body, as it is sent.
    """
    signed = timestamp.encode() + b"." + body
    return f"sha256={hmac.new(secret.encode(), signed, hashlib.sha256).hexdigest()}"


def why_refused(
    secret: str, timestamp: str | None, signature: str | None, body: bytes, *, now: float
) -> str | None:
    """What is wrong with a signed request, or None.

    Args:
        secret: The secret of sender and server.
        timestamp: The header, or None.
        signature: The header, or None.
        body: The body, as received.
        now: Seconds since 1970.
    """
    if timestamp is None or signature is None:
        return (
            f"The request is not signed: it needs the headers {TIMESTAMP} and {SIGNATURE}, or a "
            "key of administration."
        )
    expected = signature_of(secret, timestamp, body)
    if not hmac.compare_digest(expected.encode(), signature.encode()):
        return "The signature is not that of the timestamp and the body with the server's secret."
    is_number = timestamp.isascii() and timestamp.isdecimal()
    if not is_number or len(timestamp) > _LONGEST_TIMESTAMP:
        return f"The header {TIMESTAMP} must be whole seconds since 1970."
    if abs(now - int(timestamp)) > _WINDOW_SECONDS:
        return f"The timestamp is more than {_WINDOW_SECONDS} seconds from the server's time."
    return None


def refresh_routes(hook: RefreshHook) -> Iterator[tuple[str, Route]]:
    """The path of the hook."""

    def refresh(call: Call) -> Reply:  # noqa: ARG001
        hook.ask()
        return Reply(status=202, body=encode_json({"status": "accepted"}))

    def refresh_if_signed(call: Call) -> Reply:
        why = _why_not(hook, call)
        if why is None:
            return refresh(call)
        given = {"www-authenticate": "golive-signature"}
        problem = Problem(code="not_authenticated", detail=why, headers=given)
        return problem_reply(problem, call.request_id, call.style)

    path = "/admin/refresh"
    endpoint = Endpoint(handler=refresh_if_signed, by_admin=refresh, effort="short")
    yield path, Route(path, {"POST": endpoint}, is_listed=False)


def _why_not(hook: RefreshHook, call: Call) -> str | None:
    if hook.secret is None:
        return "This server takes no signed requests: send a key of administration."
    headers = call.request.headers
    return why_refused(
        hook.secret,
        headers.get(TIMESTAMP),
        headers.get(SIGNATURE),
        call.body,
        now=hook.clock(),
    )
