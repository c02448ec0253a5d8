"""Metrics of classifiers; each agrees with the function of its name in scikit-learn."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from sklearn.metrics import average_precision_score, roc_auc_score

__all__ = ["classification_metrics"]

Integers = np.ndarray[Any, np.dtype[np.int64]]
Floats = np.ndarray[Any, np.dtype[np.float64]]


def classification_metrics(
    truths: Integers,
    labels: Integers,
    probabilities: Floats | None,
    classes: int,
    *,
    positive: int | None = None,
) -> dict[str, float]:
    """The metrics of n answers of a classifier of k classes.

    * `accuracy`: share of right labels.
    * `balanced_accuracy`: mean recall of the classes among the truths (Brodersen et al., 2010).
    * `precision`, `recall`, `f1`: of the positive class; without one the mean over the classes
      among truths and labels. 0 where nothing was said or is positive (van Rijsbergen, 1979).
    * `roc_auc`: area under the ROC curve, ties count half (Hanley and McNeil, 1982); without a
      positive class the mean of each class against the rest.
    * `average_precision`: sum of precision times the step of recall, likewise.
    * `log_loss`: mean of -log P(truth), with P no smaller than 2.2e-16.
    * `brier`: mean of (P(positive) - y)²; without a positive class the sum over the classes of it
      (Brier, "Verification of forecasts expressed in terms of probability", 1950).

    Args:
        truths: n positions in 0..k-1; k stands for a truth that is no class of the model.
        labels: n positions, likewise.
        probabilities: n by k; None if the model gives none.
        classes: k.
        positive: The position of the positive class, or None.

    Returns:
        Name to finite number. No metrics of probabilities if a truth is no class; no ranking
        metrics if a class, or everything but it, is not among the truths.
    """
    if truths.size == 0:
        return {}
    metrics = _label_metrics(truths, labels, positive)
    if probabilities is not None and np.isfinite(probabilities).all() and truths.max() < classes:
        metrics |= _probability_metrics(truths, probabilities, positive)
    return {name: value for name, value in metrics.items() if math.isfinite(value)}


def _label_metrics(truths: Integers, labels: Integers, positive: int | None) -> dict[str, float]:
    present = np.union1d(truths, labels)
    right = np.asarray([np.sum((truths == c) & (labels == c)) for c in present], dtype=np.float64)
    said = np.asarray([np.sum(labels == c) for c in present], dtype=np.float64)
    true = np.asarray([np.sum(truths == c) for c in present], dtype=np.float64)
    chosen = np.ones(present.size, dtype=bool) if positive is None else present == positive
    recalls = _ratio(right, true)
    return {
        "accuracy": float(np.mean(truths == labels)),
        "balanced_accuracy": float(np.mean(recalls[true > 0])),
        "precision": _mean(_ratio(right, said)[chosen]),
        "recall": _mean(recalls[chosen]),
        "f1": _mean(_ratio(2 * right, said + true)[chosen]),
    }


def _probability_metrics(
    truths: Integers, probabilities: Floats, positive: int | None
) -> dict[str, float]:
    rows = np.arange(truths.size)
    floor = np.finfo(np.float64).eps
    hits = np.zeros_like(probabilities)
    hits[rows, truths] = 1.0
    squares = (probabilities - hits) ** 2
    metrics = {
        "log_loss": float(-np.mean(np.log(np.clip(probabilities[rows, truths], floor, 1.0)))),
        "brier": float(np.mean(squares.sum(axis=1) if positive is None else squares[:, positive])),
    }
    ranked = range(probabilities.shape[1]) if positive is None else [positive]
    if all(0 < hits[:, c].sum() < truths.size for c in ranked):
        pairs = [(hits[:, c], probabilities[:, c]) for c in ranked]
        metrics["roc_auc"] = float(np.mean([roc_auc_score(y, p) for y, p in pairs]))
        metrics["average_precision"] = float(
            np.mean([average_precision_score(y, p) for y, p in pairs])
        )
    return metrics


def _ratio(part: Floats, whole: Floats) -> Floats:
    return np.divide(part, whole, out=np.zeros_like(part), where=whole > 0)


def _mean(values: Floats) -> float:
    return float(np.mean(values)) if values.size else 0.0
