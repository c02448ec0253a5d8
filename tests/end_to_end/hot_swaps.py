"""Load with exact accounting on a server whose versions change: every answer is looked at."""

from __future__ import annotations

import asyncio
import json
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field

__all__ = ["Account", "Load"]


@dataclass
class Account:
    """What became of requests.

    Attributes:
        sent: How many were sent.
        answered: How many got an answer of 200 whose value belongs to the version it names.
        wrong: Answers whose value does not.
        failed: What else came of a request.
        versions: Answers by version.
    """

    sent: int = 0
    answered: int = 0
    wrong: list[str] = field(default_factory=list)
    failed: list[str] = field(default_factory=list)
    versions: Counter[str] = field(default_factory=Counter)


class Load:
    """Clients that ask one question after the other, each on a connection of its own.

    Args:
        port: Of the server, on loopback.
        factors: Short id of each version to what it multiplies `x` with.
        connections: How many clients.
    """

    def __init__(self, port: int, factors: Mapping[str, int], *, connections: int) -> None:
        self.account = Account()
        self._port = port
        self._factors = dict(factors)
        self._connections = connections
        self._is_over = False

    async def run(self) -> None:
        """Ask until `end`."""
        await asyncio.gather(*(self._client(number) for number in range(self._connections)))

    def end(self) -> None:
        """Let each client end with the answer that it waits for."""
        self._is_over = True

    async def _client(self, number: int) -> None:
        reader, writer = await asyncio.open_connection("127.0.0.1", self._port)
        asked = number
        while not self._is_over:
            asked += self._connections
            self.account.sent += 1
            try:
                await self._ask(reader, writer, asked % 50)
            except (OSError, asyncio.IncompleteReadError) as error:
                self.account.failed.append(repr(error))
                reader, writer = await asyncio.open_connection("127.0.0.1", self._port)
        writer.close()

    async def _ask(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, x: int
    ) -> None:
        body = json.dumps({"x": x}).encode()
        writer.write(
            b"POST /predict HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\n"
            b"content-length: %d\r\n\r\n%b" % (len(body), body)
        )
        head = (await reader.readuntil(b"\r\n\r\n")).decode()
        lines = head.lower().split("\r\n")
        headers = {n: v for n, _, v in (line.partition(": ") for line in lines[1:])}
        answer = await reader.readexactly(int(headers["content-length"]))
        if not head.startswith("HTTP/1.1 200 "):
            self.account.failed.append(f"{lines[0]} {answer.decode()}")
            return
        self._judge(json.loads(answer), headers["golive-model-version"], x)

    def _judge(self, answer: dict, named: str, x: int) -> None:
        factor = self._factors.get(answer["version"])
        score = answer["predictions"][0]["score"]
        if factor is None or answer["version"] != named or abs(score - factor * x) > 1e-6:
            self.account.wrong.append(f"{named} for {x}: {answer}")
            return
        self.account.answered += 1
        self.account.versions[answer["version"]] += 1
