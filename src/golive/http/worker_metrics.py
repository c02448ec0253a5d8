"""Metrics of workers: what the process that started them knows of them."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Literal

from golive.http.candidate_families import STEP_BACKS
from golive.http.counters import Counters
from golive.http.exposition import Family

__all__ = ["WORKER_FAMILIES", "WorkerMetrics"]

_WORKER_MEMORY = Family(
    name="golive_worker_memory_bytes",
    help="Memory of each worker; told where it has a limit.",
    kind="gauge",
    labels=("worker",),
)
_WORKERS_OVER = Family(
    name="golive_workers_over_memory",
    help="Workers over their limit of memory; those that stay are not replaced for now.",
    kind="gauge",
)
_WORKERS_REPLACED = Family(
    name="golive_workers_replaced",
    help="Workers that another one took the place of: they died, or had too much memory.",
    kind="counter",
    labels=("reason",),
)
WORKER_FAMILIES = (_WORKER_MEMORY, _WORKERS_OVER, _WORKERS_REPLACED)
"""The families that it counts in."""


class WorkerMetrics:
    """What a supervisor counts of its workers, beside what they count themselves.

    Args:
        directory: Where they count.
        workers: How many there are.
    """

    def __init__(self, directory: Path, *, workers: int) -> None:
        self._counters = counters = Counters(directory)
        self._replaced = {
            reason: counters.slot((_WORKERS_REPLACED.name, reason)) for reason in ("died", "memory")
        }
        self._workers = workers

    def count_replaced(self, reason: Literal["died", "memory"]) -> None:
        """A worker was replaced, for that reason."""
        self._counters.values[self._replaced[reason]] += 1.0

    def count_crashed(self, model: str, version: str) -> None:
        """A candidate stepped back because a worker died by it."""
        at = self._counters.slot((STEP_BACKS.name, model, version, "crashed"))
        self._counters.values[at] += 1.0

    def tell_memory(self, sizes: Mapping[int, int], *, over: int) -> None:
        """Say how many bytes each worker has, by its number, and how many are over the limit."""
        slot = self._counters.slot
        for number in range(self._workers):
            at = slot((_WORKER_MEMORY.name, str(number)))
            self._counters.values[at] = float(sizes.get(number, 0))
        at = slot((_WORKERS_OVER.name,))
        self._counters.values[at] = float(over)
