"""Bodies in chunks: the same whatever comes together, and never much work at once."""

import asyncio

from hypothesis import given, settings
from hypothesis import strategies as st

from golive.http.front.bodies import ChunkedBody, Taken
from golive.http.front.connection import Connection
from golive.http.front.limits import FrontLimits
from golive.http.front.refusals import RefusedError
from golive.http.front.shared import Shared
from golive.testing.gateways import EchoGateway

LIMIT = 50_000
HEAD = b"POST /a HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n"
TINY = b"1\r\nx\r\n"


def read(packets, limit=LIMIT):
    """What a body is that came in these packets, and what is left; or why it is refused."""
    body, received = ChunkedBody(limit), bytearray()
    for packet in packets:
        received += packet
        try:
            while (taken := body.take(received)) is Taken.A_SLICE:
                pass
        except RefusedError as refused:
            return refused.problem.code
        if taken is Taken.ALL:
            return body.value(), bytes(received)
    return "more must come"


def bytewise(sent):
    return [sent[place : place + 1] for place in range(len(sent))]


PIECES = st.sampled_from(
    [
        TINY,
        TINY * 260,
        b"3\r\n\r\n0\r\n",
        b"0a;name=value\r\n0123456789\r\n",
        b"2 \t;\r\nab\r\n",
        b"1;" + b"e" * 4093 + b"\r\nx\r\n",
        b"1;" + b"e" * 4090 + b"\r\nx\r\n",
        b"1\r\nxy\r\n",
        b"1\nx\r\n",
        b"1\r\nx\n",
        b"\r\n",
        b"fffffff\r\nx",
        b"0\r\n",
        b"0\r\n\r\n",
        b"0\r\nX-A: b\r\n\r\n",
    ]
)


@given(st.lists(PIECES, max_size=5).map(b"".join))
@settings(deadline=None, max_examples=60)
def test_chunks_that_come_together_are_read_as_those_that_come_byte_by_byte(sent):
    together = read([sent])
    apart = read(bytewise(sent))

    if isinstance(together, tuple) and isinstance(apart, tuple):
        assert together[0] == apart[0]
    else:
        assert together == apart


def test_a_body_of_tiny_chunks_is_taken_in_slices():
    body, received = ChunkedBody(LIMIT), bytearray(TINY * 1000 + b"0\r\n\r\n")

    taken = [body.take(received) for _ in range(4)]

    assert taken == [Taken.A_SLICE, Taken.A_SLICE, Taken.A_SLICE, Taken.ALL]
    assert (body.value(), received) == (b"x" * 1000, b"")


def test_a_body_of_tiny_chunks_has_its_limit():
    assert read([TINY * 1000 + b"0\r\n\r\n"], limit=999) == "body_too_large"


class FakeTransport(asyncio.Transport):
    """Keeps what is written, and whether it may be read."""

    def __init__(self):
        super().__init__()
        self.written = b""
        self.is_paused = False

    def write(self, data):
        self.written += data

    def is_closing(self):
        return False

    def pause_reading(self):
        self.is_paused = True

    def resume_reading(self):
        self.is_paused = False


async def turns_of_others(sent):
    """How often other callbacks run while a connection reads what came at once."""
    loop, transport = asyncio.get_running_loop(), FakeTransport()
    connection = Connection(Shared(EchoGateway(), FrontLimits()), loop)
    connection.connection_made(transport)
    connection.data_received(sent)
    turns = 0
    while not transport.written:
        assert transport.is_paused
        turns += 1
        await asyncio.sleep(0)
    assert transport.written.startswith(b"HTTP/1.1 200 OK\r\n")
    assert not transport.is_paused
    return turns


def test_others_have_their_turn_while_tiny_chunks_are_read():
    few = asyncio.run(turns_of_others(HEAD + TINY * 100 + b"0\r\n\r\n"))
    many = asyncio.run(turns_of_others(HEAD + TINY * 40_000 + b"0\r\n\r\n"))

    assert (few, many) == (0, 156)


def test_a_client_that_ends_its_side_meanwhile_is_answered():
    async def answer():
        transport = FakeTransport()
        loop = asyncio.get_running_loop()
        connection = Connection(Shared(EchoGateway(), FrontLimits()), loop)
        connection.connection_made(transport)
        connection.data_received(HEAD + TINY * 2000 + b"0\r\n\r\n")
        connection.eof_received()
        while not transport.written:  # noqa: ASYNC110 - the loop's turns are what is waited for
            await asyncio.sleep(0)
        return transport.written

    assert asyncio.run(answer()).startswith(b"HTTP/1.1 200 OK\r\n")
