"""What answers on labelled rows were worth, row by row."""

import math

import numpy as np
import pytest

from golive.release.outcomes import outcomes_of
from golive.signature.model import Output

BINARY = Output(kind="binary", classes=("no", "yes"), positive="yes")


def said(label: str, score: float) -> dict:
    return {"label": label, "score": score, "probabilities": {"yes": score, "no": 1 - score}}


def test_a_binary_answer_is_right_or_wrong_and_has_a_loss() -> None:
    outcomes = outcomes_of(
        ["yes", "yes", "no"], [said("yes", 0.8), said("no", 0.4), said("no", 0.1)], BINARY
    )

    assert outcomes.facts["right"].tolist() == [1, 0, 1]
    assert outcomes.facts["true"].tolist() == [1, 1, 0]
    assert outcomes.facts["said"].tolist() == [1, 0, 0]
    assert outcomes.facts["score"].tolist() == [0.8, 0.4, 0.1]
    assert outcomes.facts["loss"] == pytest.approx([-math.log(p) for p in (0.8, 0.4, 0.9)])


def test_rows_without_a_truth_or_an_answer_are_marked() -> None:
    answers = [said("yes", 0.8), {"error": {"code": "missing_column", "message": ""}}]

    outcomes = outcomes_of([None, "yes"], answers, BINARY)

    assert outcomes.has_truth.tolist() == [False, True]
    assert outcomes.is_answered.tolist() == [True, False]
    assert np.isnan(outcomes.facts["right"]).all()


def test_a_truth_that_is_no_class_is_wrong_and_leaves_out_the_loss() -> None:
    outcomes = outcomes_of(["maybe", "yes"], [said("yes", 0.8)] * 2, BINARY)

    assert outcomes.facts["right"].tolist() == [0, 1]
    assert "loss" not in outcomes.facts


def test_labels_alone_have_no_score() -> None:
    output = Output(kind="multiclass", classes=(1, 2, 3), has_probabilities=False)

    outcomes = outcomes_of([1, 2], [{"label": 1}, {"label": 3}], output)

    assert {name: fact.tolist() for name, fact in outcomes.facts.items()} == {"right": [1, 0]}


def test_a_probability_of_0_for_the_truth_has_a_finite_loss() -> None:
    outcomes = outcomes_of(["yes"], [said("no", 0.0)], BINARY)

    assert outcomes.facts["loss"].tolist() == [-math.log(np.finfo(float).eps)]


def test_a_regression_has_errors() -> None:
    answers = [{"score": 3.5}, {"score": 1}, {"error": {"code": "non_finite_output"}}]

    outcomes = outcomes_of([3, math.inf, 2], answers, Output(kind="regression"))

    assert outcomes.has_truth.tolist() == [True, False, True]
    assert outcomes.is_answered.tolist() == [True, True, False]
    assert outcomes.facts["error"][0] == 0.5
    assert np.isnan(outcomes.facts["error"][1:]).all()
