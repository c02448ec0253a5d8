"""What a tensor program is called with: a batch as one array for each of its inputs."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np
from msgspec.structs import replace

from golive.errors import ModelLoadError, RecordError
from golive.runtimes.arrays import column_array
from golive.runtimes.protocols import Batch
from golive.runtimes.tensor_program import TensorFacts, TensorSpec
from golive.signature.model import Column, Signature

__all__ = ["tensor_inputs"]

_Array = np.ndarray[Any, Any]


def tensor_inputs(signature: Signature, facts: TensorFacts) -> Callable[[Batch], list[_Array]]:
    """A function that turns a batch into the arrays that a program takes.

    With the form `matrix` the columns stand side by side in the one input; with `tensors` each
    column is one input, in the inputs' order. A null is NaN where the input holds floats.

    Args:
        signature: The model's signature.
        facts: What the program takes.

    Raises:
        ModelLoadError: The signature's columns are not what the program takes.
    """
    columns, inputs = signature.columns, facts.inputs
    if signature.form == "matrix" and len(inputs) == 1:
        if len(columns) == 1 and columns[0].type == "vector":
            return _each(columns, inputs)
        return _matrix(columns, inputs[0])
    if signature.form == "tensors" and len(columns) == len(inputs):
        return _each(columns, inputs)
    raise ModelLoadError(
        f"The model takes {len(inputs)} arrays ({', '.join(spec.name for spec in inputs)}); the"
        f" signature has the form {signature.form!r} and {len(columns)} columns."
    )


def _matrix(columns: tuple[Column, ...], spec: TensorSpec) -> Callable[[Batch], list[_Array]]:
    if len(spec.shape) != 1 or spec.shape[0] not in (None, len(columns)):
        raise ModelLoadError(
            f"The model's input {spec.name!r} has the shape {_shape_text(spec)}; the signature's"
            f" {len(columns)} columns need (n, {len(columns)})."
        )

    def build(batch: Batch) -> list[_Array]:
        matrix = np.empty((batch.size, len(columns)), dtype=spec.dtype)
        for index, (column, values) in enumerate(zip(columns, batch.columns, strict=True)):
            matrix[:, index] = _scalars(column, values, matrix.dtype)
        return [matrix]

    return build


def _each(
    columns: tuple[Column, ...], inputs: tuple[TensorSpec, ...]
) -> Callable[[Batch], list[_Array]]:
    pairs = list(zip(columns, inputs, strict=True))

    def build(batch: Batch) -> list[_Array]:
        return [
            _shaped(_column_array(column, values, np.dtype(spec.dtype)), spec)
            for (column, spec), values in zip(pairs, batch.columns, strict=True)
        ]

    return build


def _column_array(column: Column, values: list[Any], dtype: np.dtype[Any]) -> _Array:
    match column.type:
        case "image" | "bytes":
            return column_array(replace(column, dtype=dtype.name))(values)
        case "vector" if dtype.kind == "f":
            return _narrowed(column, column_array(replace(column, dtype="float64"))(values), dtype)
        case "vector":
            return column_array(replace(column, dtype=dtype.name))(values)
        case _:
            return _scalars(column, values, dtype)


def _scalars(column: Column, values: list[Any], dtype: np.dtype[Any]) -> _Array:
    """Numbers and texts in the program's own type; what it cannot hold is the record's fault."""
    if dtype.kind == "f":
        return _narrowed(column, np.array(values, dtype=np.float64), dtype)
    if None in values:
        raise RecordError(
            "null_not_allowed",
            f"The model's input cannot hold a null in {column.name}.",
            column.name,
        )
    if dtype.kind in "OSU":
        array = np.empty(len(values), dtype=object)
        array[:] = [str(value) for value in values]
        return array
    try:
        return np.array(values, dtype=dtype)
    except OverflowError as error:
        raise _too_large(column, dtype) from error


def _narrowed(column: Column, wide: _Array, dtype: np.dtype[Any]) -> _Array:
    with np.errstate(over="ignore"):
        array = wide.astype(dtype)
    if (np.isinf(array) & np.isfinite(wide)).any():
        raise _too_large(column, dtype)
    return array


def _shaped(array: _Array, spec: TensorSpec) -> _Array:
    """The array with the input's rank: one number a record fits (n, 1), a flat vector (n, h, w)."""
    wanted = spec.shape
    if array.shape[1:] == wanted:
        return array
    if None not in wanted and math.prod(array.shape[1:]) == math.prod(map(_known, wanted)):
        return array.reshape(len(array), *map(_known, wanted))
    if array.ndim == 1:
        return array.reshape(len(array), *([1] * len(wanted)))
    return array


def _known(size: int | None) -> int:
    assert size is not None
    return size


def _too_large(column: Column, dtype: np.dtype[Any]) -> RecordError:
    return RecordError(
        "out_of_range", f"The model's input holds {dtype.name}, which ends before.", column.name
    )


def _shape_text(spec: TensorSpec) -> str:
    return f"({', '.join(['n', *('any' if size is None else str(size) for size in spec.shape)])})"
