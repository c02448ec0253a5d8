"""Quantiles at every percent."""

from __future__ import annotations

from typing import Any

import numpy as np

__all__ = ["percentiles"]


def percentiles(numbers: np.ndarray[Any, np.dtype[np.float64]]) -> tuple[float, ...]:
    """The quantiles of n finite numbers at 0, 1, …, 100 percent, or nothing if n is 0.

    Linear interpolation between order statistics: definition 7 of Hyndman and Fan, "Sample
    Quantiles in Statistical Packages", The American Statistician 50 (1996), NumPy's default.
    """
    if numbers.size == 0:
        return ()
    scale = 2.0**64 if np.max(np.abs(numbers)) > 1e300 else 1.0  # or differences overflow
    return tuple((np.quantile(numbers / scale, np.linspace(0.0, 1.0, 101)) * scale).tolist())
