"""Request and response without a transport.

What is made for every request is a Struct: a dataclass costs several times as much to make.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping

import msgspec

__all__ = ["Facts", "Request", "Response", "header_lines"]

_logger = logging.getLogger("golive.service")


class Request(msgspec.Struct, frozen=True, kw_only=True):
    """What a transport received.

    Attributes:
        method: Upper-case HTTP method.
        path: Decoded path, without the query.
        query: Decoded pairs in the order of the query string.
        headers: Lower-case names to values; repeated ones joined by `, `.
        body: The whole body.
        client: The address at the other end, or None where it is not known or does not count.
    """

    method: str
    path: str
    query: tuple[tuple[str, str], ...] = ()
    headers: dict[str, str] = msgspec.field(default_factory=dict)
    body: bytes = b""
    client: str | None = None


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
        defaulted: Why columns could not be looked up, and in how many records; None for none.
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
    defaulted: tuple[tuple[str, int], ...] | None = None


class Response(msgspec.Struct, kw_only=True):
    """What a transport sends.

    Attributes:
        status: HTTP status.
        lines: The headers as HTTP/1.1 writes them: `name: value` and a line break each, the names
            in lower case.
        body: The whole body.
        facts: For logs and metrics; not sent.
    """

    status: int
    lines: str
    body: bytes
    facts: Facts

    @property
    def headers(self) -> dict[str, str]:
        """Lower-case names to values."""
        parts = [line.partition(": ") for line in self.lines.split("\r\n")[:-1]]
        return {name: value for name, _, value in parts}


def header_lines(headers: Mapping[str, str]) -> str:
    """Headers as the lines of a response; line breaks in them become spaces, which is logged."""
    lines = "".join([f"{name}: {value}\r\n" for name, value in headers.items()])
    if lines.count("\n") == len(headers) == lines.count("\r"):
        return lines
    _logger.error("line breaks were left out of the headers of a response")
    cleaned = [f"{name}: {value}" for name, value in headers.items()]
    return "".join(f"{' '.join(line.split())}\r\n" for line in cleaned)
