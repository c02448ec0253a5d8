"""This process: what the system calls it, and when the system ends it. Nothing but on Linux."""

from __future__ import annotations

import signal
import sys
from contextlib import suppress
from pathlib import Path

__all__ = ["be_called", "be_ended_first", "end_with_parent"]

_SET_DEATH_SIGNAL = 1  # PR_SET_PDEATHSIG, see prctl(2)
_SET_NAME = 15  # PR_SET_NAME
_KILLED_FIRST = "1000"


def be_called(name: str) -> None:
    """Have lists of processes call this one so.

    Args:
        name: ASCII, of at most 15 characters.
    """
    _control(_SET_NAME, name.encode("ascii"))


def end_with_parent() -> None:
    """Have the system end this process when the thread that started it ends."""
    _control(_SET_DEATH_SIGNAL, signal.SIGKILL)


def be_ended_first() -> None:
    """Be the first to be ended where memory is short; if the system lets that be asked."""
    if sys.platform == "linux":
        with suppress(OSError):
            Path("/proc/self/oom_score_adj").write_text(_KILLED_FIRST, "ascii")


def _control(what: int, value: bytes | int) -> None:
    if sys.platform == "linux":
        import ctypes  # few processes need it

        ctypes.CDLL(None).prctl(what, value)
