"""The post-mortem: whether a worker that died did so by a candidate, which then steps back."""

from __future__ import annotations

import logging
import signal
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path

import msgspec

from golive.http.stepback.notice import Notice, NoticeBoard
from golive.http.stepback.running import Running, take_running
from golive.http.stepback.verdict import Verdict

__all__ = ["PostMortem", "memory_kills", "said_of"]

_CRASHES = frozenset(
    {
        signal.SIGSEGV,
        signal.SIGABRT,
        signal.SIGBUS,
        signal.SIGILL,
        signal.SIGFPE,
        signal.SIGTRAP,
        signal.SIGSYS,
    }
)
_logger = logging.getLogger("golive.canary")


def said_of(code: int, *, is_for_memory: bool) -> str | None:
    """How a worker ended that was within a candidate; None where that says nothing of it.

    A process that a signal of its own ends has crashed; so has one whose model ends it with an exit
    code other than 0. SIGTERM and its like others send, and SIGKILL, too, if not the system.

    Args:
        code: Its exit code, or the negative number of the signal.
        is_for_memory: Whether a SIGKILL is taken for the system's, which is short of memory.
    """
    if code > 0:
        return f"ended with exit code {code}"
    if -code in _CRASHES:
        return f"was ended by {signal.Signals(-code).name}"
    if -code == signal.SIGKILL and is_for_memory:
        return "was ended by SIGKILL, as the system ends what takes too much memory,"
    return None


def memory_kills(statistics: Path = Path("/proc/vmstat")) -> int | None:
    """How many processes the system has ended for memory; None where it does not tell.

    Args:
        statistics: Of the kernel, see proc(5); `oom_kill` counts those of every control group.
    """
    with suppress(OSError, ValueError):
        for line in statistics.read_text("ascii").splitlines():
            name, _, number = line.partition(" ")
            if name == "oom_kill":
                return int(number)
    return None


class PostMortem:
    """Looks at each worker that died. Used by one thread.

    A SIGKILL is taken for the system's where it has ended a process for memory since the last
    look, and where it does not tell; and the second time, whoever it was that sent it.

    Args:
        directory: Of the server's processes.
        board: Where they are told.
        count: Is told of the model and the version that steps back.
        kills: How many processes the system has ended for memory, or None.
        now: The time.
    """

    def __init__(
        self,
        directory: Path,
        board: NoticeBoard,
        *,
        count: Callable[[str, str], object],
        kills: Callable[[], int | None] = memory_kills,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._directory = directory
        self._board = board
        self._count = count
        self._kills = kills
        self._now = now
        self._before = kills()
        self._killed: set[str] = set()

    def examine(self, process: int, code: int) -> bool:
        """Whether a worker died by a candidate; then that steps back. Never raises.

        Args:
            process: The worker's id.
            code: Its exit code, or the negative number of the signal that ended it.
        """
        before, self._before = self._before, self._kills()
        try:
            running = take_running(self._directory, process)
        except (OSError, msgspec.DecodeError):
            _logger.exception("What worker %s was in cannot be read.", process)
            return False
        if running is None:
            return False
        is_known = before is not None and before == self._before
        how = said_of(code, is_for_memory=not is_known or running.version in self._killed)
        if how is None:
            if -code == signal.SIGKILL:
                self._killed.add(running.version)
            return False
        return self._step_back(running, f"worker {process} {how} while it was in this version")

    def _step_back(self, running: Running, message: str) -> bool:
        """Have a candidate step back; False if that cannot be told."""
        verdict = Verdict(reason="crashed", message=message)
        at = self._now().astimezone(UTC).isoformat(timespec="seconds")
        notice = Notice(
            candidate=running.candidate, version=running.version, verdict=verdict, at=at
        )
        try:
            self._board.tell_stepped_back(running.slot, notice)
        except OSError as error:
            told = f"The workers cannot be told of {running.candidate}: {error}"
            _logger.warning(told)
            return False
        what = (
            "gets no more copies" if running.is_shadow else "the usual version answers everything"
        )
        _logger.error("%s steps back, %s: %s.", running.candidate, what, message)
        self._count(running.model, running.version)
        return True
