"""Batch sizes: how many records are answered before others have their turn, learnt by doing."""

from __future__ import annotations

from math import inf

__all__ = ["BatchSize"]

_MOST_RECORDS = 4096


class BatchSize:
    """As many records as take about so many seconds, whatever was measured at the start.

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

    def learn(self, size: int, seconds: float) -> None:
        """A batch of `size` records took so many seconds."""
        self._shortest = min(self._shortest, seconds)
        wanted = max(self._seconds, 2 * self._shortest)
        if seconds > 2 * wanted:
            self.most = max(self._fewest, self.most // 2)
        elif seconds < wanted / 2 and 2 * size > self.most:
            self.most = min(_MOST_RECORDS, 2 * self.most)
