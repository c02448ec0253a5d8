"""The policy of memory: which worker is over its limit, and when it is replaced. Pure.

A worker over its limit is replaced at once, unless that has not helped before: where a new worker,
too, was over the limit soon after its start, the next one waits, twice as long each time.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

import msgspec

from golive.signature.model import JsonValue

__all__ = [
    "Limit",
    "State",
    "Watched",
    "choose",
    "due_at",
    "facts_of",
    "seen",
    "successor_of",
    "wait_after",
]

State = Literal["within", "replacing", "waiting"]

_MOST_DOUBLINGS = 16
_MEBIBYTE = 1024 * 1024


class Limit(msgspec.Struct, frozen=True, kw_only=True):
    """What a worker may have, and how patient the supervisor is.

    Attributes:
        size: Bytes.
        soon_seconds: A worker that is over its limit within them says that another one will be.
        longest_seconds: The longest wait before the next one is tried.
    """

    size: int
    soon_seconds: float = 10.0
    longest_seconds: float = 600.0


class Watched(msgspec.Struct, frozen=True, kw_only=True):
    """A worker that answers.

    Attributes:
        ready_at: When it began to.
        memory: Its bytes, when they were last read.
        over_since: Since when it is over the limit, or None.
        in_vain: How many workers before it, one after the other, were over it soon after their
            start.
    """

    ready_at: float
    memory: int = 0
    over_since: float | None = None
    in_vain: int = 0


def seen(worker: Watched, memory: int, *, now: float, limit: Limit) -> Watched:
    """The worker with the memory that it has now."""
    over_since = None
    if memory > limit.size:
        over_since = now if worker.over_since is None else worker.over_since
    return msgspec.structs.replace(worker, memory=memory, over_since=over_since)


def due_at(worker: Watched, limit: Limit) -> float | None:
    """When the worker is to be replaced; None while it is within the limit."""
    if worker.over_since is None:
        return None
    if not (worker.in_vain and _was_soon_over(worker, limit)):
        return worker.over_since
    return worker.ready_at + wait_after(worker.in_vain, limit)


def choose(workers: Mapping[int, Watched], *, now: float, limit: Limit) -> int | None:
    """Which worker is to be replaced now, by its process: the largest of those that are due."""
    due = {
        process: worker.memory
        for process, worker in workers.items()
        if (at := due_at(worker, limit)) is not None and at <= now
    }
    return max(due, key=due.__getitem__, default=None)


def successor_of(worker: Watched, *, now: float, limit: Limit) -> Watched:
    """What is watched of the worker that takes its place now."""
    in_vain = worker.in_vain + 1 if _was_soon_over(worker, limit) else 0
    return Watched(ready_at=now, in_vain=in_vain)


def wait_after(tries: int, limit: Limit) -> float:
    """Seconds to wait after so many tries, one after the other, that did not help."""
    doublings = min(tries - 1, _MOST_DOUBLINGS)
    return min(limit.soon_seconds * 2.0**doublings, limit.longest_seconds)


def facts_of(
    workers: Mapping[int, Watched],
    *,
    now: float,
    limit: Limit,
    replaces: bool,
    not_before: float = 0.0,
) -> dict[str, JsonValue]:
    """What is told of the workers' memory.

    Args:
        workers: By process.
        now: The time.
        limit: Theirs.
        replaces: Whether one is being replaced.
        not_before: When the next one may be, whichever it is.
    """
    over = [at for worker in workers.values() if (at := due_at(worker, limit)) is not None]
    state: State = "within"
    if over:
        state = "replacing" if replaces else "waiting"
    facts: dict[str, JsonValue] = {
        "state": state,
        "limit_mib": round(limit.size / _MEBIBYTE, 1),
        "largest_mib": round(max((w.memory for w in workers.values()), default=0) / _MEBIBYTE, 1),
        "workers_over": len(over),
    }
    if state == "waiting":
        facts["seconds_to_next_try"] = round(max(0.0, max(min(over), not_before) - now))
    return facts


def _was_soon_over(worker: Watched, limit: Limit) -> bool:
    over_since = worker.over_since
    return over_since is not None and over_since - worker.ready_at < limit.soon_seconds
