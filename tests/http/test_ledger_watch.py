"""The thread that lets a ledger look now and then."""

import time

from golive.access.memory_ledger import MemoryLedger
from golive.http.ledger_watch import LedgerWatch


class LookedAt(MemoryLedger):
    def __init__(self, *, failing=0):
        super().__init__(lambda: 0.0)
        self.looks = 0
        self._failing = failing

    def look(self):
        self.looks += 1
        if self.looks <= self._failing:
            raise RuntimeError("a fault of ours")


def test_it_looks_for_the_last_time_when_it_is_closed_and_then_no_more():
    ledger = LookedAt()
    watch = LedgerWatch(ledger)

    watch.close()
    watch.close()

    assert ledger.looks == 1


def test_it_goes_on_after_what_should_not_have_happened(caplog):
    ledger = LookedAt(failing=1)
    watch = LedgerWatch(ledger)
    deadline = time.monotonic() + 30
    while ledger.looks < 2 and time.monotonic() < deadline:
        time.sleep(0.05)
    watch.close()

    assert ledger.looks >= 2
    assert caplog.messages == ["What keys have used could not be looked at."]
