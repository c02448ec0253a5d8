"""Pace: how fast a model answers, measured, and where its records are answered therefore."""

from __future__ import annotations

from typing import Literal

import msgspec

from golive.engine.batch_size import BatchSize

__all__ = ["Manner", "Pace"]

Manner = Literal["at_once", "on_loop", "in_thread", "apart"]

_ON_LOOP_SECONDS = 0.002  # what a batch may take of a loop that has other requests to read
_IN_THREAD_SECONDS = 0.02  # what a part of a large request may keep others waiting in a thread
_MOST_RECORDS = 4096
_FEWEST_IN_THREAD = 16


class Pace(msgspec.Struct, frozen=True, kw_only=True):
    """How fast a model answers.

    Attributes:
        manner: Where records are answered: `at_once` where nothing is gained by asking for those
            of several requests together; `on_loop` together on the event loop; `in_thread`
            together in a thread; `apart` each request by itself in a thread, since the model may
            take any time.
        call_seconds: Of a call with one record.
        record_seconds: Of each further record of a call.
        reads_quickly: Whether reading a small body takes no longer than it looks.
    """

    manner: Manner = "apart"
    call_seconds: float = 0.0
    record_seconds: float = 0.0
    reads_quickly: bool = True

    @property
    def most_on_loop(self) -> int:
        """The most records that the event loop answers at a time."""
        return self._records_in(_ON_LOOP_SECONDS, fewest=1)

    @property
    def most_in_thread(self) -> int:
        """The most records that a thread answers before it looks at other requests."""
        seconds = max(_IN_THREAD_SECONDS, 2 * self.call_seconds)
        return self._records_in(seconds, fewest=_FEWEST_IN_THREAD)

    def size_on_loop(self) -> BatchSize:
        """How many records the event loop answers at a time, as far as is known yet."""
        return BatchSize(
            self.most_on_loop, seconds=_ON_LOOP_SECONDS, call_seconds=self.call_seconds
        )

    def size_in_thread(self) -> BatchSize:
        """How many records a thread answers at a time, as far as is known yet."""
        return BatchSize(
            self.most_in_thread,
            seconds=_IN_THREAD_SECONDS,
            call_seconds=self.call_seconds,
            fewest=_FEWEST_IN_THREAD,
        )

    def _records_in(self, seconds: float, *, fewest: int) -> int:
        left = seconds - self.call_seconds
        if left <= 0:
            return fewest
        if left >= self.record_seconds * _MOST_RECORDS:
            return _MOST_RECORDS
        return max(fewest, int(left / self.record_seconds) + 1)
