"""What is particular about counting in Redis."""

import time

import pytest
from tests.access.metering import key

from golive.access.errors import LedgerError
from golive.access.limits import Quota, Rate
from golive.access.redis_ledger import RedisLedger

LIMITED = key(rate=Rate(10), quotas=(Quota(5, "day"),))


@pytest.fixture
def ledger(redis_server):
    ledger = RedisLedger(redis_server.url, patience=10.0)
    yield ledger
    ledger.close()


@pytest.mark.requires("redis")
def test_to_spend_is_one_question_once_redis_knows_the_script(ledger):
    for _ in range(4):
        ledger.spend(LIMITED, "m", 1)

    asked = ledger._client.info("commandstats")
    assert (asked["cmdstat_evalsha"]["calls"], asked["cmdstat_eval"]["calls"]) == (4, 1)


@pytest.mark.requires("redis")
def test_the_clock_is_that_of_redis_and_what_is_kept_expires(ledger):
    spending = ledger.spend(LIMITED, "m", 1)
    name = "golive:used:0123456789ab:m"

    seconds, _ = ledger._client.time()
    assert abs(spending.now - seconds) < 60
    end = spending.standing.used["day"].end
    assert end - seconds - 60 <= ledger._client.ttl(name) <= end - seconds + 120
    assert sorted(ledger._client.hgetall(name)) == [
        "at",
        "day.begin",
        "day.end",
        "day.used",
        "tokens",
    ]


@pytest.mark.requires("redis")
@pytest.mark.parametrize("wrong", ["string", "hash"])
def test_what_golive_did_not_write_is_an_error_of_the_ledger(ledger, wrong):
    name = "golive:used:0123456789ab:m"
    if wrong == "string":
        ledger._client.set(name, "x")
        with pytest.raises(LedgerError, match="WRONGTYPE"):
            ledger.spend(LIMITED, "m", 1)
    else:
        ledger._client.hset(name, "tokens", "many")
    with pytest.raises(LedgerError):
        ledger.standings()


@pytest.mark.requires("redis")
def test_a_redis_that_hangs_is_waited_for_no_longer_than_was_said(redis_server):
    ledger = RedisLedger(redis_server.url, patience=0.2)
    ledger.spend(LIMITED, "m", 1)
    redis_server.halt()
    began = time.monotonic()
    with pytest.raises(LedgerError, match="Redis does not answer"):
        ledger.spend(LIMITED, "m", 1)
    with pytest.raises(LedgerError, match="Redis does not answer"):
        ledger.spend(LIMITED, "m", 1)
    seconds = time.monotonic() - began
    redis_server.go_on()
    ledger.close()

    assert 0.35 < seconds < 10


@pytest.mark.parametrize("url", ["redis://a..b:6379/0", "redis://127.0.0.1:1/0"])
def test_a_redis_that_cannot_be_reached_is_an_error_of_the_ledger(url):
    ledger = RedisLedger(url)

    with pytest.raises(LedgerError, match="Redis does not answer"):
        ledger.ping()
    ledger.close()
