"""Arrays to try a module on that does not say what it takes, made of the sample's columns."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import islice, product
from typing import Any

import numpy as np
import pandas as pd
from msgspec.structs import replace

from golive.errors import SignatureError
from golive.packing.columns import column_of
from golive.packing.picture_layouts import laid_out, layouts_of
from golive.packing.pictures import Picture

__all__ = ["trial_arrays"]

_Array = np.ndarray[Any, Any]
_MOST = 64


def trial_arrays(frame: pd.DataFrame, names: Sequence[str], number: str) -> Iterator[list[_Array]]:
    """The arrays that a module may take for the rows of a frame, the likeliest first.

    One input gets the numeric columns side by side, or the only column if that holds vectors.
    Several inputs get the columns of their names, each of one number or one vector a row.

    Args:
        frame: Rows without nulls, and without the target.
        names: The module's inputs.
        number: The type of the module's own numbers, such as `float32`.

    Raises:
        SignatureError: The columns are not what could be passed to those inputs.
    """
    if len(names) > 1:
        return _one_each(frame, names, number)
    if frame.shape[1] == 1:
        return ([array] for array in _arrays_of(frame.iloc[:, 0], number))
    return ([array] for array in _matrices(frame, number))


def _one_each(frame: pd.DataFrame, names: Sequence[str], number: str) -> Iterator[list[_Array]]:
    absent = [name for name in names if name not in frame]
    if absent:
        raise SignatureError(
            f"The module's forward takes {', '.join(names)}; the sample has no column"
            f" {absent[0]!r}.",
            hint="Name the sample's columns as the parameters of forward: one number, or one list"
            " of numbers, a row.",
        )
    choices = [list(_arrays_of(frame[name], number)) for name in names]
    return (list(chosen) for chosen in islice(product(*choices), _MOST))


def _matrices(frame: pd.DataFrame, number: str) -> Iterator[_Array]:
    wrong = [str(name) for name in frame if not _is_numeric(frame[name])]
    if wrong:
        raise SignatureError(
            f"The module takes numbers, and the column {wrong[0]!r} of the sample holds none.",
            hint="Give the columns as the module takes them, and the target's name with --target.",
        )
    yield frame.to_numpy(number)
    if _are_whole(frame):
        yield frame.to_numpy("int64")


def _arrays_of(column: pd.Series, number: str) -> Iterator[_Array]:
    """One column: numbers as (n, 1) or (n,), vectors as they are nested, images in each layout."""
    if isinstance(column.iloc[0], Picture):
        yield from _pixels_of(column, number)
        return
    if not _is_numeric(column):
        vectors = _stacked(column)
        if vectors.dtype.kind in "iub":
            yield vectors.astype("int64")
        yield vectors.astype(number)
        return
    whole = _are_whole(column.to_frame())
    if whole:
        yield column.to_numpy("int64")
    yield column.to_numpy(number)[:, np.newaxis]
    yield column.to_numpy(number)
    if whole:
        yield column.to_numpy("int64")[:, np.newaxis]


def _pixels_of(column: pd.Series, number: str) -> Iterator[_Array]:
    """Images of files, with the channels first before all: so PyTorch's own layers take them."""
    own = column_of(column)
    if own.dtype == "object":
        raise SignatureError(
            f"Column {own.name!r} holds images, and the module takes arrays.",
            hint="Name the range of the pixels that it takes, such as --pixels 0..1.",
        )
    for layout in layouts_of(replace(own, pixel_layout="chw")):
        if layout != "hw" or own.shape[2] == 1:
            wanted = replace(own, pixel_layout=layout)
            yield np.stack([laid_out(cell, wanted).given for cell in column]).astype(number)


def _stacked(column: pd.Series) -> _Array:
    try:
        vectors = np.array(column.tolist())
    except ValueError as error:
        raise SignatureError(
            f"The vectors of the column {str(column.name)!r} have different lengths.",
            hint="Pad or cut them to one shape, as in training.",
        ) from error
    if vectors.ndim < 2 or vectors.dtype.kind not in "iubf":
        raise SignatureError(
            f"The module takes numbers, and the column {str(column.name)!r} of the sample holds"
            " none.",
            hint="Give the column as the module takes it; name the target with --target.",
        )
    return vectors


def _is_numeric(column: pd.Series) -> bool:
    return bool(pd.api.types.is_numeric_dtype(column.dtype))


def _are_whole(frame: pd.DataFrame) -> bool:
    return all(pd.api.types.is_integer_dtype(dtype) for dtype in frame.dtypes)
