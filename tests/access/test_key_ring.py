"""When the keys of an issuer are fetched."""

import pytest

from golive.access.errors import IssuerError
from golive.access.key_ring import KeyRing, PublishedKey


class Setup:
    def __init__(self):
        self.now = 0.0
        self.fetched = 0
        self.published = {"a": b"1"}
        self.failure = None
        self.woken = 0
        self.ring = KeyRing(self.fetch, clock=lambda: self.now, every=600, pause=30)
        self.ring.wake = self.wake

    def fetch(self):
        self.fetched += 1
        if self.failure is not None:
            raise self.failure
        return {
            kid: PublishedKey(key=kid, algorithm="RS256", mark=mark)
            for kid, mark in self.published.items()
        }

    def wake(self):
        self.woken += 1

    def turn_at(self, now):
        self.now = now
        return self.ring.turn()


@pytest.fixture
def setup():
    return Setup()


def test_they_are_fetched_at_once_and_then_every_ten_minutes(setup):
    assert setup.ring.is_about_to_fetch
    assert setup.turn_at(0.0)
    assert setup.ring.seconds_to_turn() == 600.0
    assert not setup.turn_at(599.0)
    assert not setup.turn_at(600.0)
    assert setup.fetched == 2


def test_what_is_wanted_is_fetched_no_more_often_than_every_half_minute(setup):
    setup.turn_at(0.0)
    for second in range(120):
        setup.now = float(second)
        setup.ring.want()
        setup.ring.turn()

    assert setup.fetched == 4
    assert setup.woken == 4


def test_what_was_wanted_turns_though_nothing_has_changed(setup):
    setup.turn_at(0.0)
    setup.ring.want()

    assert setup.turn_at(30.0)
    assert not setup.turn_at(630.0)


@pytest.mark.parametrize("published", [{"a": b"2"}, {"a": b"1", "b": b"1"}, {"b": b"1"}])
def test_other_keys_turn(setup, published):
    setup.turn_at(0.0)
    setup.published = published

    assert setup.turn_at(600.0)
    assert setup.ring.find("a") is None or setup.ring.find("a").mark == published["a"]


def test_failures_keep_the_keys_are_told_once_and_are_tried_ever_more_rarely(setup, caplog):
    setup.turn_at(0.0)
    setup.failure = IssuerError("It is gone.")
    waits = []
    for _ in range(7):
        setup.turn_at(setup.now + setup.ring.seconds_to_turn())
        waits.append(setup.ring.seconds_to_turn())

    assert waits == [1.0, 2.0, 4.0, 8.0, 16.0, 30.0, 30.0]
    assert setup.ring.find("a") is not None
    [told] = caplog.messages
    assert told == (
        "the keys of the tokens' issuer could not be fetched again, and stay as they were: "
        "It is gone."
    )

    setup.failure = None
    assert not setup.turn_at(setup.now + 30.0)
    assert setup.ring.seconds_to_turn() == 600.0


def test_an_issuer_that_was_never_there_is_told(setup, caplog):
    setup.failure = IssuerError("It is gone.")

    assert not setup.turn_at(0.0)
    assert setup.ring.is_about_to_fetch
    assert caplog.messages == [
        "the keys of the tokens' issuer could not be fetched, and no token is taken: It is gone."
    ]


def test_a_token_without_a_kid_finds_the_only_key(setup):
    setup.turn_at(0.0)
    assert setup.ring.find(None).key == "a"

    setup.published = {"a": b"1", "b": b"1"}
    setup.turn_at(600.0)
    assert setup.ring.find(None) is None
