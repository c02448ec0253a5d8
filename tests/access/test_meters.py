"""What a meter tells of a key's limits, and how limits are written."""

import gc
from datetime import UTC, datetime
from types import FunctionType

import pytest
from tests.access.metering import START, Clock, key, spend

from golive.access.errors import LedgerError
from golive.access.limits import Quota, Rate, parse_quota, parse_rate, period_of
from golive.access.memory_ledger import MemoryLedger
from golive.access.meters import Meter, policy_header
from golive.errors import UsageError
from golive.testing.ledgers import FakeSharedLedger


def test_where_nobody_knows_what_was_used_it_refuses_and_says_nothing_of_what_is_left():
    ledger = FakeSharedLedger(Clock())
    ledger.failure = LedgerError("gone")

    spent = spend(Meter(key(rate=Rate(1)), "m", ledger))

    assert spent == ("limits_unavailable", 1, "")


def test_the_policy_is_told_as_the_draft_writes_it():
    limited = key(rate=Rate(10, 60), burst=20, quotas=(Quota(100, "day"), Quota(9, "month")))

    assert policy_header(limited) == '"rate";q=20;w=120, "day";q=100;w=86400, "month";q=9'


@pytest.mark.parametrize(
    ("period", "begin", "end"),
    [
        ("day", "2026-01-28", "2026-01-29"),
        ("week", "2026-01-26", "2026-02-02"),
        ("month", "2026-01-01", "2026-02-01"),
    ],
)
def test_periods_are_those_of_the_calendar(period, begin, end):
    found = [datetime.fromtimestamp(at, UTC).date().isoformat() for at in period_of(period, START)]

    assert found == [begin, end]


def test_limits_are_read_as_they_are_written():
    assert parse_rate("10/s") == Rate(10, 1)
    assert parse_rate("600/min") == Rate(600, 60)
    assert parse_quota("100/week") == Quota(100, "week")


@pytest.mark.parametrize("text", ["", "10", "0/s", "-1/s", "1.5/s", "10/year", "10/s/s"])
def test_what_is_no_limit_is_refused(text):
    with pytest.raises(UsageError, match="is no rate"):
        parse_rate(text)
    with pytest.raises(UsageError, match="is no quota"):
        parse_quota(text)


def test_a_key_that_is_looked_up_again_leaves_nothing_behind():
    """What is to be called in forked children can never be taken back."""
    ledger = MemoryLedger(lambda: 0.0)
    found = key(rate=Rate(10))

    first = Meter(found, "games", ledger)
    first.spend(1)
    before = called_in_children()
    again = [Meter(found, "games", ledger) for _ in range(100)]

    assert again[-1].spend(1).header == '"rate";r=8;t=1'
    assert called_in_children() == before


def called_in_children():
    return sum(
        isinstance(each, FunctionType) and each.__module__ == "golive.forks"
        for each in gc.get_objects()
    )
