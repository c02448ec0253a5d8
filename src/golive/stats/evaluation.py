"""Evaluation: a model on a held-out sample, beside a baseline that looks at no input.

Metrics that the sample cannot give, such as `roc_auc` where it holds one class only, are absent.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from typing import Any, TypeGuard

import numpy as np

from golive.bundle.profile import Evaluation
from golive.signature.model import JsonValue
from golive.stats.classification import classification_metrics
from golive.stats.nulls import is_null
from golive.stats.regression import regression_metrics

__all__ = ["evaluate_classification", "evaluate_regression"]

Integers = np.ndarray[Any, np.dtype[np.int64]]
Floats = np.ndarray[Any, np.dtype[np.float64]]


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
    given = [None] * len(truths) if probabilities is None else probabilities
    rows = [
        (_position(truth, index), _position(label, index), row)
        for truth, label, row in zip(truths, labels, given, strict=True)
        if not is_null(truth) and not is_null(label)
    ]
    known = np.asarray([truth for truth, _, _ in rows], dtype=np.int64)
    said = np.asarray([label for _, label, _ in rows], dtype=np.int64)
    matrix = _matrix([row for _, _, row in rows])
    shares = _shares([] if training_truths is None else training_truths, index, known)
    baseline = (
        np.full(len(rows), int(np.argmax(shares)), dtype=np.int64),
        None if matrix is None else np.tile(shares, (len(rows), 1)),
    )
    chosen = None if positive is None else index[_key(positive)]
    return _evaluation(
        len(truths),
        len(rows),
        classification_metrics(known, said, matrix, len(classes), positive=chosen),
        classification_metrics(known, *baseline, len(classes), positive=chosen),
        "majority class",
    )


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


def _position(value: JsonValue, index: dict[object, int]) -> int:
    return index.get(_key(value), len(index))


def _matrix(rows: list[Sequence[float] | None]) -> Floats | None:
    present = [row for row in rows if row is not None]
    return np.asarray(present, dtype=np.float64) if len(present) == len(rows) else None


def _shares(
    training_truths: Iterable[JsonValue], index: dict[object, int], held: Integers
) -> Floats:
    """Each class's share of the training truths, or of the held-out ones if none is a class."""
    learned = [_position(truth, index) for truth in training_truths if not is_null(truth)]
    for truths in (np.asarray(learned, dtype=np.int64), held):
        counts = np.bincount(truths, minlength=len(index))[: len(index)]
        if total := int(counts.sum()):
            return np.asarray(counts / total, dtype=np.float64)
    return np.full(len(index), 1 / len(index))


def _is_finite(value: float | None) -> TypeGuard[float]:
    return value is not None and not is_null(value) and math.isfinite(value)


def _key(value: Any) -> object:
    """What two equal labels share: numbers by value, whatever their NumPy type."""
    return value.item() if isinstance(value, np.generic) else value
