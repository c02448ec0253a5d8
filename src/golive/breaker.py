"""The breaker: what fails is left alone for a while, and then one tries it for all."""

from __future__ import annotations

import time
from collections.abc import Callable
from threading import Lock

import msgspec

from golive.forks import call_in_children

__all__ = ["Breaker"]

_LONGEST_TRIAL = 10.0


class _State(msgspec.Struct, frozen=True):
    """How it stands: failures in a row, pauses since it is open, and when the first failure was."""

    failures: int = 0
    pauses: int = 0
    rests_until: float = 0.0
    since: float = 0.0


_CLOSED = _State()


class Breaker:
    """Says whether something may be asked that other requests need, too. From any thread.

    So many failures in a row open it. Nobody asks then for a pause; after it one may try, and the
    others may not until that has failed, answered, or taken ten seconds. Each trial that fails is
    followed by a pause twice as long, up to the longest. Any answer closes it, and failures of
    those who asked before it opened count no more. A forked process begins with a closed one.

    Args:
        failures: In a row, until it opens.
        first_pause: Seconds.
        longest_pause: Seconds.
        clock: Seconds that only go forwards.
    """

    def __init__(
        self,
        *,
        failures: int,
        first_pause: float,
        longest_pause: float,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._most = failures
        self._first_pause = first_pause
        self._longest_pause = longest_pause
        self._clock = clock
        self._begin_anew()
        call_in_children(self._begin_anew)

    def _begin_anew(self) -> None:
        self._lock = Lock()
        self._state = _CLOSED

    @property
    def failing_for(self) -> float | None:
        """Seconds since the first failure in a row, or None where it is closed."""
        state = self._state
        return self._clock() - state.since if state.pauses else None

    def ask(self) -> int | None:
        """What to give `fail` if asking fails; None where nobody is to ask now."""
        if not self._state.pauses:
            return 0
        with self._lock:
            state, now = self._state, self._clock()
            if not state.pauses:
                return 0
            if now < state.rests_until:
                return None
            self._state = msgspec.structs.replace(state, rests_until=now + _LONGEST_TRIAL)
            return state.pauses

    def fail(self, asked: int) -> bool:
        """Take note of a failure; whether it is what opened the breaker.

        Args:
            asked: What `ask` gave before.
        """
        with self._lock:
            state, now = self._state, self._clock()
            if asked != state.pauses:
                return False
            since = state.since if state.failures else now
            failures = state.failures + 1
            if failures < self._most:
                self._state = _State(failures=failures, since=since)
                return False
            pause = min(self._longest_pause, self._first_pause * 2.0 ** min(state.pauses, 10))
            self._state = _State(failures, state.pauses + 1, now + pause, since)
            return state.pauses == 0

    def answer(self) -> float | None:
        """Take note of an answer; after how many seconds it closed the breaker, or None."""
        if not self._state.failures:
            return None
        with self._lock:
            state, self._state = self._state, _CLOSED
            return self._clock() - state.since if state.pauses else None
