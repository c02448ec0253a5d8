"""When something that failed is asked again, by a clock that the test sets."""

from itertools import pairwise

import pytest

from golive.access.breaker import CLOSED, Breaker, failed, may_ask, trying


def outage(*, seconds, back_at, step=0.01):
    """When it was asked, where somebody wants to ask all the time and an answer takes no time."""
    asked, breaker = [], CLOSED
    for tick in range(round(seconds / step)):
        now = tick * step
        if not may_ask(breaker, now):
            continue
        asked.append(round(now, 2))
        before, breaker = breaker, trying(breaker, now)
        breaker = CLOSED if now >= back_at else failed(breaker, before, now)
    return asked, breaker


def test_after_the_first_failures_it_is_asked_more_and_more_rarely():
    asked, _ = outage(seconds=5, back_at=60)

    pauses = [after - before for before, after in pairwise(asked)]
    assert pauses == pytest.approx([0.1, 0.2, 0.4, 0.8, 1.0, 1.0, 1.0], abs=0.011)


def test_of_ten_minutes_without_it_about_one_question_a_second_is_spent_and_then_all_go_there():
    asked, breaker = outage(seconds=602, back_at=600)

    in_outage = [at for at in asked if at < 600]
    after = [at for at in asked if at >= 600]
    assert 590 <= len(in_outage) <= 605
    assert after[0] - 600 <= 1.02
    assert len(after) == round((602 - after[0]) / 0.01)
    assert breaker == CLOSED


def test_while_one_tries_the_others_do_not():
    down = failed(CLOSED, CLOSED, 100.0)

    assert not may_ask(down, 100.05)
    assert may_ask(down, 100.1)
    assert not may_ask(trying(down, 100.1), 100.2)


def test_a_trial_that_never_ends_is_followed_by_another_one():
    hanging = trying(failed(CLOSED, CLOSED, 100.0), 100.1)

    assert not may_ask(hanging, 110.0)
    assert may_ask(hanging, 110.1)


def test_failures_of_those_who_asked_together_count_once():
    first = failed(CLOSED, CLOSED, 100.0)

    assert failed(first, CLOSED, 100.05) == first == Breaker(1, 100.1, 100.0)


def test_the_outage_began_with_its_first_failure():
    breaker = CLOSED
    for at in (100.0, 101.0, 102.0):
        breaker = failed(breaker, breaker, at)

    assert (breaker.failures, breaker.since) == (3, 100.0)
