"""A small HTTP client over one kept connection, on asyncio."""

from __future__ import annotations

import asyncio
from typing import Self

__all__ = ["Connection"]

_PATIENCE = 30


class Connection:
    """A connection to loopback that is used for one request after the other."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader = reader
        self._writer = writer

    @classmethod
    async def open(cls, port: int) -> Self:
        """Connect to a port."""
        return cls(*await asyncio.open_connection("127.0.0.1", port))

    async def post(self, path: str, body: bytes) -> tuple[int, bytes]:
        """Send JSON; the status and the body of the answer.

        Raises:
            EOFError: The server ended the connection.
            TimeoutError: There is no answer.
        """
        async with asyncio.timeout(_PATIENCE):
            head = (
                f"POST {path} HTTP/1.1\r\nhost: 127.0.0.1\r\ncontent-type: application/json\r\n"
                f"content-length: {len(body)}\r\n\r\n"
            )
            self._writer.write(head.encode() + body)
            answer = (await self._reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
            headers = dict(line.lower().split(": ", 1) for line in answer[1:] if ": " in line)
            length = int(headers["content-length"])
            return int(answer[0].split()[1]), await self._reader.readexactly(length)

    def close(self) -> None:
        """End the connection."""
        self._writer.close()
