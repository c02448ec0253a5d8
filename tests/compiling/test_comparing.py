from __future__ import annotations

from math import inf, nan

import pytest

from golive.compiling.comparing import Measure, compare_models, relative_difference
from golive.compiling.trials import Trial
from golive.engine.answers import Answer
from golive.errors import RecordError
from golive.runtimes.protocols import Batch, Outputs
from golive.signature.model import Column, Output, Signature

SIGNATURE = Signature(
    form="frame",
    columns=(Column(name="a", type="number", dtype="float64"),),
    output=Output(kind="regression"),
)


class Refusing:
    """Gives 1 for each row but those that it refuses."""

    def __init__(self, refuses, error=ValueError):
        self._refuses, self._error = refuses, error

    def predict(self, batch):
        if any(map(self._refuses, batch.columns[0])):
            raise self._error("refused")
        return Outputs(values=[1.0] * batch.size)


def compared(original, candidate):
    trial = Trial(kind="hostile", batch=Batch(([float(at) for at in range(100)],), 100))
    measure = Measure(tolerance=1e-9, refusals=10)
    return compare_models(original, candidate, SIGNATURE, [trial], measure)


def test_rows_that_are_refused_are_tried_in_all_parts_of_a_trial():
    original, candidate = Refusing(lambda a: a < 90), Refusing(lambda _: True)

    assert compared(original, candidate).failure is not None


def test_refusals_whose_fault_is_another_are_no_agreement():
    def blaming(message):
        return RecordError("too_large", message)

    both = [Refusing(lambda a: a == 7, error) for error in (blaming, ValueError)]

    found = compared(*both)

    assert found.failure is not None
    assert found.failure.original == {"raised": "RecordError: refused"}
    assert found.failure.compiled == {"raised": "ValueError: refused"}


@pytest.mark.parametrize(("one", "other"), [(nan, 5.0), (inf, 5.0), (inf, -inf), (5.0, nan)])
def test_a_number_is_never_near_to_what_is_not_finite(one, other):
    answers = [Answer(value=[value, 1.0]) for value in (one, other)]

    assert relative_difference(*answers, Output(kind="custom")) is None


def test_both_not_a_number_is_the_same():
    assert relative_difference(Answer(value=nan), Answer(value=nan), Output(kind="custom")) == 0.0
