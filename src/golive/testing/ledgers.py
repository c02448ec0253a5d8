"""A shared ledger in memory that can be made to fail, for tests."""

from __future__ import annotations

from collections.abc import Callable

from golive.access.errors import LedgerError
from golive.access.keys import Key
from golive.access.memory_ledger import MemoryLedger
from golive.access.protocols import Standings
from golive.access.spending import Spending

__all__ = ["FakeSharedLedger"]


class FakeSharedLedger:
    """Counts in memory as if that were elsewhere.

    Attributes:
        failure: Is raised by all that asks, unless it is None.
        asked: How often it was asked.

    Args:
        clock: Seconds since 1970.
    """

    waits = True

    def __init__(self, clock: Callable[[], float]) -> None:
        self.failure: LedgerError | None = None
        self.asked = 0
        self._memory = MemoryLedger(clock)

    def spend(self, key: Key, model: str, count: int) -> Spending:
        """Ask for so many."""
        self.ping()
        return self._memory.spend(key, model, count)

    def standings(self) -> Standings:
        """What was used."""
        self.ping()
        return self._memory.standings()

    def look(self) -> None:
        """There is nothing to do."""

    def ping(self) -> None:
        """Ask whether it answers."""
        self.asked += 1
        if self.failure is not None:
            raise self.failure
