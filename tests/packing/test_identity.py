"""Answers through the signature are the model's own, or nothing is packed."""

import numpy as np
import pandas as pd
import pytest
from msgspec import structs
from msgspec.structs import replace
from sklearn.linear_model import LinearRegression, LogisticRegression

from golive.engine.answers import Answer, Fault
from golive.errors import PackError
from golive.packing.identity import compare_direct
from golive.packing.inference import infer_signature


@pytest.fixture
def frame(random):
    return pd.DataFrame(random.normal(size=(40, 2)), columns=["a", "b"])


@pytest.fixture
def served(frame, answer):
    model = LogisticRegression().fit(frame, np.where(frame["a"] > 0, "up", "down"))
    signature = infer_signature(model, "sklearn", frame).signature
    return model, signature, answer(model, "sklearn", signature, frame.to_dict("records"))


def test_equal_answers_pass(frame, served):
    model, signature, answers = served

    assert compare_direct(model, "sklearn", signature, frame, answers) == ()


def test_another_label_is_named_with_its_row(frame, served):
    model, signature, answers = served
    wrong = "down" if answers[5].label == "up" else "up"
    answers[5] = structs.replace(answers[5], label=wrong)

    with pytest.raises(PackError, match=f"Row 5 .*label '{wrong}' instead of") as caught:
        compare_direct(model, "sklearn", signature, frame, answers)

    assert "training" in (caught.value.hint or "") or "trained" in (caught.value.hint or "")


def test_a_score_off_by_a_billionth_is_another_answer(frame, served):
    model, signature, answers = served
    answers[3] = structs.replace(answers[3], score=answers[3].score * (1 + 1e-9))

    with pytest.raises(PackError, match=r"Row 3 .*score"):
        compare_direct(model, "sklearn", signature, frame, answers)


def test_the_column_that_was_decoded_differently_is_named(frame, served):
    model, signature, answers = served
    answers[3] = structs.replace(answers[3], score=0.123)
    decoded = frame.assign(b=frame["b"].where(frame.index != 3, 0.0))

    with pytest.raises(PackError, match=r"column 'b': 0.0 instead of"):
        compare_direct(model, "sklearn", signature, frame, answers, served=decoded)


def test_a_row_refused_though_the_model_answers_is_an_error(frame, served):
    model, signature, answers = served
    answers[7] = Fault("wrong_type", "no number", "a")

    with pytest.raises(PackError, match=r"Row 7 .*wrong_type"):
        compare_direct(model, "sklearn", signature, frame, answers)


def test_a_row_that_the_model_refuses_too_is_none(answer):
    frame = pd.DataFrame({"a": [1.0, None, 3.0]})
    model = LinearRegression().fit(frame.dropna(), [1, 3])
    signature = infer_signature(model, "sklearn", frame.dropna()).signature
    answers = [Answer(score=1.0), Fault("model_failed", "no", origin="model"), Answer(score=3.0)]

    assert compare_direct(model, "sklearn", signature, frame, answers) == ()


def test_rows_refused_by_policy_are_counted(frame, served):
    model, signature, answers = served
    answers[7] = Fault("null_not_allowed", "null", "a")

    notes = compare_direct(model, "sklearn", signature, frame, answers)

    assert notes == ("1 of the compared sample rows are refused by the signature's policies.",)


def test_a_threshold_moves_labels_only(frame, served, answer):
    model, signature, _ = served
    moved = replace(signature, output=replace(signature.output, threshold=0.9))
    answers = answer(model, "sklearn", moved, frame.to_dict("records"))

    assert compare_direct(model, "sklearn", moved, frame, answers) == ()
