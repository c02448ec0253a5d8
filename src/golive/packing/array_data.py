"""Arrays as a sample: a table whose cells hold the arrays of single records."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any
from zipfile import BadZipFile

import numpy as np
import pandas as pd

from golive.errors import UsageError

__all__ = ["INPUT", "array_column", "frame_of_array", "frame_of_arrays", "nested", "read_arrays"]

INPUT = "input"
"""What the one column of a sample that is an array without a name is called."""


def frame_of_array(array: np.ndarray[Any, Any]) -> pd.DataFrame:
    """The table of an array with one record a row of its first axis.

    A matrix has a column for each of its columns; an array of more axes is one column.

    Raises:
        UsageError: It has one axis or none.
    """
    if array.ndim < 2:
        raise UsageError(
            f"An array of the shape {array.shape} is no sample.",
            hint="Give one record a row: the shape is (records, columns) or has more axes.",
        )
    if array.ndim > 2:
        return pd.DataFrame({INPUT: array_column(array)})
    return pd.DataFrame(array, columns=[f"x{i}" for i in range(array.shape[1])])


def frame_of_arrays(arrays: Mapping[Any, Any]) -> pd.DataFrame:
    """The table of named arrays, a column each.

    Raises:
        UsageError: They have different numbers of records, or none.
    """
    found = {str(name): np.asarray(values) for name, values in arrays.items()}
    sizes = {name: len(array) if array.ndim else 0 for name, array in found.items()}
    if len(set(sizes.values())) != 1 or not all(sizes.values()):
        listed = ", ".join(f"{name} has {size}" for name, size in sizes.items())
        raise UsageError(
            f"The arrays must have equally many records, at least one: {listed}.",
            hint="Give only the arrays of the training sample, one record a row of each.",
        )
    return pd.DataFrame({name: array_column(array) for name, array in found.items()})


def array_column(array: np.ndarray[Any, Any]) -> pd.Series[Any]:
    """The column of an array: its numbers, or where it has more axes, an array a cell."""
    if array.ndim == 1:
        return pd.Series(array.tolist() if array.dtype.kind in "SU" else array)
    return _cells(array)


def read_arrays(file: Path) -> pd.DataFrame:
    """Read the arrays of a `.npy` or `.npz` file. Nothing in it is unpickled.

    Raises:
        ValueError: It is no such file, or holds Python objects.
        UsageError: Its arrays are no sample.
    """
    with file.open("rb") as stream:
        try:
            loaded = np.load(stream, allow_pickle=False)
        except BadZipFile as error:
            raise ValueError(str(error)) from error
        if isinstance(loaded, np.ndarray):
            return frame_of_array(loaded)
        arrays = {name: loaded[name] for name in loaded.files}
    unnamed = list(arrays) == ["arr_0"]
    return frame_of_array(arrays["arr_0"]) if unnamed else frame_of_arrays(arrays)


def nested(frame: pd.DataFrame) -> pd.DataFrame:
    """The table with lists of lists, such as Parquet and JSON hold them, as arrays.

    Cells whose lists are of unequal lengths stay, for the inference of columns to refuse.
    """
    changed = {
        name: _cells([_array(value) for value in frame[name].tolist()])
        for name in frame.columns
        if frame[name].dtype == object and any(map(_is_nested, frame[name].tolist()[:100]))
    }
    return frame.assign(**{str(name): column for name, column in changed.items()})


def _cells(values: Iterable[Any]) -> pd.Series[Any]:
    listed = list(values)
    cells = np.empty(len(listed), dtype=object)
    for at, value in enumerate(listed):
        cells[at] = value
    return pd.Series(cells, dtype=object)


def _is_nested(value: object) -> bool:
    is_list = isinstance(value, list | tuple) or (
        isinstance(value, np.ndarray) and value.dtype.hasobject
    )
    return is_list and any(isinstance(item, list | tuple | np.ndarray) for item in value)  # type: ignore[attr-defined]


def _array(value: Any) -> Any:
    if not _is_nested(value):
        return value
    try:
        return np.array(_lists(value))
    except ValueError:
        return value


def _lists(value: Any) -> Any:
    return (
        [_lists(item) for item in value] if isinstance(value, list | tuple | np.ndarray) else value
    )
