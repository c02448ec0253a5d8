"""The ledger of a process: what keys use of models, counted in memory."""

from __future__ import annotations

from collections.abc import Callable
from threading import Lock

from golive.access.keys import Key
from golive.access.protocols import Standings
from golive.access.spending import Spending, Standing, spend
from golive.forks import call_in_children

__all__ = ["MemoryLedger"]

_NOTHING = Standing()


class MemoryLedger:
    """Counts in memory; see `Ledger`. It waits for nothing and never fails.

    Args:
        clock: Seconds since 1970.
    """

    waits = False

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._standings: Standings = {}
        self._begin_anew()
        call_in_children(self._begin_anew)

    def _begin_anew(self) -> None:
        self._lock = Lock()

    def spend(self, key: Key, model: str, count: int) -> Spending:
        """Ask for so many requests or records; see `Ledger`."""
        place = (key.id, model)
        with self._lock:
            before = self._standings.get(place, _NOTHING)
            spending = spend(before, key, count, self._clock())
            self._standings[place] = spending.standing
        return spending

    def standings(self) -> Standings:
        """What was used; see `Ledger`."""
        with self._lock:
            return dict(self._standings)

    def look(self) -> None:
        """There is nothing to do; see `Ledger`."""

    def learn(self, key_id: str, model: str, standing: Standing) -> None:
        """Go on from what somebody else has counted."""
        with self._lock:
            self._standings[key_id, model] = standing

    def change(self, edit: Callable[[Standings], Standings]) -> None:
        """Replace all that was counted by what `edit` makes of it; nobody spends meanwhile."""
        with self._lock:
            self._standings = edit(self._standings)
