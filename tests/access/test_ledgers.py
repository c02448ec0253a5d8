"""What every ledger does, by a clock that the test sets; the fake of `golive.testing` as well."""

from concurrent.futures import ThreadPoolExecutor
from itertools import count

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.access.metering import START, Clock, key, spend

from golive.access.guarded_ledger import GuardedLedger
from golive.access.limits import Bucket, Quota, Rate, Used
from golive.access.memory_ledger import MemoryLedger
from golive.access.meters import Meter
from golive.access.redis_ledger import RedisLedger
from golive.access.saved_ledger import SavedLedger
from golive.access.usage_file import UsageFile
from golive.testing.ledgers import FakeSharedLedger


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture(
    params=[
        "memory",
        "saved",
        "fake",
        "guarded",
        pytest.param("redis", marks=pytest.mark.requires("redis")),
    ]
)
def ledger(request, clock, tmp_path):
    if request.param == "redis":
        redis = request.getfixturevalue("redis_server")
        return RedisLedger(redis.url, patience=10.0, clock=clock)
    kinds = {
        "memory": lambda: MemoryLedger(clock),
        "saved": lambda: SavedLedger(UsageFile(tmp_path / "usage"), clock=clock),
        "fake": lambda: FakeSharedLedger(clock),
        "guarded": lambda: GuardedLedger(
            FakeSharedLedger(clock), MemoryLedger(clock), fails="closed"
        ),
    }
    return kinds[request.param]()


@pytest.fixture
def meter_of(ledger):
    def meter_of(limited, model="m"):
        return Meter(limited, model, ledger)

    return meter_of


def test_a_burst_passes_and_then_the_rate(meter_of, clock):
    meter = meter_of(key(rate=Rate(1, 2), burst=2))

    assert spend(meter) == (None, None, '"rate";r=1;t=2')
    assert spend(meter) == (None, None, '"rate";r=0;t=4')
    assert spend(meter) == ("rate_limited", 2, '"rate";r=0;t=4')
    clock.now += 1.9
    assert spend(meter)[:2] == ("rate_limited", 1)
    clock.now += 0.1
    assert spend(meter)[:2] == (None, None)
    assert spend(meter)[:2] == ("rate_limited", 2)


def test_after_the_seconds_of_retry_after_it_passes(meter_of, clock):
    meter = meter_of(key(rate=Rate(7, 60), burst=1))
    meter.spend(1)

    for _ in range(100):
        code, seconds, _ = spend(meter)
        assert code == "rate_limited"
        clock.now += seconds
        assert spend(meter)[0] is None


def test_a_clock_that_is_put_back_gives_nothing_and_takes_nothing(meter_of, clock):
    meter = meter_of(key(rate=Rate(1), quotas=(Quota(2, "day"),)))
    meter.spend(1)
    clock.now -= 86_400

    assert spend(meter)[0] == "rate_limited"
    clock.now += 1
    assert spend(meter)[0] is None
    clock.now += 1
    assert spend(meter)[0] == "quota_exceeded"


def test_a_quota_counted_in_a_future_that_was_none_is_one_of_today(meter_of, clock):
    meter = meter_of(key(quotas=(Quota(2, "day"),)))
    clock.now += 400 * 86_400
    meter.spend(2)
    clock.now = START

    assert spend(meter) == ("quota_exceeded", 10, '"day";r=0;t=10')
    clock.now += 10
    assert spend(meter)[0] is None


def test_a_quota_is_used_up_until_the_next_period(meter_of, clock):
    meter = meter_of(key(quotas=(Quota(2, "day"),)))

    assert spend(meter) == (None, None, '"day";r=1;t=10')
    assert spend(meter) == (None, None, '"day";r=0;t=10')
    assert spend(meter) == ("quota_exceeded", 10, '"day";r=0;t=10')
    clock.now += 10
    assert spend(meter) == (None, None, '"day";r=1;t=86400')


def test_what_one_limit_refuses_the_other_does_not_count(meter_of, clock):
    meter = meter_of(key(rate=Rate(1), quotas=(Quota(2, "day"),)))
    meter.spend(1)
    for _ in range(5):
        assert spend(meter)[0] == "rate_limited"
    clock.now += 1

    assert spend(meter)[0] is None


