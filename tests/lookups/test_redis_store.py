"""Looked-up values in a real Redis."""

import socket

import pytest

from golive.errors import UsageError
from golive.lookups.errors import LookupTimeoutError, LookupUnavailableError
from golive.lookups.redis_store import RedisStore, shown_url
from golive.signature.model import Lookup

USERS = Lookup(name="users", key="user_id", columns=("orders",))


def test_all_keys_are_one_round_trip(own_redis):
    own_redis.client.hset("7", "orders", 3)
    store = RedisStore(own_redis.url, USERS, seconds=2.0)
    store.fetch(["7"])
    before = own_redis.client.info("stats")["total_reads_processed"]

    store.fetch([str(key) for key in range(100)])
    after = own_redis.client.info("stats")["total_reads_processed"]

    assert after - before == 2  # the other is the one that asks how many there were


def test_a_redis_that_stands_still_is_a_timeout_and_answers_again_later(own_redis):
    own_redis.client.hset("7", "orders", 3)
    store = RedisStore(own_redis.url, USERS, seconds=0.05)
    store.fetch(["7"])

    own_redis.server.halt()
    with pytest.raises(LookupTimeoutError):
        store.fetch(["7"])
    own_redis.server.go_on()

    assert RedisStore(own_redis.url, USERS, seconds=2.0).fetch(["7"]) == [{"orders": "3"}]


def test_no_redis_is_unavailable():
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    store = RedisStore(f"redis://127.0.0.1:{port}/0", USERS, seconds=1.0)

    with pytest.raises(LookupUnavailableError, match="Redis cannot be asked"):
        store.fetch(["7"])


def test_one_value_of_another_kind_costs_only_its_own_record(own_redis, caplog):
    own_redis.client.hset("7", "orders", 3)
    own_redis.client.set("8", "text")
    store = RedisStore(own_redis.url, USERS, seconds=2.0)

    assert store.fetch(["7", "8"]) == [{"orders": "3"}, None]
    assert caplog.messages == ["users: what Redis has under '8' is no hash."]


def test_one_text_that_is_no_json_costs_only_its_own_record(own_redis, caplog):
    own_redis.client.set("7", '{"orders": 3}')
    own_redis.client.set("8", "{")
    store = RedisStore(f"{own_redis.url}?form=json", USERS, seconds=2.0)

    assert store.fetch(["7", "8"]) == [{"orders": 3}, None]
    assert caplog.messages == ["users: what Redis has under '8' is no JSON object."]


def test_bytes_that_are_no_text_are_unavailable(own_redis):
    own_redis.client.hset("7", "orders", b"\xff")
    store = RedisStore(own_redis.url, USERS, seconds=2.0)

    with pytest.raises(LookupUnavailableError):
        store.fetch(["7"])


@pytest.mark.parametrize("query", ["form=table", "nothing=1", "socket_timeout=x"])
def test_a_url_that_says_what_is_not_known_is_refused(query):
    with pytest.raises(UsageError):
        RedisStore(f"redis://127.0.0.1:1/0?{query}", USERS, seconds=1.0)


def test_a_shown_url_has_no_password():
    assert shown_url("redis://me:secret@host:1/0") == "redis://host:1/0"


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("redis://me:hush@host:6379/0?prefix=user:", "redis://host:6379/0?prefix=user:"),
        ("redis://host/0?password=hush&form=json", "redis://host/0?password=&form=json"),
        ("unix://:hush@/run/redis.sock?password=hush", "unix:///run/redis.sock?password="),
    ],
)
def test_a_url_is_shown_without_its_password(url, shown):
    assert shown_url(url) == shown
