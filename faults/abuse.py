"""Abuse: clients that are slow, speak nonsense or go away; a server has to outlive them."""

from __future__ import annotations

import asyncio
import random
from collections import Counter
from collections.abc import Callable, Coroutine
from typing import Any

__all__ = ["Abuse"]

_HEAD = b"POST /models/linear/predict HTTP/1.1\r\nhost: 127.0.0.1\r\n"
_WAIT_SECONDS = 20.0


class Abuse:
    """Clients that misbehave.

    Attributes:
        ends: How their connections ended: a status, `closed`, or `left` by the client itself.

    Args:
        port: Of the server.
        seed: Of what is random.
    """

    def __init__(self, port: int, *, seed: int) -> None:
        self.ends: Counter[str] = Counter()
        self.wrong: list[str] = []
        self._port = port
        self._random = random.Random(seed)
        self._is_over = False

    def end(self) -> None:
        """Let every client end soon."""
        self._is_over = True

    def clients(self) -> list[Coroutine[Any, Any, None]]:
        """One client of each kind."""
        kinds = (self._nonsense, self._slow_head, self._slow_body, self._leave, self._reset)
        return [self._repeat(kind) for kind in kinds]

    async def _repeat(
        self,
        kind: Callable[[asyncio.StreamReader, asyncio.StreamWriter], Coroutine[Any, Any, str]],
    ) -> None:
        while not self._is_over:
            try:
                reader, writer = await asyncio.open_connection("127.0.0.1", self._port)
            except OSError:
                await asyncio.sleep(0.05)
                continue
            try:
                self.ends[f"{kind.__name__.strip('_')}: {await kind(reader, writer)}"] += 1
            except (OSError, asyncio.IncompleteReadError):
                self.ends[f"{kind.__name__.strip('_')}: closed"] += 1
            except TimeoutError:
                self.wrong.append(f"{kind.__name__}: nothing came for {_WAIT_SECONDS:.0f} s")
            writer.close()
            await asyncio.sleep(0.005)

    async def _nonsense(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> str:
        """Bytes that are no HTTP, or nearly HTTP; never an answer as to a good request."""
        writer.write(self._broken_request())
        writer.write_eof()
        return await self._status(reader)

    async def _slow_head(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> str:
        """A head that comes byte by byte and never ends."""
        answer = asyncio.create_task(self._status(reader))
        for at in range(len(_HEAD)):
            if answer.done() or self._is_over:
                break
            writer.write(_HEAD[at : at + 1])
            await asyncio.sleep(0.2)
        if self._is_over:
            answer.cancel()
            return "left"
        return await answer

    async def _slow_body(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> str:
        """A body of which half comes."""
        writer.write(_HEAD + b"content-type: application/json\r\ncontent-length: 20\r\n\r\n{")
        answer = asyncio.create_task(self._status(reader))
        for _ in range(int(_WAIT_SECONDS / 0.2)):
            if answer.done() or self._is_over:
                break
            await asyncio.sleep(0.2)
        if self._is_over:
            answer.cancel()
            return "left"
        return await answer

    async def _leave(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> str:  # noqa: ARG002
        """A whole request whose answer nobody waits for."""
        body = b'{"n": 1.0}'
        length = f"content-type: application/json\r\ncontent-length: {len(body)}\r\n\r\n".encode()
        writer.write(_HEAD + length + body)
        await asyncio.sleep(0.002 * self._random.random())
        return "left"

    async def _reset(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> str:  # noqa: ARG002
        """Half a request and a reset."""
        writer.write(_HEAD[: self._random.randrange(1, len(_HEAD))])
        await asyncio.sleep(0.002 * self._random.random())
        writer.transport.abort()
        return "left"

    async def _status(self, reader: asyncio.StreamReader) -> str:
        """The status that comes, or that the connection was closed."""
        async with asyncio.timeout(_WAIT_SECONDS):
            data = await reader.read(65536)
        if not data:
            return "closed"
        status = data[9:12].decode("latin-1")
        if not data.startswith(b"HTTP/1.1 ") or status[0] != "4":
            self.wrong.append(f"answered {data[:60]!r}")
        return status

    def _broken_request(self) -> bytes:
        """A request with one fault that no server may pass over."""
        good = (
            _HEAD + b"content-type: application/json\r\ncontent-length: 10\r\n\r\n" + b'{"n": 1.0}'
        )
        faults = (
            lambda: self._random.randbytes(self._random.randrange(1, 200)) + b"\r\n\r\n",
            lambda: good.replace(b"HTTP/1.1", b"HTTP/9.9"),
            lambda: good.replace(b"content-length: 10", b"content-length: ten"),
            lambda: good.replace(b"content-length: 10", b"content-length: 10\r\ncontent-length: 9"),
            lambda: good.replace(
                b"content-length: 10", b"transfer-encoding: chunked\r\ncontent-length: 10"
            ),
            lambda: good.replace(b"host: 127.0.0.1\r\n", b""),
            lambda: good.replace(b"host: ", b"host : "),
            lambda: good.replace(b"\r\nhost", b"\r\n\x00host"),
            lambda: _HEAD + b"x: " + b"y" * 100_000 + b"\r\n\r\n",
            lambda: good[: self._random.randrange(1, len(good) - 11)],
        )
        return self._random.choice(faults)()
