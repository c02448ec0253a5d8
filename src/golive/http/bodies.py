"""Bodies and queries as they come in, within limits."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

__all__ = [
    "BodyTooLargeError",
    "DisconnectedError",
    "Message",
    "ReadTimeLimitError",
    "Receive",
    "read_body",
]

Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]


class BodyTooLargeError(Exception):
    """The body is larger than the limit."""


class ReadTimeLimitError(Exception):
    """The body did not arrive in time."""


class DisconnectedError(Exception):
    """The client went away before its body was complete."""


async def read_body(
    receive: Receive, headers: dict[str, str], *, limit: int, seconds: float
) -> bytes:
    """The whole body.

    A client that sends too much reads the answer only after it has sent; so up to as much
    again is read and thrown away, unless it waits for leave to send (`Expect: 100-continue`).

    Raises:
        BodyTooLargeError: It is declared or found to be larger than `limit` bytes.
        ReadTimeLimitError: It was not complete after so many seconds.
        DisconnectedError: The client went away.
    """
    declared = headers.get("content-length", "")
    is_too_large = declared.isdecimal() and int(declared[:20]) > limit
    if is_too_large and "expect" in headers:
        raise BodyTooLargeError
    try:
        async with asyncio.timeout(seconds):
            body = await _receive_all(receive, limit=0 if is_too_large else limit, most=2 * limit)
    except TimeoutError:
        if is_too_large:
            raise BodyTooLargeError from None
        raise ReadTimeLimitError from None
    if is_too_large or len(body) > limit:
        raise BodyTooLargeError
    return body


async def _receive_all(receive: Receive, *, limit: int, most: int) -> bytes:
    kept = bytearray()
    size = 0
    while size <= most:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise DisconnectedError
        chunk: bytes = message.get("body", b"")
        size += len(chunk)
        if size <= limit:
            kept += chunk
        if not message.get("more_body", False):
            break
    if size > limit:
        raise BodyTooLargeError
    return bytes(kept)
