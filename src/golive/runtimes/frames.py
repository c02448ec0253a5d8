"""What a model is called with: a batch as a DataFrame, a matrix, an array or a list."""

from __future__ import annotations

import math
from collections.abc import Callable
from datetime import UTC, datetime, tzinfo
from typing import Any, Literal

import numpy as np
import pandas as pd

from golive.errors import SignatureError
from golive.runtimes.arrays import column_array, pixels_of
from golive.runtimes.protocols import Batch
from golive.signature.model import Column, Signature, integer_bounds

__all__ = ["input_builder"]

_Convert = Callable[[list[Any]], Any]
_INT64_MAX = 2**63 - 1
BooleanNulls = Literal["object", "number"]


def input_builder(
    signature: Signature, *, boolean_nulls: BooleanNulls = "object"
) -> Callable[[Batch], Any]:
    """A function that turns a batch into what the model takes, by the signature's form.

    A `frame` has every column in its training dtype; a `matrix` is float64 (float32 where every
    column is, object where one is not numeric; of one vector or image it has a row each); a
    `series` is the list of the sole column's values, such as texts; `tensors` of one column are
    its array. An integer or boolean column that holds a null becomes another dtype, as pandas
    itself would have read it, so records with and without such nulls belong in separate calls
    (`runtimes.partition`).

    Args:
        signature: The model's signature.
        boolean_nulls: What a boolean column with a null becomes: `object`, as in pandas, or
            `number` (1.0, 0.0, NaN) for vendors that take no objects.

    Raises:
        SignatureError: The form has no columns to build from, or a dtype is unknown.
    """
    match signature.form:
        case "frame":
            return _frame_builder(signature.columns, boolean_nulls)
        case "matrix":
            return _matrix_builder(signature.columns)
        case "series" if len(signature.columns) == 1:
            return lambda batch: batch.columns[0]
        case "tensors" if len(signature.columns) == 1:
            convert = column_array(signature.columns[0])
            return lambda batch: convert(batch.columns[0])
        case form:
            raise SignatureError(
                f"A model of this kind cannot be called with the form {form!r}"
                f" and {len(signature.columns)} columns."
            )


def _frame_builder(
    columns: tuple[Column, ...], boolean_nulls: BooleanNulls
) -> Callable[[Batch], pd.DataFrame]:
    converts = [(column.name, _column_converter(column, boolean_nulls)) for column in columns]

    def build(batch: Batch) -> pd.DataFrame:
        pairs = zip(converts, batch.columns, strict=True)
        data = {name: _held(convert(values)) for (name, convert), values in pairs}
        return pd.DataFrame(data, index=pd.RangeIndex(batch.size), copy=False)

    return build


def _held(values: Any) -> Any:
    """Objects as a Series: a DataFrame made of object arrays infers `str` since pandas 3."""
    if isinstance(values, np.ndarray) and values.dtype == object:
        return pd.Series(values, dtype=object, copy=False)
    return values


def _column_converter(column: Column, boolean_nulls: BooleanNulls) -> _Convert:
    if column.type == "image" and column.dtype != "object":
        return _pixels_converter(column)
    if column.type in ("vector", "bytes", "image"):
        return _objects_converter(column)
    if column.dtype == "category":
        return _category_converter(column)
    dtype = _parsed_dtype(column)
    if isinstance(dtype, np.dtype):
        return _numpy_converter(column, dtype, boolean_nulls)
    if isinstance(dtype, pd.DatetimeTZDtype):
        return _datetime_converter(dtype, dtype.tz)
    bounds = integer_bounds(column.dtype.lower())
    return lambda values: pd.array(values, dtype=dtype if _fit(values, bounds) else "Int64")


def _numpy_converter(column: Column, dtype: np.dtype[Any], boolean_nulls: BooleanNulls) -> _Convert:
    match dtype.kind:
        case "f":
            return lambda values: np.array(values, dtype=dtype)
        case "i" | "u":
            return _brittle_converter(dtype, np.dtype("float64"))
        case "b":
            number = np.dtype("float64") if boolean_nulls == "number" else None
            return _brittle_converter(dtype, number)
        case "M":
            return _datetime_converter(dtype, None)
        case _:
            return _objects_converter(column)


def _parsed_dtype(column: Column) -> Any:
    try:
        return pd.api.types.pandas_dtype(column.dtype)
    except TypeError as error:
        raise SignatureError(
            f"Column {column.name!r} has the unknown dtype {column.dtype!r}.",
            hint="Use a dtype of pandas, such as int64, float64, bool, str, object or category.",
        ) from error


