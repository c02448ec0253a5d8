"""One record as the table of one row that its model was trained on, made without the engine."""

from __future__ import annotations

import base64
import math
from typing import Any

import numpy as np
import pandas as pd

from golive.engine.images import ImageReader
from golive.signature.model import Column, Signature, integer_bounds

__all__ = ["DirectTable"]

_SCALES = {"0..255": (1.0, 0.0), "0..1": (255.0, 0.0), "-1..1": (127.5, -1.0)}
"""What pixels are divided by, and what is added then."""


class DirectTable:
    """Makes rows with the training dtypes, as pandas itself does.

    Args:
        signature: With the columns.
    """

    def __init__(self, signature: Signature) -> None:
        self._columns = signature.columns
        self._has_arrays = signature.form in ("matrix", "tensors")
        self._readers = {c.name: ImageReader(c) for c in self._columns if c.type == "image"}

    def row(self, values: dict[str, Any]) -> pd.DataFrame:
        """One row.

        Args:
            values: Column to value in JSON: datetimes as ISO 8601 text, images in base64. Bytes
                may be bytes.
        """
        return pd.DataFrame({c.name: self._cell(values[c.name], c) for c in self._columns})

    def _cell(self, value: Any, column: Column) -> pd.Series[Any]:
        match column.type:
            case "vector":
                return _boxed(self._vector(value, column))
            case "bytes":
                return _boxed(base64.b64decode(value) if isinstance(value, str) else value)
            case "image":
                return _boxed(self._image(value, column))
            case "datetime":
                return _datetimes(value, column.dtype)
            case _:
                return _scalar(value, column)

    def _vector(self, value: Any, column: Column) -> Any:
        """A null is an array of NaN where the model takes arrays of one shape."""
        sizes = [size for size in column.dimensions if size is not None]
        if value is None and self._has_arrays and len(sizes) == len(column.dimensions):
            return np.full(sizes, np.nan)
        return value

    def _image(self, value: str | None, column: Column) -> Any:
        """An image, or its array where the model takes arrays."""
        if value is None:
            return None
        image = self._readers[column.name].read(value)
        if column.dtype == "object" and not self._has_arrays:
            return image
        divisor, offset = _SCALES[column.pixel_scale]
        pixels = np.atleast_3d(np.asarray(image)) / divisor + offset
        dtype = "uint8" if column.dtype == "object" else column.dtype
        return _laid_out(pixels, column.pixel_layout).astype(dtype)


def _laid_out(pixels: Any, layout: str) -> Any:
    """An array (height, width, channels) with its axes in another order."""
    match layout:
        case "hw":
            return pixels[:, :, 0]
        case "chw":
            return np.moveaxis(pixels, 2, 0)
        case "flat":
            return pixels.ravel()
        case _:
            return pixels


def _boxed(value: Any) -> pd.Series[Any]:
    """A series of the one object, whatever it holds."""
    cells = np.empty(1, dtype=object)
    cells[0] = value
    return pd.Series(cells)


def _scalar(value: Any, column: Column) -> pd.Series[Any]:
    if column.dtype == "category":
        held = [] if value is None else [value]
        known = pd.Categorical(held or [None], categories=list(column.categories))
        return pd.Series(known)
    if value is None:
        return _null(column)
    if column.dtype == "object":
        return pd.Series([value], dtype=object)
    low, high = integer_bounds(column.dtype.lower()) or (value, value)
    wide = "Int64" if column.dtype[0] in "IU" else "int64"
    with np.errstate(over="ignore"):
        dtype: Any = pd.api.types.pandas_dtype(column.dtype if low <= value <= high else wide)
        found: pd.Series[Any] = pd.Series([value]).astype(dtype)
        return found


def _null(column: Column) -> pd.Series[Any]:
    if column.dtype.startswith(("int", "uint", "float")):
        wide = column.dtype if column.dtype.startswith("float") else "float64"
        return pd.Series([math.nan], dtype=wide)
    if column.dtype in ("object", "bool"):
        return pd.Series([None if column.null_as == "none" else math.nan], dtype=object)
    return pd.Series([None], dtype=column.dtype)


def _datetimes(value: str | None, dtype: str) -> pd.Series[Any]:
    if "datetime64" not in dtype:
        return pd.Series([value], dtype=object)
    texts: Any = [value]
    moments = pd.Series(pd.to_datetime(texts, utc=True, format="ISO8601"))
    wanted: Any = pd.api.types.pandas_dtype(dtype)
    if isinstance(wanted, pd.DatetimeTZDtype):
        return moments.dt.tz_convert(wanted.tz).astype(wanted)
    return moments.dt.tz_localize(None).astype(wanted)
