"""Backend families: the metrics of models that are served in processes of their own."""

from __future__ import annotations

from collections.abc import Callable
from threading import Lock
from typing import TYPE_CHECKING

from golive.http.counters import Counters
from golive.http.exposition import Family

if TYPE_CHECKING:
    from golive.service.protocols import BackendChange

__all__ = ["BACKENDS", "BACKEND_ENDS", "BACKEND_FAMILIES", "teller"]

BACKENDS = Family(
    name="golive_backends",
    help="Processes of a model that is served apart that can be asked (one a worker).",
    kind="gauge",
    labels=("model",),
)
BACKEND_ENDS = Family(
    name="golive_backend_ends",
    help="Times that such a process ended by itself (crashed) or did not start (not_started).",
    kind="counter",
    labels=("model", "reason"),
)
BACKEND_FAMILIES = (BACKENDS, BACKEND_ENDS)


def teller(
    counters: Counters, lock: Lock, model: str, is_usual: Callable[[], bool]
) -> Callable[[BackendChange], None]:
    """What counts the changes of a model's process, from whichever thread.

    Args:
        counters: Hold the numbers.
        lock: Of all tellers: there may be several, each with a thread of its own.
        model: The model's name.
        is_usual: Whether the process is that of the usual version now.
    """
    ends = {
        reason: counters.slot((BACKEND_ENDS.name, model, reason))
        for reason in ("crashed", "not_started")
    }

    def tell(change: BackendChange) -> None:
        with lock:
            if is_usual():
                running = counters.slot((BACKENDS.name, model))
                counters.values[running] = float(change == "running")
            if change in ends:
                counters.values[ends[change]] += 1.0

    return tell