def test_records_are_counted_exactly_and_more_than_a_burst_is_owed(meter_of, clock):
    meter = meter_of(key(rate=Rate(10), quotas=(Quota(100, "day"),)))

    assert spend(meter, 25)[0] is None
    assert spend(meter, 1)[:2] == ("rate_limited", 2)
    clock.now += 2
    assert spend(meter, 76)[0] == "quota_exceeded"
    assert spend(meter, 5)[0] is None


def test_each_model_has_its_own_and_new_limits_count_at_once(meter_of):
    meter_of(key(quotas=(Quota(1, "day"),))).spend(1)

    assert spend(meter_of(key(quotas=(Quota(1, "day"),)), "other"))[0] is None
    assert spend(meter_of(key(quotas=(Quota(1, "day"),))))[0] == "quota_exceeded"
    assert spend(meter_of(key(quotas=(Quota(2, "day"),))))[0] is None


def test_a_quota_that_is_taken_away_and_given_again_begins_with_nothing(meter_of):
    meter_of(key(quotas=(Quota(1, "day"), Quota(5, "month")))).spend(1)
    meter_of(key(quotas=(Quota(5, "month"),))).spend(1)

    spent = spend(meter_of(key(quotas=(Quota(1, "day"), Quota(5, "month")))))

    assert spent == (None, None, '"day";r=0;t=10, "month";r=2;t=259210')


def test_what_was_used_can_be_read(ledger, meter_of, clock):
    meter_of(key(quotas=(Quota(3, "day"), Quota(9, "week")))).spend(2)
    meter_of(key(id="ba9876543210", rate=Rate(1), burst=3), "ä: ö").spend(1)

    standings = ledger.standings()

    day, week = standings["0123456789ab", "m"].used["day"], standings["0123456789ab", "m"].used
    assert sorted(standings) == [("0123456789ab", "m"), ("ba9876543210", "ä: ö")]
    assert day == Used(2, START + 10 - 86_400, START + 10)
    assert (week["week"].count, standings["0123456789ab", "m"].bucket) == (2, None)
    assert standings["ba9876543210", "ä: ö"].bucket == Bucket(2.0, START)


def test_threads_that_ask_together_get_what_there_is_and_no_more(meter_of):
    meter = meter_of(key(quotas=(Quota(50, "day"),)))

    with ThreadPoolExecutor(8) as pool:
        codes = list(pool.map(lambda _: meter.spend(1).code, range(120)))

    assert (codes.count(None), codes.count("quota_exceeded")) == (50, 70)


# What Redis computes is what this process computes.

_numbers = count()
_rates = st.none() | st.builds(Rate, st.integers(1, 1000), st.sampled_from([1, 60, 3600]))
_quotas = st.lists(
    st.builds(Quota, st.integers(1, 30), st.sampled_from(["day", "week", "month"])),
    max_size=3,
    unique_by=lambda quota: quota.period,
)
_steps = st.lists(
    st.tuples(
        st.one_of(
            st.floats(-100_000, 100_000),
            st.floats(0, 3),
            st.sampled_from([0.0, 86_400.0, 2_678_400.0, -2_678_400.0]),
        ),
        st.integers(0, 20),
    ),
    min_size=1,
    max_size=8,
)
_moments = st.floats(0, 8e9) | st.sampled_from(
    [0.0, 951_782_399.5, 951_782_400.0, 951_868_800.0, 4_107_542_399.0, 4_107_542_400.0]
)  # around the ends of February 2000 and 2100, and the epoch


@pytest.mark.requires("redis")
@settings(
    max_examples=300, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    rate=_rates, burst=st.none() | st.integers(1, 50), quotas=_quotas, begin=_moments, steps=_steps
)
def test_redis_computes_what_this_process_computes(redis_server, rate, burst, quotas, begin, steps):
    clock = Clock(begin)
    limited = key(rate=rate, burst=burst, quotas=tuple(quotas))
    model = f"m{next(_numbers)}"
    here, there = MemoryLedger(clock), RedisLedger(redis_server.url, patience=10.0, clock=clock)

    for seconds, number in steps if limited.has_limits else []:
        clock.now = max(0.0, clock.now + seconds)
        expected = here.spend(limited, model, number)
        assert there.spend(limited, model, number) == expected
    there.close()
