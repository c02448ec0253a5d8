import json
import math

import numpy as np
import pandas as pd
import pytest
from msgspec.structs import asdict
from sklearn import metrics as reference

from golive.stats.evaluation import evaluate_classification, evaluate_regression


def binary_sample():
    generator = np.random.default_rng(7)
    truths = generator.integers(0, 2, 400)
    scores = np.clip(0.3 * truths + generator.random(400) * 0.7, 0, 1).round(2)
    return truths, (scores >= 0.5).astype(int), np.column_stack([1 - scores, scores])


def multiclass_sample():
    generator = np.random.default_rng(8)
    truths = generator.integers(0, 3, 300)
    weights = generator.random((300, 3)) + np.eye(3)[truths] * 0.6
    probabilities = weights / weights.sum(axis=1, keepdims=True)
    return truths, probabilities.argmax(axis=1), probabilities


def test_binary_metrics_are_those_of_scikit_learn():
    truths, labels, probabilities = binary_sample()

    evaluation = evaluate_classification(
        truths.tolist(), labels.tolist(), probabilities.tolist(), classes=[0, 1], positive=1
    )

    scores = probabilities[:, 1]
    assert evaluation.metrics == pytest.approx(
        {
            "accuracy": reference.accuracy_score(truths, labels),
            "balanced_accuracy": reference.balanced_accuracy_score(truths, labels),
            "precision": reference.precision_score(truths, labels),
            "recall": reference.recall_score(truths, labels),
            "f1": reference.f1_score(truths, labels),
            "log_loss": reference.log_loss(truths, probabilities),
            "brier": reference.brier_score_loss(truths, scores),
            "roc_auc": reference.roc_auc_score(truths, scores),
            "average_precision": reference.average_precision_score(truths, scores),
        },
        rel=1e-12,
    )
    assert evaluation.rows == 400
    assert evaluation.skipped == 0


def test_the_positive_class_may_be_the_first():
    truths, labels, probabilities = binary_sample()

    evaluation = evaluate_classification(
        truths.tolist(), labels.tolist(), probabilities.tolist(), classes=[0, 1], positive=0
    )

    assert evaluation.metrics["recall"] == reference.recall_score(truths, labels, pos_label=0)
    assert evaluation.metrics["average_precision"] == pytest.approx(
        reference.average_precision_score(truths == 0, probabilities[:, 0])
    )


def test_multiclass_metrics_are_those_of_scikit_learn():
    truths, labels, probabilities = multiclass_sample()
    names = np.asarray(["a", "b", "c"])

    evaluation = evaluate_classification(
        names[truths], names[labels], probabilities.tolist(), classes=["a", "b", "c"]
    )

    assert evaluation.metrics == pytest.approx(
        {
            "accuracy": reference.accuracy_score(truths, labels),
            "balanced_accuracy": reference.balanced_accuracy_score(truths, labels),
            "precision": reference.precision_score(truths, labels, average="macro"),
            "recall": reference.recall_score(truths, labels, average="macro"),
            "f1": reference.f1_score(truths, labels, average="macro"),
            "log_loss": reference.log_loss(truths, probabilities),
            "brier": np.mean(np.sum((probabilities - np.eye(3)[truths]) ** 2, axis=1)),
            "roc_auc": reference.roc_auc_score(
                truths, probabilities, multi_class="ovr", average="macro"
            ),
            "average_precision": reference.average_precision_score(
                np.eye(3)[truths], probabilities, average="macro"
            ),
        },
        rel=1e-12,
    )


