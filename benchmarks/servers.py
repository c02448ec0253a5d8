"""A server that is measured: its processes, their memory and their processor time."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Self

from benchmarks.environments import ROOT

__all__ = ["Command", "Server", "ServerFailedError", "end_servers_when_told", "free_port"]

_LONGEST_REST = 8.0
_TICKS = os.sysconf("SC_CLK_TCK")
_THREAD_VARIABLES = (
    "OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "BLIS_NUM_THREADS",
)  # fmt: skip


#: Without compiled modules in the cache, start would measure Python's compiler.
_WITHOUT_CACHE = ("PYTHONDONTWRITEBYTECODE", "PYTHONPYCACHEPREFIX")


class ServerFailedError(Exception):
    """A server did not start or did not answer; the message ends with its log."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Command:
    """How to start a server.

    Attributes:
        arguments: Of the process.
        variables: That are set for it.
        shown: The command for a reader, without this machine's paths.
    """

    arguments: tuple[str, ...]
    shown: str
    variables: dict[str, str] = field(default_factory=dict)


class Server:
    """A process and all that it starts; within `with`, and ended at its end.

    Args:
        command: What starts it.
        log: Takes what it prints.
        one_thread: Whether OpenMP and BLAS are told to use one thread.
    """

    def __init__(self, command: Command, log: Path, *, one_thread: bool) -> None:
        self._command = command
        self._log = log
        self._environment = _environment(command, one_thread=one_thread)
        self._process: subprocess.Popen[bytes] | None = None
        self.started = 0.0

    def __enter__(self) -> Self:
        self._log.parent.mkdir(parents=True, exist_ok=True)
        with self._log.open("wb") as log:
            self.started = time.perf_counter()
            self._process = subprocess.Popen(
                self._command.arguments,
                env=self._environment,
                cwd=self._log.parent,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        members = self.members()
        _signal_all(members[:1], signal.SIGTERM)
        deadline = time.monotonic() + 5
        while time.monotonic() < deadline and any(_is_running(pid) for pid in members):
            self._root.poll()
            time.sleep(0.05)
        _signal_all([*members, *self.members()], signal.SIGKILL)
        self._root.wait(timeout=10)

    @property
    def _root(self) -> subprocess.Popen[bytes]:
        if self._process is None:
            raise ServerFailedError("the server has not been started")
        return self._process

    def members(self) -> list[int]:
        """The process that was started, and all that descend from it."""
        children: dict[int, list[int]] = {}
        for entry in Path("/proc").iterdir():
            if entry.name.isdigit() and (stat := _stat(int(entry.name))) is not None:
                children.setdefault(int(stat[1]), []).append(int(entry.name))
        found = [self._root.pid]
        for pid in found:
            found += children.get(pid, [])
        return found

    def cpu_seconds(self) -> float:
        """Processor time of all of them so far, and of their children that have ended."""
        stats = [stat for pid in self.members() if (stat := _stat(pid)) is not None]
        return sum(sum(int(ticks) for ticks in stat[11:15]) for stat in stats) / _TICKS

    def pss_bytes(self) -> int:
        """Memory of all of them; a page that several share counts in parts."""
        return sum(_pss_kilobytes(pid) for pid in self.members()) * 1024

    def settle(self) -> None:
        """Wait until it has done what was left to do when the load ended, but not for ever."""
        deadline = time.monotonic() + _LONGEST_REST
        spent = self.cpu_seconds()
        while time.monotonic() < deadline:
            time.sleep(0.1)
            before, spent = spent, self.cpu_seconds()
            if spent - before < 0.03:
                return

    def require_running(self) -> None:
        """Make sure that it has not ended.

        Raises:
            ServerFailedError: It has; with the end of its log.
        """
        if (code := self._root.poll()) is not None:
            raise ServerFailedError(f"it ended with code {code}: {self.log_tail()}")

    def log_tail(self) -> str:
        """The last lines of what it printed."""
        lines = self._log.read_text("utf-8", "replace").strip().splitlines()
        return " / ".join(line.strip() for line in lines[-4:])[-500:]


def end_servers_when_told() -> None:
    """Let a signal that ends this program end the servers that it has started, too."""
    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, lambda received, _: sys.exit(128 + received))


def free_port() -> int:
    """A port of loopback that nothing listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    return port


def _environment(command: Command, *, one_thread: bool) -> dict[str, str]:
    dropped = {*_THREAD_VARIABLES, *_WITHOUT_CACHE}
    kept = {name: value for name, value in os.environ.items() if name not in dropped}
    threads = dict.fromkeys(_THREAD_VARIABLES[:3], "1") if one_thread else {}
    programs = f"{Path(command.arguments[0]).parent}{os.pathsep}{kept.get('PATH', '')}"
    return {**kept, **threads, "PATH": programs, "PYTHONPATH": str(ROOT), **command.variables}


def _stat(pid: int) -> list[str] | None:
    """The fields of /proc/PID/stat from the third on, or none if there is no such process."""
    try:
        text = Path(f"/proc/{pid}/stat").read_text("utf-8", "replace")
    except OSError:
        return None
    return text.rpartition(")")[2].split()


def _is_running(pid: int) -> bool:
    stat = _stat(pid)
    return stat is not None and stat[0] != "Z"


def _pss_kilobytes(pid: int) -> int:
    try:
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text("ascii").splitlines()
    except OSError:  # it has ended, or is about to
        return 0
    return sum(int(line.split()[1]) for line in lines if line.startswith("Pss:"))


def _signal_all(pids: list[int], number: signal.Signals) -> None:
    for pid in pids:
        try:
            os.kill(pid, number)
        except ProcessLookupError:
            continue
