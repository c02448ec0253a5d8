"""What was seen of two versions lately, over the same time."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from golive.http.stepback.window import (
    SLOWEST,
    Window,
    bucket_of,
    quantile_bucket,
    upper_end,
)


@given(st.floats(0, 1e6))
def test_a_bucket_is_at_most_a_tenth_wider_than_what_is_in_it(seconds):
    bucket = bucket_of(seconds)

    assert 0 <= bucket <= SLOWEST
    if 0 < bucket < SLOWEST:
        assert upper_end(bucket - 1) < seconds * (1 + 1e-9)
        assert seconds <= upper_end(bucket) * (1 + 1e-9)
        assert upper_end(bucket) / upper_end(bucket - 1) < 1.1


def test_ten_minutes_have_a_bucket_that_ends():
    assert bucket_of(600) < SLOWEST


@given(st.lists(st.floats(1e-4, 500), min_size=1, max_size=200), st.floats(0.01, 1))
def test_a_quantile_is_that_of_the_seconds_to_the_bucket(seconds, share):
    times = [0] * (SLOWEST + 1)
    for one in seconds:
        times[bucket_of(one)] += 1
    found = upper_end(quantile_bucket(times, share))

    assert sum(one <= found * (1 + 1e-9) for one in seconds) >= share * len(seconds) - 1e-6


def test_nothing_timed_has_no_quantile():
    assert quantile_bucket([0, 0], 0.95) == 0


def test_what_is_unknown_is_not_counted():
    window = Window(10)

    window.add(is_candidate=True, has_failed=None, seconds=2.0)
    window.add(is_candidate=False, has_failed=True, seconds=None)

    assert (window.candidate.requests, window.candidate.timed) == (0, 1)
    assert (window.usual.requests, window.usual.failed, window.usual.timed) == (1, 1, 0)


def test_the_oldest_is_forgotten_on_both_sides():
    """Of 11 blocks of 10 candidate's requests, each with 90 of the usual version's, 10 stay."""
    window = Window(10)
    for block in range(11):
        for number in range(100):
            is_candidate = number % 10 == 0
            window.add(is_candidate=is_candidate, has_failed=block == 0, seconds=0.001)
        window.add_pair(agreed=1, differed=block == 0)

    assert (window.candidate.requests, window.candidate.failed) == (100, 0)
    assert 890 <= window.usual.requests <= 990
    assert window.usual.failed <= 9  # that came after the last one of the candidate's
    assert window.candidate.timed == 100


observations = st.lists(
    st.tuples(st.booleans(), st.sampled_from([None, False, True]), st.floats(0, 100)),
    max_size=300,
)


@given(observations, st.integers(1, 12))
def test_what_is_counted_is_what_came_last(seen, least):
    window = Window(least)
    for is_candidate, has_failed, seconds in seen:
        window.add(is_candidate=is_candidate, has_failed=has_failed, seconds=seconds)

    for tally, side in ((window.candidate, True), (window.usual, False)):
        ended = [failed for is_candidate, failed, _ in seen if is_candidate is side]
        known = [failed for failed in ended if failed is not None]
        assert tally.requests <= len(known)
        assert tally.failed == sum(known[len(known) - tally.requests :])
        assert tally.timed <= len(ended)
        assert min(tally.times) >= 0
    if min(window.candidate.requests, window.usual.requests) < least:
        total = window.candidate.requests + window.usual.requests
        assert total == sum(failed is not None for _, failed, _ in seen)


@pytest.mark.parametrize("share", [1, 50, 99])
def test_enough_of_both_is_kept_whatever_the_share(share):
    window = Window(20)
    for number in range(50_000):
        window.add(is_candidate=number % 100 < share, has_failed=False, seconds=0.001)

    assert min(window.candidate.requests, window.usual.requests) >= 200
