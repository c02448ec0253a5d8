"""The load: connections that ask one question after the other and count what becomes of each."""

from __future__ import annotations

import asyncio
import random
import time
from collections.abc import Callable

from faults.ledger import Ledger
from faults.questions import Question, Reply
from faults.server import Server

__all__ = ["Ask", "Load"]

_PATIENCE_SECONDS = 60.0
_RETRY_SECONDS = 30.0

Ask = Callable[[int], Question]
"""Gives the question that a request with this number asks."""


class Load:
    """Clients of a server.

    Args:
        server: The server.
        ledger: Counts.
        retries: Whether a client sends again what was cut, on a new connection.
        seed: Of what is random.
    """

    def __init__(self, server: Server, ledger: Ledger, *, retries: bool = False, seed: int) -> None:
        self.server = server
        self.ledger = ledger
        self.request_ids: set[str] = set()
        self._retries = retries
        self._random = random.Random(seed)
        self._is_over = False

    def end(self) -> None:
        """Let every client end after its present request."""
        self._is_over = True

    async def client(self, ask: Ask, *, keep: int = 200) -> None:
        """Ask until the end, `keep` questions on each connection."""
        while not self._is_over:
            connection = await self._connected()
            if connection is None:
                return
            for _ in range(keep):
                if self._is_over or not await self._ask(connection, ask):
                    break
            await _closed(connection)

    async def once(self, ask: Ask) -> None:
        """Ask one question on a connection of its own."""
        connection = await self._connected()
        if connection is not None:
            await self._ask(connection, ask)
            await _closed(connection)

    async def pipelining(self, ask: Ask, *, depth: int = 5) -> None:
        """Ask several questions in one write, and read their answers in order."""
        while not self._is_over:
            connection = await self._connected()
            if connection is None:
                return
            numbers = [self.ledger.send() for _ in range(depth)]
            questions = [ask(number) for number in numbers]
            reader, writer = connection
            port = writer.get_extra_info("sockname")[1]
            try:
                writer.write(b"".join(map(_bytes_of, questions)))
                for number, question in zip(numbers, questions, strict=True):
                    self._judge(number, question, await _read(reader))
            except (OSError, asyncio.IncompleteReadError, TimeoutError) as error:
                for number, question in zip(numbers, questions, strict=True):
                    if self.ledger.is_open(number):
                        await self._failed(number, question, port, error)
            await _closed(connection)

    async def half_closing(self, ask: Ask) -> None:
        """Ask, close the sending half, and read the answer."""
        while not self._is_over:
            connection = await self._connected()
            if connection is None:
                return
            reader, writer = connection
            port = writer.get_extra_info("sockname")[1]
            number = self.ledger.send()
            question = ask(number)
            try:
                writer.write(_bytes_of(question))
                writer.write_eof()
                self._judge(number, question, await _read(reader))
            except (OSError, asyncio.IncompleteReadError, TimeoutError) as error:
                await self._failed(number, question, port, error)
            await _closed(connection)
            await asyncio.sleep(0.01)

    async def _ask(
        self, connection: tuple[asyncio.StreamReader, asyncio.StreamWriter], ask: Ask
    ) -> bool:
        """Ask one question; False where the connection cannot be used again."""
        reader, writer = connection
        number = self.ledger.send()
        question = ask(number)
        port = writer.get_extra_info("sockname")[1]
        try:
            writer.write(_bytes_of(question))
            reply = await _read(reader)
        except (OSError, asyncio.IncompleteReadError, TimeoutError) as error:
            await self._failed(number, question, port, error)
            return False
        self._judge(number, question, reply)
        return reply.headers.get("connection") != "close"

    async def _failed(
        self, number: int, question: Question, port: int, error: BaseException
    ) -> None:
        """A connection ended before the answer."""
        if self._retries and not isinstance(error, TimeoutError):
            await self._ask_again(number, question)
        else:
            await self._broken(number, port, error)

    async def _ask_again(self, number: int, question: Question) -> None:
        """What a retrying client does: the same request, until it is answered or time is over."""
        deadline = time.monotonic() + _RETRY_SECONDS
        error: Exception | None = None
        while time.monotonic() < deadline:
            self.ledger.retried += 1
            try:
                reader, writer = await self._open()
                writer.write(_bytes_of(question))
                reply = await _read(reader)
            except (OSError, asyncio.IncompleteReadError) as failed:
                error = failed
                await asyncio.sleep(0.05)
                continue
            await _closed((reader, writer))
            self._judge(number, question, reply)
            return
        self.ledger.settle(number, "lost", detail=f"no retry was answered: {error!r}")

    def _judge(self, number: int, question: Question, reply: Reply) -> None:
        request_id = reply.headers.get("golive-request-id", "")
        if request_id in self.request_ids:
            self.ledger.repeat(f"the id {request_id} came before")
        self.request_ids.add(request_id)
        try:
            verdict = question.judge(reply)
        except Exception as error:  # noqa: BLE001 - whatever a judge stumbles on is no answer
            verdict = f"wrong: {error!r} at {reply.status} {reply.body[:200]!r}"
        detail = f"{question.path} {question.body[:80]!r}: {verdict}"
        self.ledger.settle(number, verdict, detail=detail)

    async def _broken(self, number: int, port: int, error: BaseException) -> None:
        """A connection ended before the answer: whoever killed its process did that, or nobody."""
        broken_at = time.monotonic()
        if isinstance(error, TimeoutError):
            detail = f"no answer for {_PATIENCE_SECONDS:.0f} s"
            self.ledger.settle(number, "lost", detail=detail)
            return
        killer = self.server.killer_of(port, broken_at=broken_at)
        if killer is None:
            await asyncio.sleep(0.5)  # the kill may be noted a moment later
            killer = self.server.killer_of(port, broken_at=broken_at)
        if killer is None:
            self.ledger.settle(number, "lost", detail=f"port {port}: {error!r}")
        else:
            self.ledger.settle(number, f"cut {killer}")

    async def _connected(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter] | None:
        """A connection; nothing has been sent, so that one that fails costs no request."""
        deadline = time.monotonic() + _RETRY_SECONDS
        while time.monotonic() < deadline and not self._is_over:
            try:
                return await self._open()
            except OSError:
                await asyncio.sleep(0.02 + 0.05 * self._random.random())
        return None

    async def _open(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        return await asyncio.open_connection("127.0.0.1", self.server.port)


def _bytes_of(question: Question) -> bytes:
    head = (
        f"POST {question.path} HTTP/1.1\r\nhost: 127.0.0.1\r\ncontent-type: application/json\r\n"
        f"content-length: {len(question.body)}\r\n{question.headers}\r\n"
    )
    return head.encode() + question.body


async def _read(reader: asyncio.StreamReader) -> Reply:
    """One response.

    Raises:
        IncompleteReadError: The connection ended before its end.
        TimeoutError: It did not come.
    """
    async with asyncio.timeout(_PATIENCE_SECONDS):
        head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
        first, *lines = head.split("\r\n")[:-2]
        headers = {k.lower(): v for k, _, v in (line.partition(": ") for line in lines)}
        body = await reader.readexactly(int(headers["content-length"]))
    return Reply(int(first.split(" ")[1]), headers, body)


async def _closed(connection: tuple[asyncio.StreamReader, asyncio.StreamWriter]) -> None:
    _, writer = connection
    writer.close()
    try:
        await writer.wait_closed()
    except OSError:
        return  # the server was faster
