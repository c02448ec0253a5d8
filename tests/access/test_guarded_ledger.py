"""What is done while the place where limits are counted does not answer."""

import pytest
from tests.access.metering import Clock, key

from golive.access.errors import LedgerError
from golive.access.guarded_ledger import GuardedLedger, LedgerHealth
from golive.access.limits import Quota
from golive.access.memory_ledger import MemoryLedger
from golive.testing.ledgers import FakeSharedLedger

LIMITED = key(quotas=(Quota(5, "day"),))
GONE = LedgerError("Redis does not answer: gone.")


class Setup:
    def __init__(self, *, fails):
        self.wall, self.clock, self.events = Clock(), Clock(1000.0), []
        self.shared = FakeSharedLedger(self.wall)
        self.ledger = GuardedLedger(
            self.shared,
            MemoryLedger(self.wall),
            fails=fails,
            tell=self.events.append,
            clock=self.clock,
        )

    def spend(self, times=1):
        outcomes = []
        for _ in range(times):
            try:
                refused = self.ledger.spend(LIMITED, "m", 1).refused
            except LedgerError:
                refused = "unavailable"
            outcomes.append("passes" if refused is None else refused)
        return outcomes

    def used_elsewhere(self):
        return self.shared._memory.standings()["0123456789ab", "m"].used["day"].count


@pytest.fixture
def setup():
    return Setup(fails="open")


def test_open_goes_on_in_this_process_from_what_was_last_heard(setup):
    setup.spend(3)
    setup.shared.failure = GONE

    assert setup.spend(3) == ["passes", "passes", "day"]
    assert setup.events == ["outage", "alone", "alone", "alone"]


def test_closed_refuses_until_it_answers_again():
    setup = Setup(fails="closed")
    setup.spend(3)
    setup.shared.failure = GONE
    refused = setup.spend(2)
    setup.shared.failure = None
    setup.clock.now += 1

    assert refused == ["unavailable", "unavailable"]
    assert setup.events == ["outage", "refused", "refused"]
    assert setup.spend(3) == ["passes", "passes", "day"]


def test_it_is_not_asked_again_at_once_but_after_a_while(setup):
    setup.shared.failure = GONE
    setup.spend(100)
    assert setup.shared.asked == 1

    setup.clock.now += 0.1
    setup.spend(100)
    assert setup.shared.asked == 2


def test_ten_minutes_without_it_and_back_are_told_once_each(setup, caplog):
    setup.shared.failure = GONE
    for _ in range(600):
        setup.ledger.look()
        setup.spend()
        setup.clock.now += 1
    health = setup.ledger.health
    setup.shared.failure = None
    setup.ledger.look()

    assert health == LedgerHealth(600.0, "open")
    assert setup.ledger.health == LedgerHealth(None, "open")
    assert setup.shared.asked <= 602
    assert setup.events.count("outage") == 1
    assert caplog.messages == [
        "Redis does not answer: gone. Until it does, each process counts limits by itself.",
        "Redis answers again, after 600.0 s; limits are counted together.",
    ]


def test_the_look_alone_finds_that_it_is_back_where_nobody_asks(setup):
    setup.shared.failure = GONE
    setup.spend()
    setup.shared.failure = None
    setup.clock.now += 1

    setup.ledger.look()

    assert setup.ledger.health.failing_for is None
    assert setup.spend(6) == ["passes"] * 5 + ["day"]


def test_what_passed_meanwhile_is_not_told_to_it_afterwards(setup):
    setup.spend(1)
    setup.shared.failure = GONE
    setup.spend(2)
    setup.shared.failure = None
    setup.clock.now += 1
    setup.spend(1)

    assert setup.used_elsewhere() == 2


def test_a_look_at_one_that_answers_asks_nothing(setup):
    setup.spend()
    asked = setup.shared.asked

    setup.ledger.look()

    assert setup.shared.asked == asked
