"""What a key may use, by a clock that the test sets."""

import gc
from datetime import UTC, datetime
from types import FunctionType

import pytest

from golive.access.keys import Key, hash_of
from golive.access.limits import Quota, Rate, parse_quota, parse_rate, period_of
from golive.access.meters import Meters, policy_header
from golive.errors import UsageError

START = datetime(2026, 1, 28, 23, 59, 50, tzinfo=UTC).timestamp()  # a Wednesday


class Clock:
    def __init__(self):
        self.now = START

    def __call__(self):
        return self.now


@pytest.fixture
def clock():
    return Clock()


def key(**limits):
    created = datetime(2026, 1, 1, tzinfo=UTC)
    return Key(id="0123456789ab", name="a", sha256=hash_of("s"), created=created, **limits)


def spend(meter, count=1):
    spent = meter.spend(count)
    return spent.code, spent.retry_after, spent.header


def test_a_burst_passes_and_then_the_rate(clock):
    meter = Meters(clock).of(key(rate=Rate(1, 2), burst=2), "m")

    assert spend(meter) == (None, None, '"rate";r=1;t=2')
    assert spend(meter) == (None, None, '"rate";r=0;t=4')
    assert spend(meter) == ("rate_limited", 2, '"rate";r=0;t=4')
    clock.now += 1.9
    assert spend(meter)[:2] == ("rate_limited", 1)
    clock.now += 0.1
    assert spend(meter)[:2] == (None, None)
    assert spend(meter)[:2] == ("rate_limited", 2)


def test_after_the_seconds_of_retry_after_it_passes(clock):
    meter = Meters(clock).of(key(rate=Rate(7, 60), burst=1), "m")
    meter.spend(1)

    for _ in range(100):
        code, seconds, _ = spend(meter)
        assert code == "rate_limited"
        clock.now += seconds
        assert spend(meter)[0] is None


def test_a_clock_that_is_put_back_gives_nothing_and_takes_nothing(clock):
    meter = Meters(clock).of(key(rate=Rate(1), quotas=(Quota(2, "day"),)), "m")
    meter.spend(1)
    clock.now -= 86_400

    assert spend(meter)[0] == "rate_limited"
    clock.now += 1
    assert spend(meter)[0] is None
    clock.now += 1
    assert spend(meter)[0] == "quota_exceeded"


def test_a_quota_counted_in_a_future_that_was_none_is_one_of_today(clock):
    meter = Meters(clock).of(key(quotas=(Quota(2, "day"),)), "m")
    clock.now += 400 * 86_400
    meter.spend(2)
    clock.now = START

    assert spend(meter) == ("quota_exceeded", 10, '"day";r=0;t=10')
    clock.now += 10
    assert spend(meter)[0] is None


def test_a_quota_is_used_up_until_the_next_period(clock):
    meter = Meters(clock).of(key(quotas=(Quota(2, "day"),)), "m")

    assert spend(meter) == (None, None, '"day";r=1;t=10')
    assert spend(meter) == (None, None, '"day";r=0;t=10')
    assert spend(meter) == ("quota_exceeded", 10, '"day";r=0;t=10')
    clock.now += 10
    assert spend(meter) == (None, None, '"day";r=1;t=86400')


def test_what_one_limit_refuses_the_other_does_not_count(clock):
    meter = Meters(clock).of(key(rate=Rate(1), quotas=(Quota(2, "day"),)), "m")
    meter.spend(1)
    for _ in range(5):
        assert spend(meter)[0] == "rate_limited"
    clock.now += 1

    assert spend(meter)[0] is None


def test_records_are_counted_exactly_and_more_than_a_burst_is_owed(clock):
    meter = Meters(clock).of(key(rate=Rate(10), quotas=(Quota(100, "day"),)), "m")

    assert spend(meter, 25)[0] is None
    assert spend(meter, 1)[:2] == ("rate_limited", 2)
    clock.now += 2
    assert spend(meter, 76)[0] == "quota_exceeded"
    assert spend(meter, 5)[0] is None


def test_each_model_has_its_own_and_new_limits_count_at_once(clock):
    meters = Meters(clock)
    meters.of(key(quotas=(Quota(1, "day"),)), "m").spend(1)

    assert spend(meters.of(key(quotas=(Quota(1, "day"),)), "other"))[0] is None
    assert spend(meters.of(key(quotas=(Quota(1, "day"),)), "m"))[0] == "quota_exceeded"
    assert spend(meters.of(key(quotas=(Quota(2, "day"),)), "m"))[0] is None


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
    meters = Meters(lambda: 0.0)
    found = key(rate=Rate(10))

    first = meters.of(found, "games")
    before = called_in_children()
    again = [meters.of(found, "games") for _ in range(100)]

    assert all(meter is first for meter in again)
    assert called_in_children() == before


def called_in_children():
    return sum(
        isinstance(each, FunctionType) and each.__module__ == "golive.forks"
        for each in gc.get_objects()
    )
