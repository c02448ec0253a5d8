"""Building what replaces workers that are over their limit of memory."""

from __future__ import annotations

import logging
import os
import time
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import Any

from golive.http.draining import LEAVE
from golive.http.memory.note import MemoryNote
from golive.http.memory.policy import Limit
from golive.http.memory.reading import memory_of
from golive.http.memory.replacing import Effects, Replacing
from golive.http.worker import PARTING_SECONDS, leaving_seconds
from golive.http.worker_metrics import WorkerMetrics
from golive.settings import ServeSettings

__all__ = ["build_replacing"]

_SLACK_SECONDS = 5.0
_logger = logging.getLogger("golive.http")


def build_replacing(settings: ServeSettings, directory: Path, metrics: WorkerMetrics) -> Replacing:
    """What replaces workers that are over the limit of the settings.

    Args:
        settings: With a limit.
        directory: Of the server's processes alone.
        metrics: Count what is done.
    """
    if settings.worker_memory is None:
        raise LookupError("Workers without a limit of memory are not replaced for it.")
    note = MemoryNote(directory)

    def tell(facts: dict[str, Any], sizes: dict[int, int]) -> None:
        metrics.tell_memory(sizes, over=facts["workers_over"])
        try:
            note.write(facts)
        except OSError as error:
            _logger.warning("What is known of memory cannot be written down: %s", error.strerror)

    def leave(process: BaseProcess) -> None:
        metrics.count_replaced("memory")
        if process.pid is not None and process.is_alive():
            os.kill(process.pid, LEAVE)

    return Replacing(
        Limit(size=settings.worker_memory),
        Effects(memory_of=_memory_above, leave=leave, tell=tell, clock=time.monotonic),
        leaving_seconds=leaving_seconds(settings) + PARTING_SECONDS + _SLACK_SECONDS,
    )


def _memory_above(process: int, size: int) -> int | None:
    return memory_of(process, above=size)