def test_binary_metrics_by_hand():
    evaluation = evaluate_classification(
        ["no", "no", "yes", "yes"],
        ["no", "yes", "yes", "yes"],
        [[0.9, 0.1], [0.4, 0.6], [0.5, 0.5], [0.2, 0.8]],
        classes=["no", "yes"],
        positive="yes",
    )

    assert evaluation.metrics == pytest.approx(
        {
            "accuracy": 3 / 4,
            "balanced_accuracy": (1 / 2 + 1) / 2,
            "precision": 2 / 3,
            "recall": 1.0,
            "f1": 4 / 5,
            "log_loss": -(math.log(0.9) + math.log(0.4) + math.log(0.5) + math.log(0.8)) / 4,
            "brier": (0.01 + 0.36 + 0.25 + 0.04) / 4,
            "roc_auc": 3 / 4,
            "average_precision": 1 / 2 + (1 / 2) * (2 / 3),
        }
    )


def test_the_baseline_says_the_majority_class_of_the_training_sample():
    evaluation = evaluate_classification(
        ["no", "no", "yes"],
        ["no", "no", "yes"],
        [[1.0, 0.0], [1.0, 0.0], [0.0, 1.0]],
        classes=["no", "yes"],
        positive="yes",
        training_truths=["yes", "yes", "yes", "no", None],
    )

    assert evaluation.baseline_name == "majority class"
    assert evaluation.baseline == pytest.approx(
        {
            "accuracy": 1 / 3,
            "balanced_accuracy": 1 / 2,
            "precision": 1 / 3,
            "recall": 1.0,
            "f1": 1 / 2,
            "log_loss": -(2 * math.log(0.25) + math.log(0.75)) / 3,
            "brier": (2 * 0.75**2 + 0.25**2) / 3,
            "roc_auc": 0.5,
            "average_precision": 1 / 3,
        }
    )


def test_the_baseline_learns_from_the_held_out_sample_if_there_is_no_other():
    evaluation = evaluate_classification(
        ["a", "b", "b", "c"], ["a", "b", "c", "c"], None, classes=["a", "b", "c"]
    )

    assert evaluation.baseline["accuracy"] == 1 / 2
    assert set(evaluation.baseline) == {
        "accuracy",
        "balanced_accuracy",
        "precision",
        "recall",
        "f1",
    }


@pytest.mark.parametrize("nothing", [None, float("nan"), np.nan, pd.NA, pd.NaT])
def test_rows_without_truth_or_answer_are_skipped(nothing):
    evaluation = evaluate_classification(
        [0, nothing, 1, 1],
        [0, 1, 1, None],
        [[0.8, 0.2], [0.5, 0.5], [0.1, 0.9], None],
        classes=[0, 1],
        positive=1,
    )

    assert evaluation.rows == 2
    assert evaluation.skipped == 2
    assert evaluation.metrics["accuracy"] == 1.0
    assert evaluation.metrics["brier"] == pytest.approx((0.04 + 0.01) / 2)


def test_one_class_alone_has_no_ranking_metrics():
    evaluation = evaluate_classification(
        [1, 1], [1, 0], [[0.2, 0.8], [0.6, 0.4]], classes=[0, 1], positive=1
    )

    assert sorted(evaluation.metrics) == [
        "accuracy",
        "balanced_accuracy",
        "brier",
        "f1",
        "log_loss",
        "precision",
        "recall",
    ]


def test_a_truth_that_is_no_class_counts_as_wrong_and_leaves_out_probabilities():
    evaluation = evaluate_classification(
        ["a", "z"], ["a", "a"], [[0.9, 0.1], [0.8, 0.2]], classes=["a", "b"], positive="a"
    )

    assert evaluation.metrics == pytest.approx(
        {
            "accuracy": 1 / 2,
            "balanced_accuracy": 1 / 2,
            "precision": 1 / 2,
            "recall": 1.0,
            "f1": 2 / 3,
        }
    )


def test_no_rows_give_no_metrics():
    evaluation = evaluate_classification([None], [1], [[0.5, 0.5]], classes=[0, 1], positive=1)

    assert evaluation.rows == 0
    assert evaluation.metrics == {}
    assert evaluation.baseline == {}


def test_a_certain_mistake_has_a_finite_loss():
    evaluation = evaluate_classification(
        [0, 1], [1, 1], [[0.0, 1.0], [0.0, 1.0]], classes=[0, 1], positive=1
    )

    assert evaluation.metrics["log_loss"] == pytest.approx(-math.log(2.220446049250313e-16) / 2)


