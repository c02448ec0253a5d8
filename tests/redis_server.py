"""A Redis of the tests' own: on a free port of loopback, with nothing on the disk."""

import shutil
import signal
import socket
import subprocess
import time
from pathlib import Path

__all__ = ["RedisServer", "find_redis"]


def find_redis() -> str | None:
    """The path of redis-server, or None."""
    return shutil.which("redis-server")


class RedisServer:
    """A redis-server that can be killed, halted and started again on the same port.

    Args:
        folder: Where it runs and logs.
        password: What it asks for, or None.
    """

    def __init__(self, folder: Path, *, password: str | None = None) -> None:
        self._folder = folder
        self._password = password
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = int(probe.getsockname()[1])
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        """How clients reach it."""
        user = "" if self._password is None else f":{self._password}@"
        return f"redis://{user}127.0.0.1:{self.port}/0"

    def start(self) -> None:
        """Start it, empty, and wait until it answers."""
        command = [
            find_redis() or "redis-server", "--port", str(self.port), "--bind", "127.0.0.1",
            "--save", "", "--appendonly", "no", "--dir", str(self._folder),
            "--logfile", str(self._folder / "redis.log"),
        ]  # fmt: skip
        if self._password is not None:
            command += ["--requirepass", self._password]
        self._process = subprocess.Popen(command)
        deadline = time.monotonic() + 30
        while not self._answers():
            if time.monotonic() > deadline or self._process.poll() is not None:
                raise AssertionError((self._folder / "redis.log").read_text())
            time.sleep(0.02)

    def kill(self) -> None:
        """End it at once, and all that it counted."""
        if self._process is not None:
            self._process.kill()
            self._process.wait(timeout=30)
            self._process = None

    def halt(self) -> None:
        """Let it take connections and answer nothing."""
        if self._process is not None:
            self._process.send_signal(signal.SIGSTOP)

    def go_on(self) -> None:
        """Let it answer again."""
        if self._process is not None:
            self._process.send_signal(signal.SIGCONT)

    def _answers(self) -> bool:
        try:
            with socket.create_connection(("127.0.0.1", self.port), timeout=1) as connection:
                connection.sendall(b"PING\r\n")
                return connection.recv(64).startswith((b"+PONG", b"-NOAUTH"))
        except OSError:
            return False
