"""Request and response without a transport.

What is made for every request is a Struct: a dataclass costs several times as much to make.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import msgspec

__all__ = ["Facts", "Request", "Response"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """What a transport received.

    Attributes:
        method: Upper-case HTTP method.
        path: Decoded path, without the query.
        query: Decoded pairs in the order of the query string.
        headers: Lower-case names to values; repeated ones joined by `, `.
        body: The whole body.
    """

    method: str
    path: str
    query: tuple[tuple[str, str], ...] = ()
    headers: dict[str, str] = field(default_factory=dict)
    body: bytes = b""


class Facts(msgspec.Struct, kw_only=True):
    """What a log line and the metrics want to know of an exchange.

    Attributes:
        request_id: The server's id of the request (UUIDv7).
        route: The route's pattern, such as `/models/{name}/predict`, or `unmatched`.
        model: The model's name, or None.
        version: The bundle's short id, or None.
        records: Records in the request.
        failed: Records that got an error.
        codes: Error code to count, of records and of the request itself.
        extra_columns: Values of columns outside the signature that were ignored.
        out_of_range: Values outside the sample's range that were passed.
    """

    request_id: str
    route: str
    model: str | None = None
    version: str | None = None
    records: int = 0
    failed: int = 0
    codes: dict[str, int] = msgspec.field(default_factory=dict)
    extra_columns: int = 0
    out_of_range: int = 0


class Response(msgspec.Struct, kw_only=True):
    """What a transport sends.

    Attributes:
        status: HTTP status.
        headers: Lower-case names to values.
        body: The whole body.
        facts: For logs and metrics; not sent.
    """

    status: int
    headers: dict[str, str]
    body: bytes
    facts: Facts
