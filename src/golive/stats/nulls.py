"""Nulls: the values that stand for none."""

from __future__ import annotations

from typing import Any

import pandas as pd

__all__ = ["is_null"]


def is_null(value: Any) -> bool:
    """Whether a value is None, NaN, NaT or `pandas.NA`."""
    return value is None or (pd.api.types.is_scalar(value) and bool(pd.isna(value)))
