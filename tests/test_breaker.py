"""When something that failed is asked again, by a clock that the test sets."""

from itertools import pairwise

import pytest

from golive.breaker import Breaker


class Bench:
    """A breaker, and a clock that the test sets."""

    def __init__(self, failures=1, first_pause=0.1, longest_pause=1.0):
        self.now = 100.0
        self.breaker = Breaker(
            failures=failures,
            first_pause=first_pause,
            longest_pause=longest_pause,
            clock=lambda: self.now,
        )

    def fail(self, times=1):
        """Ask, and fail; whether that opened it, for each time."""
        return [self.breaker.fail(self.breaker.ask()) for _ in range(times)]

    def outage(self, *, seconds, back_at, step=0.01):
        """When it was asked, where somebody wants to all the time and an answer takes no time."""
        asked, begun = [], self.now
        for tick in range(round(seconds / step)):
            self.now = begun + tick * step
            token = self.breaker.ask()
            if token is None:
                continue
            asked.append(round(tick * step, 2))
            if tick * step >= back_at:
                self.breaker.answer()
            else:
                self.breaker.fail(token)
        return asked


def test_after_the_first_failures_it_is_asked_more_and_more_rarely():
    asked = Bench().outage(seconds=5, back_at=60)

    pauses = [after - before for before, after in pairwise(asked)]
    assert pauses == pytest.approx([0.1, 0.2, 0.4, 0.8, 1.0, 1.0, 1.0], abs=0.011)


def test_of_ten_minutes_without_it_about_one_question_a_second_is_spent_and_then_all_go_there():
    bench = Bench()
    asked = bench.outage(seconds=602, back_at=600)

    in_outage = [at for at in asked if at < 600]
    after = [at for at in asked if at >= 600]
    assert 590 <= len(in_outage) <= 605
    assert after[0] - 600 <= 1.02
    assert len(after) == round((602 - after[0]) / 0.01)
    assert bench.breaker.failing_for is None


def test_while_one_tries_the_others_do_not():
    bench = Bench()
    bench.fail()

    bench.now = 100.05
    soon = bench.breaker.ask()
    bench.now = 100.11
    trial, another = bench.breaker.ask(), bench.breaker.ask()

    assert (soon, trial, another) == (None, 1, None)


def test_a_trial_that_never_ends_is_followed_by_another_one():
    bench = Bench()
    bench.fail()
    bench.now = 101.0
    bench.breaker.ask()

    bench.now = 110.9
    before = bench.breaker.ask()
    bench.now = 111.1

    assert (before, bench.breaker.ask()) == (None, 1)


def test_failures_of_those_who_asked_before_it_opened_count_no_more():
    bench = Bench()
    together = [bench.breaker.ask() for _ in range(3)]

    opened = [bench.breaker.fail(asked) for asked in together]
    bench.now = 100.11

    assert opened == [True, False, False]
    assert bench.breaker.ask() == 1


def test_it_stays_closed_until_so_many_failures_in_a_row():
    bench = Bench(failures=3, first_pause=1.0)

    opened = bench.fail(2)
    bench.breaker.answer()
    opened += bench.fail(3)

    assert opened == [False, False, False, False, True]
    assert bench.breaker.ask() is None


def test_failures_of_those_who_ask_together_count_until_it_opens():
    bench = Bench(failures=3, first_pause=1.0)
    together = [bench.breaker.ask() for _ in range(5)]

    assert [bench.breaker.fail(asked) for asked in together] == [False, False, True, False, False]


def test_the_outage_began_with_its_first_failure_and_ends_with_an_answer():
    bench = Bench(failures=2)
    assert bench.breaker.failing_for is None
    for at in (100.0, 101.0, 103.0):
        bench.now = at
        bench.fail()

    failing_for = bench.breaker.failing_for
    bench.now = 105.0

    assert (failing_for, bench.breaker.answer(), bench.breaker.failing_for) == (3.0, 5.0, None)


def test_an_answer_before_it_opens_says_nothing_of_an_outage():
    bench = Bench(failures=2)
    bench.fail()

    assert bench.breaker.answer() is None
