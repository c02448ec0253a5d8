"""The columns of a signature, inferred from a sample and what the model knows."""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Callable, Sequence
from datetime import date
from typing import Any, Literal

import numpy as np
import pandas as pd
from pandas.api import types

from golive.errors import SignatureError
from golive.packing.data import plain_value
from golive.packing.pictures import Picture
from golive.signature.model import Column, ColumnType, JsonValue

__all__ = ["column_of"]

_MOST_CATEGORIES = 50
_TEXT_LENGTH = 60
_TEXT_WORDS = 5
_EXAMPLE_LENGTH = 200
_ENCODED_EXAMPLE = 4_000
_VECTOR_EXAMPLE = 1_000
_PICTURE_MEMBERS = ("dtype", "shape", "pixel_mode", "pixel_scale", "pixel_layout")
_MOMENT = re.compile(r"\d{1,4}[-/.]\d{1,2}[-/.]\d{1,4}([ T]|$)|\d{1,2}:\d{2}(:|$)")
_DTYPES: tuple[tuple[Callable[[Any], bool], ColumnType], ...] = (
    (lambda dtype: isinstance(dtype, pd.CategoricalDtype), "category"),
    (types.is_bool_dtype, "boolean"),
    (types.is_integer_dtype, "integer"),
    (types.is_float_dtype, "number"),
    (types.is_datetime64_any_dtype, "datetime"),
)
_KINDS: tuple[tuple[tuple[type, ...], ColumnType], ...] = (
    ((bool, np.bool_), "boolean"),
    ((int, np.integer), "integer"),
    ((float, np.floating), "number"),
    ((str,), "string"),
    ((date,), "datetime"),
    ((list, tuple, np.ndarray), "vector"),
    ((Picture,), "image"),
    ((bytes,), "bytes"),
)


