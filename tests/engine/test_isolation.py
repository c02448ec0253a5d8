from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from golive.engine.isolation import isolate
from golive.errors import BackendError, ModelOutputError


@given(st.integers(0, 40).flatmap(lambda n: st.tuples(st.just(n), st.sets(st.integers(0, 39)))))
def test_good_records_are_answered_in_order_and_bad_ones_keep_their_own_error(case):
    size, bad = case

    def answer(positions):
        failing = bad.intersection(positions)
        if failing:
            raise ValueError(min(failing))
        return [position * 10 for position in positions]

    results = isolate(size, answer)

    expected = [("error", i) if i in bad else i * 10 for i in range(size)]
    assert [("error", r.args[0]) if isinstance(r, ValueError) else r for r in results] == expected


def test_one_bad_record_among_a_thousand_costs_few_calls():
    calls = []

    def answer(positions):
        calls.append(len(positions))
        if 613 in positions:
            raise ValueError("bad")
        return positions

    results = isolate(1000, answer)

    assert isinstance(results[613], ValueError)
    assert len(calls) <= 2 * 10 + 1


def test_an_answer_of_the_wrong_length_is_an_error_of_the_record_that_causes_it():
    results = isolate(4, lambda positions: [p for p in positions if p != 2])

    assert results[:2] == [0, 1]
    assert isinstance(results[2], ModelOutputError)
    assert results[3] == 3


def test_no_records_are_no_calls():
    assert isolate(0, lambda _: pytest.fail("called")) == []


@pytest.mark.parametrize("error", [MemoryError(), BackendError("It has ended.")])
def test_what_the_machine_or_another_process_does_is_nobodys_record(error):
    calls = []

    def answer(positions):
        calls.append(positions)
        raise error

    with pytest.raises(type(error)):
        isolate(2, answer)
    assert calls == [[0, 1]]


class PanicError(BaseException):
    """As extensions in Rust raise it."""


@pytest.mark.parametrize("raised", [SystemExit(3), PanicError()])
def test_a_model_that_exits_fails_its_record_alone(raised):
    def answer(positions):
        if 1 in positions:
            raise raised
        return positions

    results = isolate(3, answer)

    assert isinstance(results[1], ModelOutputError)
    assert [results[0], results[2]] == [0, 2]
