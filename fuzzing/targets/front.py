"""The front: what comes over a connection is the same requests, however the bytes are cut."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Iterable

from fuzzing.target import BrokenError, Target, same_twice
from golive.http.front.connection import Connection
from golive.http.front.limits import FrontLimits
from golive.http.front.shared import Shared
from golive.http.protocols import Admission, Head
from golive.testing.gateways import EchoGateway

__all__ = ["TARGETS", "conversation"]

_LIMITS = FrontLimits(head_bytes=1024, body_bytes=2048, pipeline=8)
_MOST_TURNS = 100_000
_LONGEST_BYTEWISE = 256
_RUNNER = asyncio.Runner()
_CONTINUE = b"HTTP/1.1 100 Continue\r\n\r\n"
_DATE = re.compile(rb"\r\ndate: [^\r]*")
_HEAD = re.compile(rb"HTTP/1\.1 (\d{3}) [^\r\n]*\r\n((?:[a-z0-9-]+: [^\r\n]*\r\n)*)\r\n")
_LENGTH = re.compile(rb"content-length: (\d+)\r\n")
_CLOSES = b"connection: close\r\n"


class _Gateway(EchoGateway):
    """Answers with what was asked, whatever the query says."""

    def admit(self, head: Head) -> Admission:
        """Admit anything."""
        self.admitted.append(head)
        return Admission(head=head, epoch=self.epoch, plan={})


class _Transport(asyncio.Transport):
    """A connection that takes everything at once.

    Attributes:
        written: What was written.
        is_paused: Whether nothing is read.
        is_closed: Whether it is over.
    """

    def __init__(self) -> None:
        super().__init__()
        self.written = bytearray()
        self.is_paused = False
        self.is_closed = False

    def write(self, data: bytes | bytearray | memoryview) -> None:
        """Keep what is written."""
        if self.is_closed:
            raise BrokenError("something was written after the end")
        self.written += data

    def get_write_buffer_size(self) -> int:
        """Nothing ever waits."""
        return 0

    def can_write_eof(self) -> bool:
        """As sockets can."""
        return True

    def write_eof(self) -> None:
        """Nothing more is written."""

    def is_closing(self) -> bool:
        """Whether it is over."""
        return self.is_closed

    def close(self) -> None:
        """It is over."""
        self.is_closed = True

    def abort(self) -> None:
        """It is over."""
        self.is_closed = True

    def pause_reading(self) -> None:
        """Nothing is read from now on."""
        self.is_paused = True

    def resume_reading(self) -> None:
        """It is read again."""
        self.is_paused = False


async def conversation(parts: Iterable[bytes]) -> bytes:
    """What is written to a client that sends these parts, and then nothing more."""
    loop, transport = asyncio.get_running_loop(), _Transport()
    connection = Connection(Shared(_Gateway(), _LIMITS), loop)
    connection.connection_made(transport)
    for part in parts:
        await _until_read(transport)
        if transport.is_closed:
            break
        connection.data_received(part)
    await _until_all_is_done(transport)
    if not transport.is_closed and not connection.eof_received():
        transport.close()
    await _until_all_is_done(transport)
    connection.connection_lost(None)
    return _DATE.sub(b"", bytes(transport.written).replace(_CONTINUE, b""))


async def _until_all_is_done(transport: _Transport) -> None:
    await asyncio.sleep(0)
    await _until_read(transport)
    await asyncio.sleep(0)


async def _until_read(transport: _Transport) -> None:
    for _ in range(_MOST_TURNS):
        if not transport.is_paused or transport.is_closed:
            return
        await asyncio.sleep(0)
    raise BrokenError("the connection stays paused, and nothing is open")


def check(data: bytes) -> None:
    """The answers are whole, each is one, and they depend on the bytes alone."""
    whole = same_twice(lambda: _RUNNER.run(conversation([data])), ())
    for parts in _cuts(data):
        if (cut := repr(_RUNNER.run(conversation(parts)))) != whole:
            raise BrokenError(f"together {whole:.500}, in {len(parts)} parts {cut:.500}")
    _check_answers(_RUNNER.run(conversation([data])))


def _cuts(data: bytes) -> Iterable[list[bytes]]:
    if len(data) <= _LONGEST_BYTEWISE:
        yield [data[at : at + 1] for at in range(len(data))]
    size = 1 + sum(data) % 97
    yield [data[at : at + size] for at in range(0, len(data), size)]


def _check_answers(written: bytes) -> None:
    at = 0
    while at < len(written):
        head = _HEAD.match(written, at)
        if head is None:
            raise BrokenError(f"this is no answer: {written[at : at + 200]!r}")
        length = _LENGTH.search(head[2])
        at = head.end() + (0 if length is None else int(length[1]))
        if at > len(written) and not written.endswith(head[0]):  # the answer to a HEAD has no body
            raise BrokenError(f"an answer is cut: {written[head.start() :][:200]!r}")
        if written[head.end() :].startswith(b"HTTP/1.1 "):
            at = head.end()
        if _CLOSES in head[2] and at < len(written):
            raise BrokenError(f"there is more after the last answer: {written[at:][:200]!r}")


_POST = b"POST /predict HTTP/1.1\r\nhost: a\r\ncontent-type: application/json\r\n"
_CHUNKED = b"POST /predict HTTP/1.1\r\nhost: a\r\ntransfer-encoding: chunked\r\n\r\n"

TARGETS = {
    "http": Target(
        about="bytes of a connection: heads, bodies with a length and in chunks, pipelining",
        check=check,
        seeds=(
            b"GET /healthz HTTP/1.1\r\nhost: a\r\n\r\n",
            _POST + b"content-length: 10\r\n\r\n" + b'{"n": 1.0}',
            (_POST + b"content-length: 2\r\n\r\n[]") * 3,
            _CHUNKED + b"1\r\nx\r\n2;a=b\r\nyz\r\n0\r\nx-a: b\r\n\r\n",
            _POST + b"content-length: 2\r\nexpect: 100-continue\r\n\r\n{}",
            b"GET http://a:80/x?y#z HTTP/1.1\r\nHost: b\r\nConnection: close\r\n\r\n",
            b"GET /%41%ff HTTP/1.0\r\nconnection: keep-alive\r\n\r\nHEAD / HTTP/1.0\r\n\r\n",
            b"OPTIONS * HTTP/1.1\r\nhost: a\r\nupgrade: h2c\r\nconnection: upgrade\r\n\r\n",
            b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
            b"\x16\x03\x01\x02\x00\x01",
        ),
        words=(
            b"\r\n", b"\r\n\r\n", b"\n", b"\r", b"\x00", b"HTTP/1.1", b"HTTP/1.0", b"GET ",
            b"HEAD ", b"CONNECT ", b"content-length: ", b"transfer-encoding: chunked",
            b"chunked, chunked", b"connection: close", b"connection: keep-alive",
            b"expect: 100-continue", b"host: a", b"0\r\n\r\n", b"1\r\nx\r\n", b";ext",
            b"ffffffffffffffff", b"content-length: 1, 1", b" : ", b"\x0b", b"\x85", b"\xff",
            b"http://", b"?", b"#", b"*",
        ),
        longest=2048,
    )
}  # fmt: skip
