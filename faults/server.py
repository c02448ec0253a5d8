"""A server under fault: `golive serve` as users start it, and the processes that are killed."""

from __future__ import annotations

import asyncio
import os
import re
import signal
import sys
import time
import urllib.request
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

__all__ = ["Crash", "Kill", "Server"]

_START_SECONDS = 60
_NOTICED_SECONDS = 2.0


class Kill:
    """A death of a server process, and the connections that it took along.

    Attributes:
        name: What to call it, such as `SIGKILL 1`.
        ports: The clients' ports of the connections that the process held.
    """

    def __init__(self, name: str, ports: frozenset[int]) -> None:
        self.name = name
        self.ports = ports


class Crash:
    """A death of a server process by a request; which connections it held is not known.

    On a busy machine it may take seconds until the request is read, and until a process is dumped.

    Attributes:
        name: What to call it, such as `crash 1`.
        begun: When the request was about to be sent, by `time.monotonic()`.
        ended: When its connection was, or None.
    """

    def __init__(self, name: str, *, begun: float) -> None:
        self.name = name
        self.begun = begun
        self.ended: float | None = None

    def covers(self, broken_at: float) -> bool:
        """Whether a connection that broke then may have been one of them."""
        is_over = self.ended is not None and broken_at > self.ended + _NOTICED_SECONDS
        return self.begun <= broken_at and not is_over


class Server:
    """A running `golive serve`.

    Attributes:
        port: Where it answers.
        log: Gets what it writes.
        environment: Its variables.

    Args:
        bundles: What it serves.
        arguments: Further arguments of the command.
        log: Gets what it writes.
        environment: Further variables.
    """

    def __init__(
        self,
        bundles: Sequence[Path | str],
        arguments: Sequence[str],
        *,
        log: Path,
        environment: dict[str, str] | None = None,
    ) -> None:
        self._command = [sys.executable, "-m", "golive", "serve", *map(str, bundles), "--port", "0"]
        self._command += arguments
        self.log = log
        self.environment = {**os.environ, **(environment or {})}
        self._kills: list[Kill] = []
        self._crashes: list[Crash] = []
        self.port = 0

    async def start(self) -> None:
        """Start it and wait until it answers.

        Raises:
            RuntimeError: It did not.
        """
        with self.log.open("wb") as log:
            self._process = await asyncio.create_subprocess_exec(
                *self._command, stdout=log, stderr=log, env=self.environment
            )
        deadline = time.monotonic() + _START_SECONDS
        while time.monotonic() < deadline and self._process.returncode is None:
            text = self.log.read_text("utf-8", "replace")
            if " answers at http://127.0.0.1:" in text:
                self.port = int(text.partition(" answers at http://127.0.0.1:")[2].split("/")[0])
                return
            await asyncio.sleep(0.05)
        raise RuntimeError(f"The server did not start:\n{self.log.read_text('utf-8', 'replace')}")

    @property
    def pid(self) -> int:
        """The process that was started."""
        return self._process.pid

    @property
    def is_running(self) -> bool:
        """Whether it has not ended."""
        return self._process.returncode is None

    def workers(self) -> list[int]:
        """The processes that answer."""
        children = Path(f"/proc/{self.pid}/task/{self.pid}/children").read_text().split()
        alive = [int(child) for child in children if _is_alive(int(child))]
        return alive or [self.pid]

    def kill(self, worker: int) -> None:
        """Kill a worker; what it held is known exactly, because it is stopped before."""
        os.kill(worker, signal.SIGSTOP)
        ports = frozenset(self._clients_of(worker))
        self._kills.append(Kill(f"SIGKILL {len(self._kills) + 1}", ports))
        os.kill(worker, signal.SIGKILL)

    @contextmanager
    def crash(self, name: str) -> Iterator[None]:
        """A worker is brought down by a request that is sent, and ends, meanwhile."""
        crash = Crash(name, begun=time.monotonic())
        self._crashes.append(crash)
        try:
            yield
        finally:
            crash.ended = time.monotonic()

    async def note_crashes(self) -> None:
        """Note each crash that the log tells of, until this is cancelled."""
        noted = 0
        while True:
            crashes = self.crashes
            for number in range(noted, crashes):
                now = time.monotonic()
                crash = Crash(f"crash {number + 1}", begun=now - _NOTICED_SECONDS)
                crash.ended = now
                self._crashes.append(crash)
            noted = crashes
            await asyncio.sleep(0.05)

    async def counted(self, name: str, label: str = "") -> float:
        """The sum of a metric's samples that have a label."""
        text = (await asyncio.to_thread(self.get, "/metrics")).decode()
        samples = re.findall(rf"^{name}{{(.*)}} (\S+)$", text, re.MULTILINE)
        return sum(float(value) for labels, value in samples if label in labels)

    @property
    def crashes(self) -> int:
        """How many workers have crashed, as the log tells."""
        return self.log.read_text("utf-8", "replace").count("died with exit code -11")

    def killer_of(self, port: int, *, broken_at: float) -> str | None:
        """What killed the process that held a client's connection, or None.

        Args:
            port: The client's port.
            broken_at: When the connection broke, by `time.monotonic()`.
        """
        for kill in reversed(self._kills):
            if port in kill.ports:
                return kill.name
        for crash in reversed(self._crashes):
            if crash.covers(broken_at):
                return crash.name
        return None

    async def stop(self, *, seconds: float = 30) -> int:
        """End it as a service manager does; its exit code."""
        if self.is_running:
            self._process.send_signal(signal.SIGTERM)
        return await asyncio.wait_for(self._process.wait(), seconds)

    def signal(self, number: signal.Signals) -> None:
        """Send it a signal."""
        self._process.send_signal(number)

    def get(self, path: str) -> bytes:
        """What it answers to a GET."""
        with urllib.request.urlopen(f"http://127.0.0.1:{self.port}{path}", timeout=10) as answer:
            body: bytes = answer.read()
            return body

    def _clients_of(self, worker: int) -> list[int]:
        """The clients' ports of a process's connections; see proc(5), `/proc/net/tcp`."""
        inodes = set()
        for link in Path(f"/proc/{worker}/fd").iterdir():
            try:
                target = str(link.readlink())
            except OSError:
                continue
            if target.startswith("socket:["):
                inodes.add(target[8:-1])
        ports = []
        for line in Path("/proc/net/tcp").read_text().splitlines()[1:]:
            fields = line.split()
            local, remote, inode = fields[1], fields[2], fields[9]
            if inode in inodes and int(local.rpartition(":")[2], 16) == self.port:
                ports.append(int(remote.rpartition(":")[2], 16))
        return ports


def _is_alive(process: int) -> bool:
    try:
        state = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0]
    except OSError:
        return False
    return state not in "ZX"
