"""The guarded ledger: a shared ledger, and what is done while it does not answer."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from threading import Lock
from typing import Literal

import msgspec

from golive.access.breaker import CLOSED, Breaker, failed, may_ask, trying
from golive.access.errors import LedgerError
from golive.access.keys import Key
from golive.access.memory_ledger import MemoryLedger
from golive.access.protocols import SharedLedger, Standings
from golive.access.spending import Spending
from golive.forks import call_in_children

__all__ = ["Failing", "GuardedLedger", "LedgerEvent", "LedgerHealth"]

Failing = Literal["open", "closed"]
LedgerEvent = Literal["outage", "alone", "refused"]
"""A shared ledger has failed; what was asked meanwhile was counted alone, or was refused."""

_logger = logging.getLogger("golive.access")
_MEANWHILE: dict[Failing, str] = {
    "open": "each process counts limits by itself",
    "closed": "requests with keys that have limits are refused",
}


class LedgerHealth(msgspec.Struct, frozen=True):
    """How a shared ledger fares.

    Attributes:
        failing_for: Seconds since it failed, or None where it answers.
        fails: What is done meanwhile.
    """

    failing_for: float | None
    fails: Failing


class GuardedLedger:
    """Asks a shared ledger, and does without it while it fails; see `Ledger`.

    Who fails open goes on to count in this process, from what was last heard of the shared ledger.
    Who fails closed raises `LedgerError`. The shared one is asked again now and then; what was
    counted meanwhile is not told to it.

    Args:
        shared: Is asked.
        alone: Counts where the shared one fails and nothing else was wished.
        fails: What is done where it fails.
        tell: Is told what happens, by one thread at a time.
        clock: Seconds that only go forwards.
    """

    waits = True

    def __init__(
        self,
        shared: SharedLedger,
        alone: MemoryLedger,
        *,
        fails: Failing,
        tell: Callable[[LedgerEvent], object] = lambda _: None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._shared = shared
        self._alone = alone
        self._fails = fails
        self._tell = tell
        self._clock = clock
        self._breaker = CLOSED
        self._begin_anew()
        call_in_children(self._begin_anew)

    def _begin_anew(self) -> None:
        self._lock = Lock()

    @property
    def health(self) -> LedgerHealth:
        """How the shared ledger fares."""
        breaker = self._breaker
        failing_for = self._clock() - breaker.since if breaker.failures else None
        return LedgerHealth(failing_for, self._fails)

    def spend(self, key: Key, model: str, count: int) -> Spending:
        """Ask for so many requests or records; see `Ledger`."""
        asked = self._ask()
        if asked is None:
            return self._without(key, model, count)
        try:
            spending = self._shared.spend(key, model, count)
        except LedgerError as error:
            self._take_failure(asked, error)
            return self._without(key, model, count)
        self._take_answer()
        if self._fails == "open":
            self._alone.learn(key.id, model, spending.standing)
        return spending

    def standings(self) -> Standings:
        """What was used; see `Ledger`."""
        return self._shared.standings()

    def look(self) -> None:
        """Ask the shared ledger whether it answers again, where it did not; see `Ledger`."""
        if not self._breaker.failures:
            return
        asked = self._ask()
        if asked is None:
            return
        try:
            self._shared.ping()
        except LedgerError as error:
            self._take_failure(asked, error)
        else:
            self._take_answer()

    def _ask(self) -> Breaker | None:
        """How it stands, where the shared ledger may be asked."""
        asked = self._breaker
        if not asked.failures:
            return asked
        with self._lock:
            asked, now = self._breaker, self._clock()
            if not may_ask(asked, now):
                return None
            self._breaker = trying(asked, now)
            return asked

    def _take_failure(self, asked: Breaker, error: LedgerError) -> None:
        with self._lock:
            is_new = not self._breaker.failures
            self._breaker = failed(self._breaker, asked, self._clock())
            if is_new and self._breaker.failures:
                _logger.warning("%s Until it does, %s.", error.message, _MEANWHILE[self._fails])
                self._tell("outage")

    def _take_answer(self) -> None:
        if not self._breaker.failures:
            return
        with self._lock:
            if self._breaker.failures:
                seconds = self._clock() - self._breaker.since
                self._breaker = CLOSED
                _logger.warning(
                    "Redis answers again, after %.1f s; limits are counted together.", seconds
                )

    def _without(self, key: Key, model: str, count: int) -> Spending:
        with self._lock:
            self._tell("alone" if self._fails == "open" else "refused")
        if self._fails == "closed":
            raise LedgerError("What is used is counted elsewhere, and nothing answers there.")
        return self._alone.spend(key, model, count)
