"""From a DataFrame to records of plain Python values."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["frame_records"]


def frame_records(frame: pd.DataFrame) -> list[dict[str, Any]]:
    """One dict a row, keys the column names as text, every null (NaN, NaT, NA, None) as None.

    Numbers come as Python numbers; datetimes stay datetimes; infinities are kept, so that whoever
    reads the record can name them.
    """
    names = [str(name) for name in frame.columns]
    values = [_column_values(frame.iloc[:, i]) for i in range(frame.shape[1])]
    return [dict(zip(names, row, strict=True)) for row in zip(*values, strict=True)]


def _column_values(column: pd.Series[Any]) -> list[Any]:
    is_null = column.isna().tolist()
    return [None if null else v for v, null in zip(column.tolist(), is_null, strict=True)]
