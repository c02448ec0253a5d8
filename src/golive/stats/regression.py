"""Metrics of regressions; each agrees with the function of its name in scikit-learn."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

__all__ = ["regression_metrics"]

Floats = np.ndarray[Any, np.dtype[np.float64]]


def regression_metrics(truths: Floats, values: Floats) -> dict[str, float]:
    """The metrics of n predictions.

    * `mean_absolute_error`, `median_absolute_error`: of |y - p|.
    * `root_mean_squared_error`: root of the mean of (y - p)².
    * `r2`: 1 - Σ(y - p)² / Σ(y - mean of y)², the coefficient of determination; absent where all
      truths are equal.

    Args:
        truths: n finite numbers.
        values: n finite numbers.

    Returns:
        Name to finite number; nothing if n is 0.
    """
    if truths.size == 0:
        return {}
    with np.errstate(over="ignore", invalid="ignore"):
        errors = truths - values
        spread = float(np.sum((truths - np.mean(truths)) ** 2))
        metrics = {
            "mean_absolute_error": float(np.mean(np.abs(errors))),
            "root_mean_squared_error": float(np.sqrt(np.mean(errors**2))),
            "median_absolute_error": float(np.median(np.abs(errors))),
        }
        if spread > 0:
            metrics["r2"] = 1.0 - float(np.sum(errors**2)) / spread
    return {name: value for name, value in metrics.items() if math.isfinite(value)}
