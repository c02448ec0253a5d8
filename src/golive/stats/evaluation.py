"""Evaluation: a model on a held-out sample, beside a baseline that looks at no input.

Metrics that the sample cannot give, such as `roc_auc` where it holds one class only, are absent.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any, TypeGuard

import numpy as np

from golive.bundle.profile import Evaluation
from golive.signature.model import JsonValue
from golive.stats.classification import classification_metrics
from golive.stats.nulls import is_null
from golive.stats.regression import regression_metrics

__all__ = ["evaluate_classification", "evaluate_regression"]


def evaluate_classification(
    truths: Sequence[JsonValue],
    labels: Sequence[JsonValue],
    probabilities: Sequence[Sequence[float] | None] | None,
    *,
    classes: Sequence[JsonValue],
    positive: JsonValue = None,
    training_truths: Sequence[JsonValue] | None = None,
) -> Evaluation:
    """Evaluate a classifier against always saying the majority class.

    The baseline's probabilities are the classes' shares. A truth that is no class of the model
    counts as a wrong label, and leaves out the metrics of probabilities.

    Args:
        truths: n truths in the type of `classes`; None or NaN where there is none.
        labels: n labels; None where the model gave no answer.
        probabilities: n rows of P(class) in the order of `classes`, or None for all or one.
        classes: The k classes of the model.
        positive: Binary only: the class that precision, recall and ranking are about; None for
            more than two classes.
        training_truths: What the baseline learns from; the held-out truths if None.
    """
    index = {_key(value): position for position, value in enumerate(classes)}
    rows = [
        row
        for row, (truth, label) in enumerate(zip(truths, labels, strict=True))
        if not is_null(truth) and not is_null(label)
    ]
    known = np.asarray([index.get(_key(truths[row]), len(index)) for row in rows], dtype=np.int64)
    said = np.asarray([index.get(_key(labels[row]), len(index)) for row in rows], dtype=np.int64)
    given = None if probabilities is None else [probabilities[row] for row in rows]
    matrix = None if given is None or None in given else np.asarray(given, dtype=np.float64)
    learned = known if training_truths is None else _indices(training_truths, index)
    shares = _shares(learned, len(classes))
    position = None if positive is None else index[_key(positive)]
    metrics = classification_metrics(known, said, matrix, len(classes), positive=position)
    baseline = classification_metrics(
        known,
        np.full(len(rows), int(np.argmax(shares)), dtype=np.int64),
        None if matrix is None else np.tile(shares, (len(rows), 1)),
        len(classes),
        positive=position,
    )
    return _evaluation(len(truths), len(rows), metrics, baseline, "majority class")


def evaluate_regression(
    truths: Sequence[float | None],
    values: Sequence[float | None],
    *,
    training_truths: Sequence[float | None] | None = None,
) -> Evaluation:
    """Evaluate a regression against always saying the mean.

    Args:
        truths: n truths; None or NaN where there is none.
        values: n predictions; None where the model gave no answer.
        training_truths: What the baseline's mean is taken of; the held-out truths if None.
    """
    pairs = [
        (float(truth), float(value))
        for truth, value in zip(truths, values, strict=True)
        if _is_finite(truth) and _is_finite(value)
    ]
    known = np.asarray([truth for truth, _ in pairs])
    said = np.asarray([value for _, value in pairs])
    learned = [
        float(t) for t in ([] if training_truths is None else training_truths) if _is_finite(t)
    ] or known.tolist()
    mean = float(np.mean(learned)) if learned else 0.0
    return _evaluation(
        len(truths),
        len(pairs),
        regression_metrics(known, said),
        regression_metrics(known, np.full(len(pairs), mean)),
        "mean",
    )


def _evaluation(
    given: int, rows: int, metrics: dict[str, float], baseline: dict[str, float], name: str
) -> Evaluation:
    return Evaluation(
        rows=rows,
        skipped=given - rows,
        metrics=metrics,
        baseline={metric: value for metric, value in baseline.items() if metric in metrics},
        baseline_name=name,
    )


def _indices(
    truths: Sequence[JsonValue], index: dict[object, int]
) -> np.ndarray[Any, np.dtype[np.int64]]:
    found = [index.get(_key(truth)) for truth in truths]
    return np.asarray([position for position in found if position is not None], dtype=np.int64)


def _shares(
    learned: np.ndarray[Any, np.dtype[np.int64]], size: int
) -> np.ndarray[Any, np.dtype[np.float64]]:
    counts = np.bincount(learned, minlength=size)[:size].astype(np.float64)
    return counts / counts.sum() if counts.sum() else np.full(size, 1 / size)


def _is_finite(value: float | None) -> TypeGuard[float]:
    return value is not None and not is_null(value) and math.isfinite(value)


def _key(value: Any) -> object:
    """What two equal labels share: numbers by value, whatever their NumPy type."""
    return value.item() if isinstance(value, np.generic) else value
