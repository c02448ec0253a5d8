from __future__ import annotations

import pytest

from golive.engine.answers import Answer, Fault
from golive.packing.held_out import HeldOut, evaluate
from golive.signature.model import Output

BINARY = Output(kind="binary", classes=("no", "yes"), positive="yes")


def answer(score):
    label = "yes" if score >= 0.5 else "no"
    return Answer(label=label, score=score, probabilities={"no": 1 - score, "yes": score})


def test_a_binary_model_gets_metrics_a_score_profile_and_calibration():
    entries = [answer(0.9), answer(0.2), answer(0.7), answer(0.4), Fault("wrong_type", "x")]

    held_out = evaluate(
        BINARY, entries, ["yes", "no", "no", "yes", "yes"], training_truths=["no", "no", "yes"]
    )

    assert held_out.evaluation.rows == 4
    assert held_out.evaluation.skipped == 1
    assert held_out.evaluation.metrics["accuracy"] == 0.5
    assert held_out.evaluation.baseline["accuracy"] == 0.5
    assert held_out.evaluation.baseline_name == "majority class"
    assert sum(held_out.scores.counts) == 4
    assert held_out.calibration is not None


def test_a_regression_is_compared_with_the_training_mean():
    entries = [Answer(score=1.0), Answer(score=2.0)]

    held_out = evaluate(Output(kind="regression"), entries, [1.5, 2.5], training_truths=[0.0, 4.0])

    assert held_out.evaluation.metrics["mean_absolute_error"] == pytest.approx(0.5)
    assert held_out.evaluation.baseline["mean_absolute_error"] == pytest.approx(0.5)
    assert held_out.calibration is None


def test_labels_alone_have_metrics_but_no_score_profile():
    output = Output(kind="multiclass", classes=("a", "b"), has_probabilities=False)

    held_out = evaluate(output, [Answer(label="a")], ["a"], training_truths=None)

    assert held_out.evaluation.metrics["accuracy"] == 1.0
    assert held_out.scores is None


def test_custom_answers_are_not_evaluated():
    assert evaluate(Output(kind="custom"), [], [], training_truths=None) == HeldOut()
