"""Whether a candidate does worse than it may."""

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from golive.http.stepback.bounds import Bounds
from golive.http.stepback.verdict import figures_of, judge
from golive.http.stepback.window import Pairs, Tally, Window, bucket_of

BOUNDS = Bounds(errors=0.05, latency=2.0, disagreement=0.1, least=50)
NOTHING = Pairs()


def tally(requests, failed=0, seconds=()):
    found = Tally(requests=requests, failed=failed)
    for one in seconds:
        found.times[bucket_of(one)] += 1
    return found


def steady(number, seconds, *, slow=0, slow_seconds=1.0):
    return tally(number, seconds=[seconds] * (number - slow) + [slow_seconds] * slow)


def reason(usual, candidate, pairs=NOTHING, bounds=BOUNDS):
    found = judge(usual, candidate, pairs, bounds)
    return None if found is None else found.reason


@pytest.mark.parametrize(
    ("usual", "candidate", "expected"),
    [
        ((500, 0), (50, 0), None),
        ((500, 0), (49, 49), None),  # too few to say
        ((49, 0), (500, 500), None),  # nothing to compare with
        ((500, 0), (50, 50), "errors"),
        ((500, 0), (50, 12), "errors"),
        ((500, 0), (50, 5), None),  # 10% of 50: it may be 3%
        ((5000, 0), (500, 50), "errors"),  # 10% of 500
        ((5000, 0), (500, 30), None),  # 6% of 500: not surely more than 5%
        ((5000, 0), (50_000, 3000), "errors"),  # surely
        ((5000, 0), (500, 20), None),
        ((500, 500), (50, 50), None),  # both fail: it is not the candidate's fault
        ((500, 250), (50, 30), None),
        ((500, 100), (50, 30), "errors"),
        ((500, 400), (50, 0), None),  # better
    ],
)
def test_errors(usual, candidate, expected):
    assert reason(tally(*usual), tally(*candidate)) == expected


@pytest.mark.parametrize(
    ("usual", "candidate", "expected"),
    [
        (steady(500, 0.02), steady(50, 0.02), None),
        (steady(500, 0.02), steady(50, 0.039), None),
        (steady(500, 0.02), steady(50, 0.05), "latency"),
        (steady(500, 0.02), steady(49, 0.5), None),  # too few to say
        (steady(500, 0.0002), steady(50, 0.005), None),  # 25 times as long, and nobody notices
        (steady(500, 0.0002), steady(50, 0.02), "latency"),
        (steady(500, 0.02), steady(500, 0.02, slow=25), None),  # 5% are what the rest may be
        (steady(5000, 0.02), steady(500, 0.02, slow=30), None),  # 6%: not surely more than 5%
        (steady(5000, 0.02), steady(500, 0.02, slow=50), "latency"),
        (steady(500, 0.02, slow=50), steady(50, 0.02, slow=15), None),  # both are slow at times
        (steady(500, 0.5), steady(50, 0.02), None),  # better
    ],
)
def test_latency(usual, candidate, expected):
    assert reason(usual, candidate) == expected


@pytest.mark.parametrize(
    ("pairs", "expected"),
    [
        ((50, 50, 0), None),
        ((49, 0, 49), None),
        ((50, 0, 50), "disagreement"),
        ((50, 40, 10), None),  # 20% of 50: it may be 8%
        ((500, 400, 100), "disagreement"),
        ((50, 4000, 1000), None),  # a hundred records each: still no more than 50 requests
        ((500, 450, 50), None),
        ((0, 0, 0), None),
        ((60, 0, 0), None),
    ],
)
def test_disagreement(pairs, expected):
    requests, agreed, differed = pairs
    found = Pairs(requests=requests, agreed=agreed, differed=differed)

    assert reason(tally(0), tally(0), found) == expected


def test_what_is_not_bounded_is_not_judged():
    bounds = Bounds(errors=None, latency=None, disagreement=None)
    usual, candidate = steady(500, 0.01), steady(500, 10.0)
    candidate.failed = 500

    assert judge(usual, candidate, Pairs(requests=500, differed=500), bounds) is None


def test_a_verdict_says_what_was_seen_and_what_is_allowed():
    usual, candidate = steady(500, 0.02), steady(60, 0.5)
    slow = judge(usual, candidate, NOTHING, BOUNDS)
    candidate.failed = 45
    fails = judge(usual, candidate, NOTHING, BOUNDS)
    differs = judge(tally(0), tally(0), Pairs(requests=60, agreed=30, differed=90), BOUNDS)

    assert fails.message == (
        "45 of its 60 requests failed (75%), 0 of the usual version's 500 (0%); 5% more may"
    )
    assert slow.message == (
        "95% of its 60 requests took up to 0.531 s, of the usual version's 500 up to 0.0215 s; "
        "it may take 2 times as long"
    )
    assert differs.message == (
        "90 of 120 records that both versions answered differ (75%), in 60 requests; 10% may"
    )


def test_figures_are_told_rounded():
    assert figures_of(tally(3, 1)) == {"requests": 3, "failed": 1}
    assert figures_of(steady(3, 0.02)) == {"requests": 3, "failed": 0, "p95_seconds": 0.021527}


sides = st.integers(50, 2000).flatmap(lambda size: st.tuples(st.just(size), st.integers(0, size)))


@given(sides, sides)
def test_a_candidate_that_fails_no_more_often_is_never_sent_back(usual, candidate):
    is_better = candidate[1] / candidate[0] <= usual[1] / usual[0] + BOUNDS.errors

    if is_better:
        assert reason(tally(*usual), tally(*candidate)) is None


@given(sides, sides)
def test_one_failure_more_makes_nothing_better(usual, candidate):
    requests, failed = candidate

    if reason(tally(*usual), tally(*candidate)) and failed < requests:
        assert reason(tally(*usual), tally(requests, failed + 1)) == "errors"


@given(st.lists(st.floats(1e-4, 20), min_size=60, max_size=400))
def test_the_same_times_are_never_too_slow(seconds):
    same = tally(len(seconds), seconds=seconds)

    assert reason(same, same) is None


def watched(*, usual_fails, candidate_fails, share, seed, requests=20_000):
    """After how many of its requests a candidate is sent back, or None: looked at after each."""
    chance, window = random.Random(seed), Window(BOUNDS.least)
    asked = 0
    for _ in range(requests):
        is_candidate = chance.random() < share
        failed = chance.random() < (candidate_fails if is_candidate else usual_fails)
        slow = chance.lognormvariate(-4, 1)
        window.add(is_candidate=is_candidate, has_failed=failed, seconds=slow)
        asked += is_candidate
        if is_candidate and judge(window.usual, window.candidate, NOTHING, BOUNDS):
            return asked
    return None


@pytest.mark.parametrize("fails", [0.0, 0.02, 0.3])
def test_a_candidate_like_the_usual_version_stays_however_often_one_looks(fails):
    found = [
        watched(usual_fails=fails, candidate_fails=fails, share=0.2, seed=seed, requests=4000)
        for seed in range(12)
    ]

    assert found == [None] * 12


@pytest.mark.parametrize(("fails", "most"), [(1.0, 50), (0.5, 50), (0.2, 250)])
def test_one_that_fails_is_sent_back_soon(fails, most):
    found = [
        watched(usual_fails=0.01, candidate_fails=fails, share=0.2, seed=seed) for seed in range(12)
    ]

    assert all(after is not None and after <= most for after in found)
