"""Timed stores: no caller waits longer than was promised for looked-up values."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Sequence
from threading import Event, Lock, Thread

from golive.breaker import Breaker
from golive.forks import call_in_children
from golive.lookups.errors import LookupTimeoutError, LookupUnavailableError
from golive.lookups.protocols import LookupStore, Row

__all__ = ["TimedStore"]

_FAILURES = 3
_PAUSE = 1.0
_MOST_AT_ONCE = 32
_logger = logging.getLogger("golive.lookups")


class TimedStore:
    """Asks a store in a thread of its own, and waits for it only so long.

    What a library promises is the time of one step, such as a read from a socket; a name that is
    being resolved is bound by nothing. After some failures in a row the store is left alone for a
    second at a time, in which it counts as unavailable, and then one request tries it: requests do
    not queue for what does not answer.

    Args:
        store: Is asked.
        name: Of the lookup, for log lines.
        seconds: How long to wait for it.
        clock: Seconds that never go back.

    Attributes:
        waits: True.
        gives_texts: As the store says.
    """

    waits = True

    def __init__(
        self,
        store: LookupStore,
        *,
        name: str,
        seconds: float,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.gives_texts = store.gives_texts
        self._store = store
        self._name = name
        self._seconds = seconds
        self._breaker = Breaker(
            failures=_FAILURES, first_pause=_PAUSE, longest_pause=_PAUSE, clock=clock
        )
        self._begin_anew()
        call_in_children(self._begin_anew)

    def _begin_anew(self) -> None:
        self._lock = Lock()
        self._asked = 0

    def fetch(self, keys: Sequence[str]) -> Sequence[Row | None]:
        """What is kept under each key, if it comes in time; see `LookupStore`."""
        asked = self._begin()
        asking = _Asking(self._store, keys, self._end)
        try:
            Thread(target=asking.run, name="golive-lookup", daemon=True).start()
        except RuntimeError as error:  # the system has no thread left
            self._end()
            self._fail(asked, "no thread can be started to ask it")
            raise LookupUnavailableError(f"{self._name} cannot be asked: {error}.") from error
        if not asking.done.wait(self._seconds):
            self._fail(asked, f"did not answer within {self._seconds:g} seconds")
            raise LookupTimeoutError(
                f"{self._name} did not answer within {self._seconds:g} seconds."
            )
        if asking.error is not None:
            self._fail(asked, asking.error.message)
            raise asking.error
        self._succeed()
        return asking.rows

    def _begin(self) -> int:
        with self._lock:
            asked = self._breaker.ask() if self._asked < _MOST_AT_ONCE else None
            if asked is None:
                raise LookupUnavailableError(f"{self._name} has not answered for a while.")
            self._asked += 1
            return asked

    def _end(self) -> None:
        with self._lock:
            self._asked -= 1

    def _fail(self, asked: int, reason: str) -> None:
        if self._breaker.fail(asked):
            _logger.warning(
                "%s: %s. Defaults are used; it is asked again every second.", self._name, reason
            )

    def _succeed(self) -> None:
        if self._breaker.answer() is not None:
            _logger.info("%s answers again.", self._name)


class _Asking:
    """One question, in the thread that waits for its answer."""

    def __init__(self, store: LookupStore, keys: Sequence[str], end: Callable[[], object]) -> None:
        self.done = Event()
        self.rows: Sequence[Row | None] = ()
        self.error: LookupUnavailableError | None = None
        self._store = store
        self._keys = keys
        self._end = end

    def run(self) -> None:
        try:
            self.rows = self._store.fetch(self._keys)
        except LookupUnavailableError as error:
            self.error = error
        except Exception as error:
            _logger.exception("Looked-up values could not be asked for.")
            self.error = LookupUnavailableError(f"Asking failed: {type(error).__name__}.")
        finally:
            self._end()
            self.done.set()
