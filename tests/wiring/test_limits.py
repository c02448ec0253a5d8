"""What is told of limits when a server starts, and what keys have used."""

import time
from datetime import UTC, datetime

import pytest

from golive.access.key_desk import KeyDesk, KeyWish
from golive.access.key_file import KeyFile
from golive.access.limits import Used, period_of
from golive.access.redis_ledger import RedisLedger
from golive.access.usage_file import UsageFile, usage_path
from golive.errors import UsageError
from golive.setting import SecretUrl
from golive.settings import ServeSettings
from golive.wiring.limits import key_usage, limits_notes


@pytest.fixture
def path(tmp_path):
    return tmp_path / "keys.json"


@pytest.fixture
def create(path):
    desk = KeyDesk(KeyFile(path), clock=lambda: datetime.now(UTC))
    return lambda **wish: desk.create(KeyWish(**wish))[0]


def notes(path, **flags):
    return limits_notes(ServeSettings.load({}, keys=path, **flags))


def test_several_workers_that_count_by_themselves_are_told_of(path, create):
    create(name="free")
    assert notes(path, workers=2) == []
    create(name="limited", quotas=["1/day"])

    assert notes(path, workers=1) == []
    [note] = notes(path, workers=2)
    assert note.startswith("Each of the 2 workers counts the limits of keys by itself")
    assert limits_notes(ServeSettings.load({}, workers=2)) == []


def test_what_is_no_redis_is_refused_before_anything_is_served(path, create):
    create(name="limited", quotas=["1/day"])

    with pytest.raises(UsageError, match="no URL of Redis"):
        notes(path, limits_in="http://localhost:6379")
    for url in ("redis://localhost:port", "redis://localhost/0?patience=9"):
        with pytest.raises(UsageError, match="cannot be read"):
            notes(path, limits_in=url)


@pytest.mark.parametrize(
    ("fails", "meanwhile"),
    [("open", "each process counts by itself"), ("closed", "keys with limits are refused")],
)
def test_a_redis_that_is_not_there_is_told_of_without_its_password(path, create, fails, meanwhile):
    create(name="limited", quotas=["1/day"])

    [note] = notes(path, limits_in="redis://:secret@127.0.0.1:1/0", limits_fail=fails)

    assert note.startswith("Limits are to be counted in redis://***@127.0.0.1:1/0. Redis does not")
    assert note.endswith(f"Until it does, {meanwhile}.")
    assert "secret" not in note


@pytest.mark.requires("redis")
def test_a_redis_that_answers_needs_no_words(path, create, redis_server):
    create(name="limited", quotas=["1/day"])

    assert notes(path, limits_in=redis_server.url, workers=2) == []


def test_usage_is_what_servers_have_written_beside_the_keys(path, create):
    limited, _ = create(name="limited", quotas=["5/month"]), create(name="other", quotas=["1/day"])
    month = Used(2, *period_of("month", time.time()))
    UsageFile(usage_path(path)).add({(limited.id, "games", "month"): month}, time.time())

    found = key_usage(path)

    assert [(usage.name, [model.model for model in usage.models]) for usage in found] == [
        ("limited", ["games"]),
        ("other", []),
    ]
    [quota] = found[0].models[0].quotas
    assert (quota.used, quota.left) == (2, 3)
    assert key_usage(path, wanted="other") == found[1:]
    with pytest.raises(UsageError, match="There is no key 'nobody'"):
        key_usage(path, wanted="nobody")


@pytest.mark.requires("redis")
def test_usage_is_read_from_redis_where_that_counts(path, create, redis_server):
    limited = create(name="limited", quotas=["5/month"])
    ledger = RedisLedger(redis_server.url, patience=10.0)
    ledger.spend(limited, "games", 2)
    ledger.close()

    [usage] = key_usage(path, limits_in=SecretUrl(redis_server.url))

    assert [(quota.used, quota.left) for quota in usage.models[0].quotas] == [(2, 3)]
