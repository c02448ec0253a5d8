"""What a request is refused with when none of its records has an answer."""

import pytest

from golive.engine.answers import Answer, Fault
from golive.service.answering import Outcome
from golive.testing.engines import FakeDecoded

INPUT = Fault("wrong_type", "It is no number.", "a")
MODEL = Fault("model_failed", "The model failed.", origin="model")
TIME = Fault("deadline_exceeded", "There was no time.", origin="time")


def failure(*entries):
    faults = {at: entry for at, entry in enumerate(entries) if isinstance(entry, Fault)}
    outcome = Outcome(decoded=FakeDecoded(records=()), entries=entries, faults=faults)
    return outcome.failure(told_in="predictions")


@pytest.mark.parametrize(
    ("entries", "code", "first"),
    [
        ((INPUT, INPUT), "invalid_records", INPUT),
        ((INPUT, TIME), "deadline_exceeded", TIME),
        ((INPUT, TIME, MODEL), "model_failed", MODEL),
    ],
)
def test_the_model_counts_before_the_time_and_that_before_the_input(entries, code, first):
    problem = failure(*entries)

    assert problem.code == code
    assert problem.detail.endswith(f"The first: {first.message}")


def test_an_answer_among_them_is_no_failure():
    assert failure(MODEL, Answer(score=1.0)) is None
    assert failure() is None