def _brittle_converter(dtype: np.dtype[Any], with_null: np.dtype[Any] | None) -> _Convert:
    """For dtypes that cannot hold a null; None stands for objects with NaN as null."""
    bounds = integer_bounds(dtype.name)

    def convert(values: list[Any]) -> Any:
        if None not in values:
            return np.array(values, dtype=dtype if _fit(values, bounds) else "int64")
        if with_null is not None:
            return np.array(values, dtype=with_null)
        return _objects([math.nan if value is None else value for value in values])

    return convert


def _fit(values: list[Any], bounds: tuple[int, int] | None) -> bool:
    """Whether the values are in the bounds of the training dtype; pandas reads others wider."""
    if bounds is None or (bounds[1] == _INT64_MAX and bounds[0] < 0):
        return True
    low, high = bounds
    return all(value is None or low <= value <= high for value in values)


def _objects_converter(column: Column) -> _Convert:
    hold = _boxed if column.type in ("vector", "bytes", "image") else _objects
    if column.null_as == "none":
        return hold
    return lambda values: hold([math.nan if value is None else value for value in values])


def _pixels_converter(column: Column) -> _Convert:
    """An array a cell, for models that were trained on such cells."""
    hold = _objects_converter(column)
    layout, scale, dtype = column.pixel_layout, column.pixel_scale, np.dtype(column.dtype)
    return lambda values: hold(
        [None if value is None else pixels_of(value, layout, scale, dtype) for value in values]
    )


def _objects(values: list[Any]) -> Any:
    """An object array of one dimension."""
    array = np.empty(len(values), dtype=object)
    array[:] = values
    return array


def _boxed(values: list[Any]) -> Any:
    """The same of lists of equal length and of images, which NumPy would take apart."""
    boxed = np.empty(len(values), dtype=object)
    for index, value in enumerate(values):
        boxed[index] = value
    return boxed


def _category_converter(column: Column) -> _Convert:
    dtype = pd.CategoricalDtype(list(column.categories))
    codes: dict[Any, int] = {value: code for code, value in enumerate(column.categories)}
    codes[None] = -1

    def convert(values: list[Any]) -> pd.Categorical:
        try:
            found = [codes[value] for value in values]
        except KeyError as error:
            raise ValueError(
                f"{error.args[0]!r} is not among the categories of column {column.name!r},"
                " and a value of the dtype category cannot be passed without one."
            ) from None
        return pd.Categorical.from_codes(found, dtype=dtype)

    return convert


def _datetime_converter(dtype: Any, zone: tzinfo | None) -> _Convert:
    """Times without a zone are UTC where the column has one; zones are dropped after UTC."""

    def convert(values: list[Any]) -> Any:
        if zone is None:
            plain = [_naive(value) for value in values]
        else:
            plain = [_aware(value, zone) for value in values]
        return pd.Series(plain, dtype=dtype).array

    return convert


def _naive(value: datetime | None) -> datetime | None:
    if value is None or value.tzinfo is None:
        return value
    return value.astimezone(UTC).replace(tzinfo=None)


def _aware(value: datetime | None, zone: tzinfo) -> datetime | None:
    if value is None:
        return None
    return (value if value.tzinfo else value.replace(tzinfo=UTC)).astimezone(zone)


def _matrix_builder(columns: tuple[Column, ...]) -> Callable[[Batch], Any]:
    if len(columns) == 1 and columns[0].type in ("vector", "image"):
        return _stacker(columns[0])
    if all(column.type in ("integer", "number", "boolean") for column in columns):
        narrow = all(column.dtype == "float32" for column in columns)
        dtype: np.dtype[Any] = np.dtype("float32" if narrow else "float64")
        converts: list[_Convert] = [lambda values: np.array(values, dtype=dtype)] * len(columns)
    else:
        dtype = np.dtype(object)
        converts = [_objects_converter(column) for column in columns]

    def build(batch: Batch) -> Any:
        matrix = np.empty((batch.size, len(columns)), dtype=dtype)
        for index, (convert, values) in enumerate(zip(converts, batch.columns, strict=True)):
            matrix[:, index] = convert(values)
        return matrix

    return build


def _stacker(column: Column) -> Callable[[Batch], Any]:
    """One vector or image a record becomes one row; a null is a row of NaN."""
    convert = column_array(column)

    def build(batch: Batch) -> Any:
        array = convert(batch.columns[0])
        return array.reshape(batch.size, math.prod(array.shape[1:]))

    return build