def column_of(
    series: pd.Series, *, categories: tuple[JsonValue, ...] | None = None, is_text: bool = False
) -> Column:
    """Describe one column of the sample, corrected beforehand.

    Args:
        series: The column.
        categories: The values that the model's encoders know; None if none looks at the column.
        is_text: A text vectorizer of the model reads it.

    Raises:
        SignatureError: The column mixes kinds of values, or holds a kind that no type stands for.
    """
    values = [value for value in map(plain_value, series.tolist()) if value is not None]
    type_ = _type_of(series, values)
    known = _categories_of(series, type_, values, categories)
    if is_text and type_ in {"string", "category"}:
        type_, known = "text", ()
    elif known:
        type_ = "category"
    elif type_ == "category":
        type_ = "string"
    ordered = _ordered(type_, values)
    sized = _sized(series, type_, values)
    return Column(
        name=str(series.name),
        type=type_,
        dtype=sized.pop("dtype", str(series.dtype)),
        nullable=len(values) < len(series),
        minimum=ordered[0] if ordered else None,
        maximum=ordered[-1] if ordered else None,
        categories=known,
        example=ordered[len(ordered) // 2] if ordered else _example(type_, values),
        null_as=_null_as(series),
        **sized,
    )


def _type_of(series: pd.Series, values: list[Any]) -> ColumnType:
    dtype = series.dtype
    for is_dtype, type_ in _DTYPES:
        if is_dtype(dtype):
            return type_
    if types.is_object_dtype(dtype):
        return _type_of_objects(series, values)
    if types.is_string_dtype(dtype):
        return _type_of_texts(values)
    raise SignatureError(
        f"Column {series.name!r} has the dtype {dtype}, which no column type stands for.",
        hint="Turn it into numbers, text or datetimes before training.",
    )


def _type_of_objects(series: pd.Series, values: list[Any]) -> ColumnType:
    if not values:
        return "string"
    kinds = {_kind(value) for value in series.tolist() if plain_value(value) is not None}
    if kinds == {"integer", "number"}:
        return "number"
    if len(kinds) > 1 or "other" in kinds:
        found = sorted({type(v).__name__ for v in values})
        raise SignatureError(
            f"Column {series.name!r} holds values of the types {', '.join(found)}.",
            hint="A column must hold one kind of value: convert it before training and packing.",
        )
    kind = kinds.pop()
    if kind == "other" or kind == "string":  # noqa: PLR1714  # narrows the type
        return _type_of_texts(values)
    return kind


def _kind(value: object) -> ColumnType | Literal["other"]:
    return next((kind for types_, kind in _KINDS if isinstance(value, types_)), "other")


def _type_of_texts(values: list[str]) -> ColumnType:
    if not values:
        return "string"
    distinct = len(set(values))
    if all(_MOMENT.match(value) for value in set(values)):
        return "string"  # every new day would be an unseen category
    if distinct <= _MOST_CATEGORIES and (distinct * 2 <= len(values) or distinct <= 2):
        return "category"
    length = sum(map(len, values)) / len(values)
    words = sum(len(value.split()) for value in values) / len(values)
    return "text" if length > _TEXT_LENGTH or words >= _TEXT_WORDS else "string"


def _categories_of(
    series: pd.Series,
    type_: ColumnType,
    values: list[Any],
    known: tuple[JsonValue, ...] | None,
) -> tuple[JsonValue, ...]:
    if isinstance(series.dtype, pd.CategoricalDtype):
        return tuple(plain_value(value) for value in series.cat.categories)
    if known is not None and type_ not in {"boolean", "datetime", "vector", "bytes", "image"}:
        return known
    if type_ == "category":
        return tuple(sorted(set(values)))
    return ()


def _ordered(type_: ColumnType, values: list[Any]) -> list[Any]:
    if type_ in {"integer", "number"}:
        return sorted(value for value in values if math.isfinite(value))
    return sorted(values) if type_ == "datetime" else []


def _example(type_: ColumnType, values: list[Any]) -> JsonValue:
    if not values:
        return None
    if type_ in {"bytes", "image"}:
        smallest: str = min(values, key=len)
        return smallest if len(smallest) <= _ENCODED_EXAMPLE else None
    if type_ == "vector":
        return values[0] if np.asarray(values[0]).size <= _VECTOR_EXAMPLE else None
    if type_ in {"text", "string"}:
        by_length = sorted(values[:1000], key=lambda text: (len(text), text))
        return by_length[len(by_length) // 2][:_EXAMPLE_LENGTH]
    return Counter(values).most_common(1)[0][0]


def _sized(series: pd.Series, type_: ColumnType, values: Sequence[Any]) -> dict[str, Any]:
    """The members of a column that say the sizes of its vectors or images."""
    first = next((cell for cell in series.tolist() if cell is not None), None)
    if type_ == "image" and isinstance(first, Picture):
        return {name: getattr(first.facts, name) for name in _PICTURE_MEMBERS}
    if type_ != "vector":
        return {}
    shape = _shape(series, values)
    dtype = first.dtype if isinstance(first, np.ndarray) else np.dtype(object)
    if len(shape) == 1:
        return {"length": shape[0]} | ({"dtype": str(dtype)} if dtype.kind == "f" else {})
    return {"shape": shape, "dtype": str(dtype) if dtype.kind in "fiu" else "float64"}


def _shape(series: pd.Series, values: Sequence[list[Any]]) -> tuple[int, ...]:
    try:
        shapes = {np.shape(value) for value in values}
    except ValueError as error:
        raise _unequal(series, str(error)) from error
    if len(shapes) > 1:
        lengths = {shape[0] for shape in shapes}
        found = f"{min(lengths)} to {max(lengths)} elements"
        raise _unequal(series, found if len(lengths) > 1 else str(sorted(shapes))[1:-1])
    return shapes.pop()


def _unequal(series: pd.Series, found: str) -> SignatureError:
    return SignatureError(
        f"Column {series.name!r} holds vectors of different lengths ({found}).",
        hint="Every vector of a column must have the same number of elements.",
    )


def _null_as(series: pd.Series) -> Any:
    if not types.is_object_dtype(series.dtype):
        return "nan"
    return "none" if any(value is None for value in series.tolist()) else "nan"
