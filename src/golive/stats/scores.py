"""Scores of the held-out sample: their distribution, and their calibration."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from sklearn.isotonic import IsotonicRegression

from golive.bundle.profile import Calibration, ScoreProfile
from golive.stats.quantiles import percentiles

__all__ = ["calibrate", "score_profile"]

_BINS = 1000
_LARGEST = 8e307  # the difference of two larger numbers is infinite


def score_profile(
    scores: Sequence[float | None], *, is_probability: bool = True
) -> ScoreProfile | None:
    """The distribution of scores in 1,000 equal bins and in percentiles.

    A bin holds its lower edge, the last one both (as `numpy.histogram`).

    Args:
        scores: n scores; None and what is not finite is left out.
        is_probability: The bins divide 0..1; else they divide smallest..largest score.

    Returns:
        The profile, or None if there is no score.
    """
    numbers = np.clip(_finite(scores), -_LARGEST, _LARGEST)
    if numbers.size == 0:
        return None
    low, high = (0.0, 1.0) if is_probability else _range(numbers)
    edges = np.linspace(low, high, _BINS + 1)
    counts, _ = np.histogram(np.clip(numbers, low, high), bins=edges)
    return ScoreProfile(
        edges=tuple(edges.tolist()),
        counts=tuple(counts.tolist()),
        quantiles=percentiles(numbers),
    )


def calibrate(
    is_positive: Sequence[bool | None], scores: Sequence[float | None]
) -> Calibration | None:
    """Fit the rate of positives as a non-decreasing function of the score.

    Isotonic regression by pool-adjacent-violators: Zadrozny and Elkan, "Transforming classifier
    scores into accurate multiclass probability estimates", KDD 2002; scikit-learn's
    `IsotonicRegression`.

    Args:
        is_positive: n truths, None where unknown.
        scores: n values of P(positive), None where the model gave none.

    Returns:
        The knots, or None unless both classes are among the truths.
    """
    pairs = [
        (float(score), float(truth))
        for truth, score in zip(is_positive, scores, strict=True)
        if truth is not None and score is not None and np.isfinite(score)
    ]
    if len({truth for _, truth in pairs}) < 2:
        return None
    x, y = (np.asarray(column) for column in zip(*pairs, strict=True))
    fitted = IsotonicRegression(y_min=0.0, y_max=1.0, out_of_bounds="clip").fit(x, y)
    return Calibration(
        scores=tuple(float(knot) for knot in fitted.X_thresholds_),
        rates=tuple(float(rate) for rate in fitted.y_thresholds_),
    )


def _finite(scores: Sequence[float | None]) -> np.ndarray[Any, np.dtype[np.float64]]:
    numbers = np.asarray([score for score in scores if score is not None], dtype=np.float64)
    return numbers[np.isfinite(numbers)]


def _range(numbers: np.ndarray[Any, np.dtype[np.float64]]) -> tuple[float, float]:
    low, high = float(np.min(numbers)), float(np.max(numbers))
    margin = max(0.5, abs(low) * 1e-9)
    return (low, high) if high - low > abs(low) * 1e-12 else (low - margin, high + margin)
