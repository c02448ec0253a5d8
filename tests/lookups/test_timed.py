"""Stores that are waited for only so long, and are left alone while they fail."""

import threading
import time

import pytest

from golive.lookups.errors import LookupTimeoutError, LookupUnavailableError
from golive.lookups.timed import TimedStore
from golive.testing.lookups import MemoryLookups

ROWS = {"7": {"orders": 3}}
DOWN = LookupUnavailableError("it is down")


class Hanging(MemoryLookups):
    """Answers when it is let."""

    def __init__(self):
        super().__init__(ROWS)
        self.let = threading.Event()

    def fetch(self, keys):
        self.let.wait(30)
        return super().fetch(keys)


class Clock:
    now = 100.0

    def __call__(self):
        return self.now


def failing(store, times):
    for _ in range(times):
        with pytest.raises(LookupUnavailableError):
            store.fetch(["7"])


def test_who_waits_long_enough_gets_no_answer_but_an_error():
    hanging = Hanging()
    store = TimedStore(hanging, name="users", seconds=0.02)

    started = time.monotonic()
    with pytest.raises(LookupTimeoutError, match="users did not answer within"):
        store.fetch(["7"])
    waited = time.monotonic() - started
    hanging.let.set()

    assert 0.02 <= waited < 5


def test_a_store_that_fails_three_times_is_left_alone_for_a_second(caplog):
    inner, clock = MemoryLookups(ROWS), Clock()
    inner.failure = DOWN
    store = TimedStore(inner, name="users", seconds=5.0, clock=clock)

    failing(store, 3)
    inner.failure = None
    with pytest.raises(LookupUnavailableError, match="users has not answered for a while"):
        store.fetch(["7"])
    asked = len(inner.fetched)
    clock.now += 1.0
    found = store.fetch(["7"])

    assert asked == 3
    assert found == [{"orders": 3}]
    assert caplog.messages == [
        "users: it is down. Defaults are used; it is asked again every second."
    ]


def test_each_second_it_is_asked_once_more_until_it_answers():
    inner, clock = MemoryLookups(ROWS), Clock()
    inner.failure = DOWN
    store = TimedStore(inner, name="users", seconds=5.0, clock=clock)

    failing(store, 5)
    clock.now += 1.0
    failing(store, 5)
    asked = len(inner.fetched)
    inner.failure = None
    clock.now += 1.0
    store.fetch(["7"])
    inner.failure = DOWN
    failing(store, 1)
    inner.failure = None

    assert asked == 4
    assert store.fetch(["7"]) == [{"orders": 3}]


def test_no_more_than_so_many_questions_hang_at_a_time():
    hanging, clock = Hanging(), Clock()
    store = TimedStore(hanging, name="users", seconds=0.001, clock=clock)

    for _ in range(40):
        clock.now += 10.0
        failing(store, 1)
    waiting = sum(thread.name == "golive-lookup" for thread in threading.enumerate())
    hanging.let.set()

    assert waiting == 32


def test_whatever_a_store_raises_it_counts_as_unavailable(caplog):
    class Faulty(MemoryLookups):
        def fetch(self, keys):
            raise ZeroDivisionError

    store = TimedStore(Faulty(ROWS), name="users", seconds=5.0)

    with pytest.raises(LookupUnavailableError, match=r"Asking failed: ZeroDivisionError\."):
        store.fetch(["7"])
    assert "could not be asked for" in caplog.text


def test_a_machine_without_a_thread_left_takes_no_place_for_good():
    """Else 32 such moments would leave the store alone until the server is started again."""
    inner, clock = MemoryLookups(ROWS), Clock()
    store = TimedStore(inner, name="users", seconds=5.0, clock=clock)
    before = threading.stack_size(1 << 46)  # more than there is: no thread can be started
    try:
        for _ in range(40):
            with pytest.raises(LookupUnavailableError):
                store.fetch(["7"])
            clock.now += 1.0
    finally:
        threading.stack_size(before)

    assert store.fetch(["7"]) == [{"orders": 3}]
    assert inner.fetched == [["7"]]
