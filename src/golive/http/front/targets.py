"""Targets of requests: path, query and host, decoded as ASGI servers do."""

from __future__ import annotations

import re
from urllib.parse import unquote

import msgspec

from golive.http.front.refusals import UNREADABLE, RefusedError

__all__ = ["Target", "read_target"]

_ABSOLUTE = re.compile(
    rb"https?://([A-Za-z0-9._~%!$&'()*+,;=-]+|\[[0-9A-Fa-f:.]+\])(:[0-9]*)?(?=[/?#]|\Z)",
    re.IGNORECASE,
)


class Target(msgspec.Struct, frozen=True, kw_only=True):
    """What a request is sent to.

    Attributes:
        path: Decoded.
        query: As it came.
        host: With its port, if the target names one; it counts instead of the header `Host`.
    """

    path: str
    query: bytes
    host: str | None = None


def read_target(raw: bytes) -> Target:
    """The target that the bytes of a request line name; they are visible ASCII.

    Raises:
        RefusedError: They are none, such as the address of a tunnel (`CONNECT host:port`).
    """
    host = None
    if not raw.startswith(b"/"):
        if raw == b"*":
            return Target(path="*", query=b"")
        absolute = _ABSOLUTE.match(raw)
        if absolute is None:
            raise RefusedError(UNREADABLE)
        host = raw[absolute.start(1) : absolute.end()].decode("ascii")
        raw = raw[absolute.end() :]
    before_fragment = raw.partition(b"#")[0]
    raw_path, _, query = before_fragment.partition(b"?")
    path = raw_path.decode("ascii") or "/"
    return Target(path=unquote(path) if "%" in path else path, query=query, host=host)
