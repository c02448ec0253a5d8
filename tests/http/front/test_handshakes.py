"""Handshakes that come to nothing are counted when they have had all their time."""

from golive.http.front.handshakes import Handshakes


def test_what_never_became_a_connection_is_counted_once():
    handshakes = Handshakes(10.0)
    for begun in (100.2, 100.7, 101.5):
        handshakes.begin(begun)
    handshakes.succeed(100.7)

    counted = [handshakes.failed(now) for now in (105.0, 111.9, 112.0, 112.5, 113.0, 120.0)]

    assert counted == [0, 0, 1, 0, 1, 0]


def test_what_succeeded_after_it_was_counted_says_nothing():
    handshakes = Handshakes(1.0)
    handshakes.begin(100.0)

    assert handshakes.failed(110.0) == 1
    handshakes.succeed(100.0)
    assert handshakes.failed(120.0) == 0
