"""The saved ledger: counts in memory that are put together in a file now and then."""

from __future__ import annotations

import logging
from collections.abc import Callable
from threading import Lock

from golive.access.errors import LedgerError
from golive.access.keys import Key
from golive.access.limits import Used
from golive.access.memory_ledger import MemoryLedger
from golive.access.protocols import Standings
from golive.access.spending import Spending, Standing
from golive.access.usage_file import Counts, UsageFile
from golive.forks import call_in_children

__all__ = ["SavedLedger"]

_logger = logging.getLogger("golive.access")


class SavedLedger:
    """Counts in memory, and puts quotas together with what others counted; see `Ledger`.

    Whenever it looks, it adds to a file what it counted since then, and goes on from the sum. So
    the quotas of several processes are one, but for what came in between two looks, and outlive
    the processes. Rates are of each process alone.

    Args:
        file: Where the counts of all processes are.
        clock: Seconds since 1970.
    """

    waits = False

    def __init__(self, file: UsageFile, *, clock: Callable[[], float]) -> None:
        self._file = file
        self._clock = clock
        self._memory = MemoryLedger(clock)
        self._saved: Counts = {}
        self._is_failing = False
        self._begin_anew()
        call_in_children(self._begin_anew)

    def _begin_anew(self) -> None:
        self._looking = Lock()
        self._saved = _counts(self._memory.standings())  # the parent saves what came before

    def spend(self, key: Key, model: str, count: int) -> Spending:
        """Ask for so many requests or records; see `Ledger`."""
        return self._memory.spend(key, model, count)

    def standings(self) -> Standings:
        """What was used, by all processes when this one looked last; see `Ledger`."""
        return self._memory.standings()

    def look(self) -> None:
        """Put the counts together; see `Ledger`. Where that fails, it is logged once."""
        with self._looking:
            counted = _counts(self._memory.standings())
            try:
                total = self._file.add(_since(counted, self._saved), self._clock())
            except LedgerError as error:
                if not self._is_failing:
                    _logger.warning("%s Meanwhile each process counts quotas alone.", error.message)
                self._is_failing = True
                return
            self._is_failing = False
            self._memory.change(lambda standings: _put_together(standings, counted, total))
            self._saved = counted | total


def _counts(standings: Standings) -> Counts:
    return {
        (key, model, period): used
        for (key, model), standing in standings.items()
        for period, used in standing.used.items()
    }


def _since(counted: Counts, saved: Counts) -> Counts:
    """What was counted and is not saved. A count of a new period began with nothing."""
    more: Counts = {}
    for name, used in counted.items():
        before = saved.get(name)
        # a clock that was put back has taken the count along
        is_same = before is not None and used.begin <= before.begin
        count = used.count - (before.count if before is not None and is_same else 0)
        if count > 0:
            more[name] = Used(count, used.begin, used.end)
    return more


def _put_together(standings: Standings, counted: Counts, total: Counts) -> Standings:
    """The standings with what others counted, and with what was counted here meanwhile."""
    changed = dict(standings)
    for (key, model, period), sum_ in total.items():
        standing = changed.get((key, model), Standing())
        now = standing.used.get(period)
        then = counted.get((key, model, period))
        meanwhile = 0
        if now is not None and then is not None and now.begin == then.begin:
            meanwhile = now.count - then.count
        elif now is not None and now.begin == sum_.begin:
            meanwhile = now.count
        elif now is not None and now.begin > sum_.begin:  # another period has begun meanwhile
            continue
        used = standing.used | {period: Used(sum_.count + meanwhile, sum_.begin, sum_.end)}
        changed[key, model] = Standing(standing.bucket, used)
    return changed
