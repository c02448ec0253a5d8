"""Heads of requests: from bytes, strictly.

Two parsers must agree: what httptools reads has also to look as RFC 9112 says, so that nothing
in front of this server can see another request in the same bytes.
"""

from __future__ import annotations

import re

import httptools
import msgspec

from golive.http.front.refusals import HTTP_2, TLS_ON_PLAIN_PORT, UNREADABLE, RefusedError
from golive.http.front.targets import Target, read_target
from golive.http.protocols import Head

__all__ = ["ReadHead", "check_beginning", "read_head"]

_BEGINNING = re.compile(rb"[A-Z-]{1,24}(?: |\Z)")
_HTTP_2_BEGINNING = b"PRI * HTTP/2.0\r\n"
_TLS_HANDSHAKE = 0x16
_CR = 0x0D
_HEAD = re.compile(
    rb"[A-Z-]+ [!-~]+ HTTP/1\.[01]\r\n"
    rb"(?:[!#$%&'*+.^_`|~0-9A-Za-z-]+:[^\x00-\x08\x0a-\x1f\x7f]*\r\n)*\r\n"
)
_LENGTH = re.compile(r"[0-9]{1,18}")
_LONGEST_BEGINNING = 25


class ReadHead(msgspec.Struct, frozen=True, kw_only=True):
    """A head and what it says of the bytes that follow.

    Attributes:
        head: For the gateway.
        length: Bytes of the body; 0 if it is chunked.
        is_chunked: Whether the body comes in chunks.
        keeps_alive: Whether the connection stays open after the answer.
        names_keep_alive: Whether the client must be told so, since HTTP/1.0 closes otherwise.
        expects_continue: Whether the client waits for leave to send the body.
        takes_interim: Whether the client knows answers that precede the last; not in HTTP/1.0.
    """

    head: Head
    length: int
    is_chunked: bool
    keeps_alive: bool
    names_keep_alive: bool
    expects_continue: bool
    takes_interim: bool

    @property
    def is_plain(self) -> bool:
        """Whether nothing about it is unusual."""
        return not (self.is_chunked or self.names_keep_alive or self.expects_continue)


def check_beginning(received: bytearray, start: int, end: int) -> None:
    """Refuse what cannot become a head, before it is complete.

    Args:
        received: Begins with a head, as far as it has come.
        start: Everything before it has been looked at.
        end: Where the head ends, or what has come of it.

    Raises:
        RefusedError: No further bytes make it a head.
    """
    if start < _LONGEST_BEGINNING and not _BEGINNING.match(received, 0, end):
        is_tls = received[0] == _TLS_HANDSHAKE
        raise RefusedError(TLS_ON_PLAIN_PORT if is_tls else UNREADABLE)
    if received.startswith(_HTTP_2_BEGINNING):
        raise RefusedError(HTTP_2)
    if _has_stray_line_ends(received, start, end) or received.find(0, start, end) >= 0:
        raise RefusedError(UNREADABLE)


def _has_stray_line_ends(received: bytearray, start: int, end: int) -> bool:
    if start and received[start - 1] == _CR:
        start -= 1
    pairs = received.count(b"\r\n", start, end)
    is_cut = received[end - 1] == _CR
    returns = received.count(_CR, start, end) - is_cut
    return not pairs == returns == received.count(b"\n", start, end)


class _Events:
    """What httptools tells of a head."""

    __slots__ = ("headers", "hosts", "target")

    def __init__(self) -> None:
        self.target = b""
        self.headers: dict[str, str] = {}
        self.hosts = 0

    def on_url(self, target: bytes) -> None:
        self.target += target

    def on_header(self, raw_name: bytes, raw_value: bytes) -> None:
        name = raw_name.decode("latin-1").lower()
        value = raw_value.decode("latin-1").strip(" \t")
        headers = self.headers
        if name == "host":
            self.hosts += 1
        headers[name] = f"{headers[name]}, {value}" if name in headers else value


def read_head(raw: bytes, client: str | None = None) -> ReadHead:
    """The head that the bytes are; they end with the empty line.

    Args:
        raw: The bytes.
        client: The address that they come from, if it counts.

    Raises:
        RefusedError: They are none.
    """
    if not _HEAD.fullmatch(raw):
        raise RefusedError(UNREADABLE)
    events = _Events()
    parser = httptools.HttpRequestParser(events)
    try:
        parser.feed_data(raw)
    except httptools.HttpParserUpgrade:
        pass  # an upgrade is an offer, and is not taken
    except httptools.HttpParserError as error:
        raise RefusedError(UNREADABLE) from error
    target = read_target(events.target)
    head = Head(
        method=parser.get_method().decode(),
        path=target.path,
        query=target.query,
        headers=events.headers,
        client=client,
    )
    return _understood(head, events.hosts, target, parser.get_http_version())


def _understood(head: Head, hosts: int, target: Target, version: str) -> ReadHead:
    headers = head.headers
    is_old = version == "1.0"
    if hosts != 1 and not (is_old and hosts == 0):
        raise RefusedError(UNREADABLE)
    if target.host is not None:
        headers["host"] = target.host  # as RFC 9112, 3.2.2 has it
    is_chunked = _is_chunked(headers, is_old=is_old)
    keeps_alive = _keeps_alive(headers.get("connection"), is_old=is_old)
    expectation = headers.get("expect", "").lower()
    return ReadHead(
        head=head,
        length=_length(headers),
        is_chunked=is_chunked,
        keeps_alive=keeps_alive,
        names_keep_alive=is_old and keeps_alive,
        expects_continue=expectation == "100-continue" and not is_old,
        takes_interim=not is_old,
    )


def _length(headers: dict[str, str]) -> int:
    declared = headers.get("content-length", "0")
    if not _LENGTH.fullmatch(declared):
        raise RefusedError(UNREADABLE)
    return int(declared)


def _is_chunked(headers: dict[str, str], *, is_old: bool) -> bool:
    encoding = headers.get("transfer-encoding")
    if encoding is None:
        return False
    if is_old or "content-length" in headers or encoding.lower() != "chunked":
        raise RefusedError(UNREADABLE)
    return True


def _keeps_alive(connection: str | None, *, is_old: bool) -> bool:
    if connection is None:
        return not is_old
    tokens = {token.strip().lower() for token in connection.split(",")}
    return "close" not in tokens and (not is_old or "keep-alive" in tokens)