def test_numbers_of_numpy_and_boolean_classes_are_matched():
    evaluation = evaluate_classification(
        pd.Series([True, False, True]),
        np.asarray([True, False, False]),
        None,
        classes=[False, True],
        positive=True,
    )

    assert evaluation.metrics["recall"] == 1 / 2


def test_series_are_read_in_their_order_whatever_their_index():
    evaluation = evaluate_classification(
        pd.Series([0, 0, 1], index=[7, 2, 0]),
        pd.Series([0, 1, 1], index=[1, 2, 3]),
        np.asarray([[0.9, 0.1], [0.4, 0.6], [0.2, 0.8]]),
        classes=[0, 1],
        positive=1,
        training_truths=pd.Series([1, 1, 0], index=[3, 4, 9]),
    )

    assert evaluation.metrics["accuracy"] == pytest.approx(2 / 3)
    assert evaluation.metrics["roc_auc"] == 1.0
    assert evaluation.baseline["accuracy"] == pytest.approx(1 / 3)


def test_one_answer_without_probabilities_leaves_out_their_metrics():
    evaluation = evaluate_classification(
        [0, 1], [0, 1], [[0.9, 0.1], None], classes=[0, 1], positive=1
    )

    assert "log_loss" not in evaluation.metrics


def test_training_truths_of_other_classes_leave_the_baseline_to_the_held_out_sample():
    evaluation = evaluate_classification(
        ["a", "b", "b"], ["a", "a", "b"], None, classes=["a", "b"], training_truths=[0, 0]
    )

    assert evaluation.baseline["accuracy"] == pytest.approx(2 / 3)


def test_regression_metrics_are_those_of_scikit_learn():
    generator = np.random.default_rng(9)
    truths = generator.normal(size=200) * 3 + 1
    values = truths + generator.normal(size=200)

    evaluation = evaluate_regression(truths, values)

    assert evaluation.metrics == pytest.approx(
        {
            "mean_absolute_error": reference.mean_absolute_error(truths, values),
            "root_mean_squared_error": reference.root_mean_squared_error(truths, values),
            "median_absolute_error": reference.median_absolute_error(truths, values),
            "r2": reference.r2_score(truths, values),
        },
        rel=1e-12,
    )
    assert evaluation.baseline["r2"] == pytest.approx(0.0, abs=1e-12)
    assert evaluation.baseline_name == "mean"


def test_regression_by_hand_beside_the_mean_of_the_training_sample():
    evaluation = evaluate_regression(
        [1.0, 2.0, 6.0, None, 4.0], [2.0, 2.0, 4.0, 1.0, None], training_truths=[1, 3, None]
    )

    assert evaluation.rows == 3
    assert evaluation.skipped == 2
    assert evaluation.metrics == pytest.approx(
        {
            "mean_absolute_error": 1.0,
            "root_mean_squared_error": math.sqrt(5 / 3),
            "median_absolute_error": 1.0,
            "r2": 1 - 5 / 14,
        }
    )
    assert evaluation.baseline == pytest.approx(
        {
            "mean_absolute_error": 5 / 3,
            "root_mean_squared_error": math.sqrt(17 / 3),
            "median_absolute_error": 1.0,
            "r2": 1 - 17 / 14,
        }
    )


def test_equal_truths_have_no_r2():
    assert "r2" not in evaluate_regression([2.0, 2.0], [1.0, 2.0]).metrics


def test_metrics_too_large_for_a_number_are_absent():
    evaluation = evaluate_regression([1e308, -1e308], [-1e308, 1e308])

    json.dumps(asdict(evaluation), allow_nan=False)
    assert "root_mean_squared_error" not in evaluation.metrics


def test_no_regression_rows_give_no_metrics():
    assert evaluate_regression([None], [1.0]).metrics == {}
