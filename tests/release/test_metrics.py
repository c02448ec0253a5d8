"""Each metric is scikit-learn's, whole rows and rows that count as often as told."""

import numpy as np
import pytest
from sklearn import metrics as sklearn_metrics

from golive.release.metrics import METRICS

TRUE = np.asarray([1, 0, 1, 1, 0, 0, 1, 0, 1, 0.0])
SCORE = np.asarray([0.9, 0.2, 0.6, 0.6, 0.6, 0.1, 0.3, 0.3, 0.8, 0.5])
SAID = (SCORE >= 0.5).astype(float)
ERROR = np.asarray([0.5, -1.0, 2.0, 0.0, -0.25, 3.0, -2.5, 1.0, 0.75, -0.5])
FACTS = {
    "true": TRUE,
    "said": SAID,
    "score": SCORE,
    "right": (SAID == TRUE).astype(float),
    "loss": -np.log(np.where(TRUE == 1, SCORE, 1 - SCORE)),
    "error": ERROR,
}
COUNTS = np.asarray([[1.0] * 10, [2, 0, 1, 3, 1, 0, 0, 2, 0, 1]])
EXPECTED = {
    "accuracy": lambda w: sklearn_metrics.accuracy_score(TRUE, SAID, sample_weight=w),
    "f1": lambda w: sklearn_metrics.f1_score(TRUE, SAID, sample_weight=w),
    "log_loss": lambda w: sklearn_metrics.log_loss(TRUE, SCORE, sample_weight=w),
    "roc_auc": lambda w: sklearn_metrics.roc_auc_score(TRUE, SCORE, sample_weight=w),
    "mean_absolute_error": lambda w: sklearn_metrics.mean_absolute_error(
        np.zeros(10), ERROR, sample_weight=w
    ),
    "root_mean_squared_error": lambda w: sklearn_metrics.root_mean_squared_error(
        np.zeros(10), ERROR, sample_weight=w
    ),
}


@pytest.mark.parametrize("name", METRICS)
def test_a_metric_is_that_of_scikit_learn(name: str) -> None:
    found = METRICS[name].of(FACTS, COUNTS)

    assert found == pytest.approx([EXPECTED[name](counts) for counts in COUNTS], rel=1e-12)


def test_ranking_needs_both_classes() -> None:
    one_class = COUNTS[:1] * TRUE

    assert np.isnan(METRICS["roc_auc"].of(FACTS, one_class)).all()


def test_f1_of_nothing_said_and_nothing_true_is_0() -> None:
    none = {"true": np.zeros(3), "said": np.zeros(3)}

    assert METRICS["f1"].of(none, np.ones((1, 3))).tolist() == [0.0]
