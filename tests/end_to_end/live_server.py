"""A served bundle in its own process, and what a client sees of it."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest

SOURCE = Path(__file__).resolve().parents[2] / "src"
EXAMPLES = Path(__file__).resolve().parents[2] / "examples"


def child_environment() -> dict[str, str]:
    """This environment, with the source tree importable in a child process."""
    paths = [str(SOURCE), os.environ.get("PYTHONPATH", "")]
    return {**os.environ, "PYTHONPATH": os.pathsep.join(p for p in paths if p)}


class Served:
    """A running `golive serve`: a client of it and its log."""

    def __init__(self, client: httpx.Client, log: Path, process: subprocess.Popen[bytes]) -> None:
        self.client = client
        self.log = log
        self.process = process

    def request_lines(self) -> list[str]:
        """The JSON log lines of requests to a predict route."""
        lines = self.log.read_text().splitlines()
        return [line for line in lines if line.startswith("{") and '/predict"' in line]


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def serving(
    bundle: Path | str, folder: Path, *options: str, within: Sequence[str] = ()
) -> Iterator[Served]:
    """Run `golive serve` on a free port until the block ends; it must end cleanly.

    Args:
        bundle: What is served.
        folder: Of its log.
        options: Of the command.
        within: What stands before the command, such as `unshare --mount`.
    """
    port = free_port()
    log = folder / f"serve-{port}.log"
    command = [sys.executable, "-m", "golive", "serve", str(bundle), "--port", str(port)]
    command = [*within, *command, *options]
    with log.open("wb") as sink:
        process = subprocess.Popen(
            command, stdout=sink, stderr=sink, env=child_environment(), cwd=folder
        )
    try:
        with httpx.Client(base_url=f"http://127.0.0.1:{port}", timeout=120) as client:
            _wait_until_ready(client, process, log)
            yield Served(client, log, process)
    finally:
        process.terminate()
        code = process.wait(timeout=60)
    assert code == 0, log.read_text()[-3000:]


def _wait_until_ready(client: httpx.Client, process: subprocess.Popen[bytes], log: Path) -> None:
    deadline = time.monotonic() + 120
    while time.monotonic() < deadline:
        if process.poll() is not None:
            break
        try:
            if client.get("/readyz").status_code == 200:
                return
        except httpx.TransportError:
            time.sleep(0.1)
    pytest.fail(f"golive serve did not become ready:\n{log.read_text()[-3000:]}")
