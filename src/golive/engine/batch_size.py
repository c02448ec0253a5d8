"""Batch sizes: how many records are answered before others have their turn, learnt by doing."""

from __future__ import annotations

from math import inf
from time import perf_counter, process_time, thread_time

import msgspec

__all__ = ["BatchSize", "Stopwatch", "Took"]

_MOST_RECORDS = 4096
_COMPUTING = 0.1
"""A thread that has a processor for so much of its time, once, is said to compute, and to wait for
nothing but a processor; of one that waits otherwise, a tenth of the time or more still counts."""


class Took(msgspec.Struct, frozen=True, kw_only=True):
    """What a batch took.

    Attributes:
        seconds: On the clock.
        thread_seconds: Of them, those in which the thread that answered it had a processor.
        process_seconds: The processor time of all threads of the process meanwhile.
    """

    seconds: float
    thread_seconds: float = 0.0
    process_seconds: float = inf


class Stopwatch:
    """Tells what a batch took since it was made, in the thread that made it."""

    __slots__ = ("_begun",)

    def __init__(self) -> None:
        self._begun = perf_counter(), thread_time(), process_time()

    def took(self) -> Took:
        """What it was until now."""
        clock, thread, process = self._begun
        return Took(
            seconds=perf_counter() - clock,
            thread_seconds=thread_time() - thread,
            process_seconds=process_time() - process,
        )


class BatchSize:
    """As many records as take about so many seconds, whatever was measured at the start.

    Where the thread itself computes, which one batch shows, time in which other processes had its
    processor does not count: smaller batches would only add calls, and take longer altogether.

    A call costs something, too: a batch may take twice as long as the shortest one did, for smaller
    ones would spend most of their time on calls.

    Attributes:
        most: The most records of a batch.

    Args:
        most: What to begin with.
        seconds: What a batch may take.
        call_seconds: What the shortest batch is said to take; 0 if nothing is known.
        fewest: Never fewer than that.
    """

    def __init__(
        self, most: int, *, seconds: float, call_seconds: float = 0.0, fewest: int = 1
    ) -> None:
        self.most = most
        self._seconds = seconds
        self._shortest = call_seconds or inf
        self._fewest = fewest
        self._computes = False

    def learn(self, size: int, took: Took) -> None:
        """A batch of `size` records took so long."""
        seconds = took.seconds
        self._computes = self._computes or took.thread_seconds > _COMPUTING * seconds
        if self._computes:
            seconds = min(seconds, took.process_seconds)
        self._shortest = min(self._shortest, seconds)
        wanted = max(self._seconds, 2 * self._shortest)
        if seconds > 2 * wanted:
            self.most = max(self._fewest, self.most // 2)
        elif seconds < wanted / 2 and 2 * size > self.most:
            self.most = min(_MOST_RECORDS, 2 * self.most)
