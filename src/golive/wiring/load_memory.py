"""Load memory: what a version takes while it is loaded, and when that, or the time, is too much."""

from __future__ import annotations

import math
import os
from collections.abc import Callable
from pathlib import Path

from golive.errors import GoliveError, ModelLoadError
from golive.http.refreshing.source import SourceUnavailableError
from golive.wiring.free_memory import Memory
from golive.wiring.trial_process import Report

__all__ = ["LoadMemory", "raise_refusal", "too_slow"]

_LEAST_FREE, _MOST_FREE = 32 << 20, 512 << 20
_LEAST_SHARE = 0.05
_MIB = 1 << 20


class LoadMemory:
    """Watches what the process takes in which a version is loaded first.

    Args:
        label: The version, such as `games@8`.
        most: The most bytes that it may take, or None.
        memory: The memory that there is.
    """

    def __init__(
        self, label: str, *, most: int | None, memory: Callable[[], Memory | None]
    ) -> None:
        self._label = label
        self._most = most
        self._memory = memory
        self._before = memory()
        self._least = _least_free(self._before)

    def look(self, process: int) -> Report | None:
        """Why the version is not to be loaded to its end; None where nothing is amiss.

        Args:
            process: The id of the process.
        """
        held, now = _resident(process), self._memory()
        if self._most is not None and self._most < held < math.inf:
            return self._larger(self._most)
        if self._before is not None and now is not None and now.free < self._least:
            is_its_fault = held > (self._before.free - self._least) / 2
            return self._short(now, is_its_fault=is_its_fault)
        return None

    def _larger(self, most: int) -> Report:
        allowed = f"the {most // _MIB} MiB of --worker-memory"
        return Report(
            code=ModelLoadError.code,
            message=f"{self._label} took more than {allowed} while it was loaded.",
            hint="more --worker-memory, or a smaller model",
        )

    def _short(self, now: Memory, *, is_its_fault: bool) -> Report:
        left = f"{now.free // _MIB} MiB of {now.whole // _MIB} were left"
        if is_its_fault:
            return Report(
                code=ModelLoadError.code,
                message=f"{self._label} took so much memory while it was loaded that {left}; it "
                "was ended.",
                hint="more memory, fewer --workers or a smaller model",
            )
        message = f"{self._label} could not be tried: {left}, and it was not what took the others."
        return Report(code=ModelLoadError.code, message=message, says_nothing=True)


def too_slow(label: str, seconds: float) -> ModelLoadError:
    """What is wrong with a version that takes too long to load.

    Args:
        label: The version, such as `games@8`.
        seconds: How long it may take.
    """
    return ModelLoadError(
        f"{label} was not loaded within {seconds:g} seconds.",
        hint=f"--load-limit gives it longer; golive check {label} tells what it does",
    )


def raise_refusal(report: Report) -> None:
    """Raise what a report says, if it says anything.

    Raises:
        SourceUnavailableError: The version could not be tried, which says nothing of it.
        GoliveError: What is wrong with it.
    """
    if report.says_nothing:
        raise SourceUnavailableError(report.message)
    if report.code is not None:
        raise GoliveError(report.message, hint=report.hint, code=report.code)


def _least_free(memory: Memory | None) -> float:
    """How much must stay free; not more than half of what is free at the beginning."""
    if memory is None:
        return 0.0
    least = min(max(_LEAST_FREE, _LEAST_SHARE * memory.whole), _MOST_FREE)
    return min(least, memory.free / 2)


def _resident(process: int) -> float:
    """The bytes of memory that a process holds; endless where the system does not tell."""
    try:
        pages = int(Path(f"/proc/{process}/statm").read_text("ascii").split()[1])
    except (OSError, ValueError, IndexError):
        return math.inf
    return float(pages * os.sysconf("SC_PAGE_SIZE"))
