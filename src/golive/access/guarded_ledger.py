"""The guarded ledger: a shared ledger, and what is done while it does not answer."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from threading import Lock
from typing import Literal

import msgspec

from golive.access.errors import LedgerError
from golive.access.keys import Key
from golive.access.memory_ledger import MemoryLedger
from golive.access.protocols import SharedLedger, Standings
from golive.access.spending import Spending
from golive.breaker import Breaker
from golive.forks import call_in_children

__all__ = ["Failing", "GuardedLedger", "LedgerEvent", "LedgerHealth"]

Failing = Literal["open", "closed"]
LedgerEvent = Literal["outage", "alone", "refused"]
"""A shared ledger has failed; what was asked meanwhile was counted alone, or was refused."""

_FIRST_PAUSE = 0.1
_LONGEST_PAUSE = 1.0
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
        self._breaker = Breaker(
            failures=1, first_pause=_FIRST_PAUSE, longest_pause=_LONGEST_PAUSE, clock=clock
        )
        self._begin_anew()
        call_in_children(self._begin_anew)

    def _begin_anew(self) -> None:
        self._lock = Lock()

    @property
    def health(self) -> LedgerHealth:
        """How the shared ledger fares."""
        return LedgerHealth(self._breaker.failing_for, self._fails)

    def spend(self, key: Key, model: str, count: int) -> Spending:
        """Ask for so many requests or records; see `Ledger`."""
        asked = self._breaker.ask()
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
        if self._breaker.failing_for is None:
            return
        asked = self._breaker.ask()
        if asked is None:
            return
        try:
            self._shared.ping()
        except LedgerError as error:
            self._take_failure(asked, error)
        else:
            self._take_answer()

    def _take_failure(self, asked: int, error: LedgerError) -> None:
        if self._breaker.fail(asked):
            with self._lock:
                _logger.warning("%s Until it does, %s.", error.message, _MEANWHILE[self._fails])
                self._tell("outage")

    def _take_answer(self) -> None:
        seconds = self._breaker.answer()
        if seconds is not None:
            _logger.warning(
                "Redis answers again, after %.1f s; limits are counted together.", seconds
            )

    def _without(self, key: Key, model: str, count: int) -> Spending:
        with self._lock:
            self._tell("alone" if self._fails == "open" else "refused")
        if self._fails == "closed":
            raise LedgerError("What is used is counted elsewhere, and nothing answers there.")
        return self._alone.spend(key, model, count)
