"""The deadline: how much time an invocation has left for whoever waits for its answer."""

from __future__ import annotations

import time
from collections.abc import Callable
from math import inf

from golive.aws_lambda.protocols import LambdaContext

__all__ = ["Deadline"]


class Deadline:
    """Counts down from the beginning of an invocation.

    Args:
        context: Of the invocation; None where nobody ends it.
        front_seconds: How long the front waits; None: as long as the invocation lasts.
        clock: Seconds that only go forwards.
    """

    def __init__(
        self,
        context: LambdaContext | None,
        *,
        front_seconds: float | None = None,
        clock: Callable[[], float] = time.perf_counter,
    ) -> None:
        self._context = context
        self._front_seconds = inf if front_seconds is None else front_seconds
        self._clock = clock
        self._begun = clock()

    @property
    def spent(self) -> float:
        """Seconds since it began."""
        return self._clock() - self._begun

    @property
    def left(self) -> float:
        """Seconds until nobody waits any more."""
        of_front = self._front_seconds - self.spent
        if self._context is None:
            return of_front
        return min(of_front, self._context.get_remaining_time_in_millis() / 1000)
