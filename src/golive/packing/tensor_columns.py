"""A column of the sample as one input of a tensor program, or as one feature of its matrix."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pandas as pd
from msgspec.structs import replace
from pandas.api import types

from golive.errors import SignatureError
from golive.packing.columns import column_of
from golive.packing.corrections import TextFrame
from golive.packing.data import plain_value
from golive.packing.picture_layouts import laid_out, layouts_of
from golive.packing.pictures import Picture
from golive.runtimes.arrays import array_shape
from golive.runtimes.tensor_program import TensorSpec
from golive.signature.model import Column

__all__ = ["tensor_column"]

_Typed = tuple[Column, pd.Series]
_LONGEST_EXAMPLE = 256


def tensor_column(
    series: pd.Series, spec: TensorSpec, text_frame: TextFrame | None, *, is_feature: bool
) -> _Typed:
    """The column's description, in the program's own type, and its values in that type.

    Args:
        series: The column of the sample.
        spec: The input that it is, or is a feature of.
        text_frame: Reads columns of the sample's file again as text.
        is_feature: It is one of the columns that stand side by side in the input.

    Raises:
        SignatureError: Its values are not what the input holds, or have another shape.
    """
    first = next((cell for cell in series.tolist() if isinstance(cell, Picture)), None)
    if first is not None:
        return _image(series, first, spec)
    if not is_feature and _shape_of(series) != ():
        return _vector(series, spec)
    if not is_feature and math.prod(size or 1 for size in spec.shape) != 1:
        raise SignatureError(
            f"The model's input {spec.name!r} holds an array of the shape {spec.shape} a record,"
            f" and the column {series.name!r} single values.",
            hint="Give the column as nested lists.",
        )
    if spec.dtype == "object":
        return _text(series, text_frame)
    return _number(series, spec)


def _text(series: pd.Series, text_frame: TextFrame | None) -> _Typed:
    if not types.is_object_dtype(series.dtype) and not types.is_string_dtype(series.dtype):
        name = str(series.name)
        texts = series.astype(str) if text_frame is None else text_frame([name])[name]
        series = texts.where(series.notna(), None).rename(name)
    return replace(column_of(series), dtype="object"), series


def _number(series: pd.Series, spec: TensorSpec) -> _Typed:
    if types.is_bool_dtype(series.dtype):
        return replace(column_of(series), dtype=spec.dtype), series
    if not types.is_numeric_dtype(series.dtype):
        raise SignatureError(
            f"Column {series.name!r} holds {series.dtype}, and the model's input {spec.name!r}"
            f" {spec.dtype}.",
            hint="Give the column as the model takes it; name the target with --target.",
        )
    if np.dtype(spec.dtype).kind == "f":
        wide = series.astype("float64")
        return replace(column_of(wide), dtype=spec.dtype), wide
    if (series.dropna() % 1 != 0).any():
        raise SignatureError(
            f"Column {series.name!r} holds fractions, and the model's input {spec.name!r}"
            f" {spec.dtype}.",
            hint="Give the column as the model takes it.",
        )
    return replace(column_of(series), type="integer", dtype=spec.dtype), series


def _image(series: pd.Series, first: Picture, spec: TensorSpec) -> _Typed:
    """The column in the layout of the input: channels last, channels first, or all in one axis."""
    if not isinstance(first.given, np.ndarray):
        raise SignatureError(
            f"Column {series.name!r} holds images, and the model's input {spec.name!r} an array.",
            hint="Name the range of the pixels that it takes, such as --pixels 0..1.",
        )
    column = replace(column_of(series), dtype=spec.dtype)
    candidates = [replace(column, pixel_layout=layout) for layout in layouts_of(column)]
    fitting = next((c for c in candidates if _fits_exactly(array_shape(c), spec.shape)), None)
    if fitting is None:
        raise SignatureError(
            f"Column {series.name!r} holds images of (height, width, channels) {column.shape}, and"
            f" the model's input {spec.name!r} takes {spec.shape}.",
            hint="Give images of the size and mode that the model was trained with.",
        )
    cells = [laid_out(cell, fitting) for cell in series.tolist()]
    return fitting, pd.Series(cells, name=series.name, index=series.index, dtype=object)


def _fits_exactly(shape: tuple[int | None, ...], wanted: tuple[int | None, ...]) -> bool:
    return len(shape) == len(wanted) and all(
        size in (None, own) for own, size in zip(shape, wanted, strict=True)
    )


def _vector(series: pd.Series, spec: TensorSpec) -> _Typed:
    shape = _shape_of(series)
    if not _fits(shape, spec.shape):
        raise SignatureError(
            f"Column {series.name!r} holds arrays of the shape {shape}, and the model's input"
            f" {spec.name!r} takes {spec.shape}.",
            hint="Give the column in the shape of the input.",
        )
    values = [plain_value(value) for value in series.tolist()]
    first = next(value for value in values if value is not None)
    column = Column(
        name=str(series.name),
        type="vector",
        dtype=spec.dtype,
        nullable=None in values,
        length=shape[0] if len(shape) == 1 else None,
        shape=shape if len(shape) > 1 else (),
        example=first if math.prod(shape) <= _LONGEST_EXAMPLE else None,
    )
    return column, pd.Series(values, name=series.name, index=series.index, dtype=object)


def _shape_of(series: pd.Series) -> tuple[int, ...]:
    """The shape of every array of the column; () where it holds single values.

    Raises:
        SignatureError: They have different shapes.
    """
    shapes = {_shape(value) for value in series.tolist() if plain_value(value) is not None}
    if len(shapes) > 1 or None in shapes:
        known = sorted(shape for shape in shapes if shape is not None)
        raise SignatureError(
            f"Column {series.name!r} holds arrays of different shapes, such as"
            f" {known[0]} and {known[-1] if len(known) > 1 else 'ragged lists'}.",
            hint="Pad or cut them to one shape, as in training.",
        )
    return next(iter(shapes), ()) or ()


def _shape(value: Any) -> tuple[int, ...] | None:
    """None for lists of different lengths."""
    if not isinstance(value, list | tuple | np.ndarray):
        return ()
    try:
        return np.shape(np.asarray(value, dtype=float))
    except ValueError:
        return None


def _fits(shape: tuple[int, ...], wanted: tuple[int | None, ...]) -> bool:
    """A flat list fills any input and a flat input takes any array, in the order of the elements.

    Else only axes of one element may differ: another order of the axes, such as the channels last
    for first, is no reshaping.
    """
    if None in wanted:
        return _fits_exactly(shape, wanted)
    sizes = [size for size in wanted if size not in (None, 1)]
    if len(shape) == 1 or len(wanted) == 1:
        return math.prod(shape) == math.prod(size or 1 for size in sizes)
    return [size for size in shape if size != 1] == sizes
