"""The input schema of an MLflow model: parsed, and laid over the sample and the signature."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from msgspec.structs import replace
from pandas.api import types

from golive.errors import SignatureError, UsageError
from golive.packing.corrections import TextFrame
from golive.packing.data import plain_value
from golive.signature.model import Column, Signature

__all__ = [
    "DeclaredColumn",
    "DeclaredSchema",
    "DeclaredTensor",
    "declared_signature",
    "declared_table",
    "parse_schema",
]

_DTYPES: dict[str, Any] = {
    "integer": "int32",
    "long": "int64",
    "float": "float32",
    "double": "float64",
}
_HINT = "Give the sample that the model was trained on, or correct the signature in MLmodel."


@dataclass(frozen=True, slots=True, kw_only=True)
class DeclaredColumn:
    """One column of a schema: its name, MLflow's name of its type, and whether it must be given."""

    name: str
    type: str
    is_required: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class DeclaredTensor:
    """One array of a schema.

    Attributes:
        name: Its name; empty for the one array of a model.
        dtype: NumPy's name of its type.
        shape: Its shape with the batch first; -1 stands for any size.
    """

    name: str
    dtype: str
    shape: tuple[int, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class DeclaredSchema:
    """The inputs that a model's signature declares: columns, or arrays."""

    columns: tuple[DeclaredColumn, ...] = ()
    tensors: tuple[DeclaredTensor, ...] = ()

    @property
    def matrix(self) -> DeclaredTensor | None:
        """The one array of rank 2 without a name, if that is what it declares."""
        alone = self.tensors[0] if len(self.tensors) == 1 else None
        return alone if alone is not None and not alone.name and len(alone.shape) == 2 else None


def parse_schema(text: object) -> DeclaredSchema | None:
    """Parse the JSON text of a signature's inputs; None if there are none.

    Raises:
        UsageError: It is no schema of MLflow's.
    """
    if not text:
        return None
    try:
        entries: list[dict[str, Any]] = json.loads(str(text))
        tensors = tuple(_tensor(entry) for entry in entries if entry["type"] == "tensor")
        columns = tuple(
            _column(at, entry) for at, entry in enumerate(entries) if entry["type"] != "tensor"
        )
    except (ValueError, TypeError, KeyError) as error:
        raise UsageError(
            f"The signature in MLmodel cannot be read: {error!r}.",
            hint="Save the model again, or take the signature out.",
        ) from error
    return DeclaredSchema(columns=columns, tensors=tensors)


def _column(position: int, entry: dict[str, Any]) -> DeclaredColumn:
    type_ = entry["type"]
    required = entry.get("required", not entry.get("optional", False))
    name = str(entry.get("name", position))
    return DeclaredColumn(name=name, type=str(type_), is_required=bool(required))


def _tensor(entry: dict[str, Any]) -> DeclaredTensor:
    spec = entry["tensor-spec"]
    shape = tuple(int(size) for size in spec["shape"])
    return DeclaredTensor(name=str(entry.get("name", "")), dtype=str(spec["dtype"]), shape=shape)


def declared_table(
    table: pd.DataFrame,
    schema: DeclaredSchema,
    *,
    target: str | None = None,
    text_frame: TextFrame | None = None,
) -> tuple[pd.DataFrame, list[str]]:
    """The sample with the schema's columns, in its order and types, and notes.

    The target stays, too. Columns that the schema does not have are left out.

    Args:
        table: The sample as it was read.
        schema: What the model declares.
        target: The column with the truths.
        text_frame: Reads columns of a file again as the texts that stand there.

    Raises:
        SignatureError: A column is missing, or its values are not of the declared type.
    """
    if schema.columns:
        return _declared_columns(table, schema.columns, target, text_frame)
    if schema.matrix is not None and not _holds_vectors(table):
        return _declared_matrix(table, schema.matrix, target), []
    return table, []


def _declared_columns(
    table: pd.DataFrame,
    declared: Sequence[DeclaredColumn],
    target: str | None,
    text_frame: TextFrame | None,
) -> tuple[pd.DataFrame, list[str]]:
    missing = [c.name for c in declared if c.is_required and c.name not in table.columns]
    if missing:
        raise SignatureError(
            f"The sample lacks {', '.join(map(repr, missing[:10]))}, which the signature in MLmodel"
            " requires.",
            hint=f"Its columns are {', '.join(repr(str(name)) for name in table.columns[:30])}.",
        )
    kept = {c.name: _as_declared(_series(table, c.name), c.type, text_frame) for c in declared}
    extra = [str(name) for name in table.columns if name not in kept and name != target]
    notes = [] if not extra else [f"Not in the signature of MLmodel, left out: {', '.join(extra)}."]
    if target is not None and target in table.columns:
        kept.setdefault(target, table[target])
    return pd.DataFrame(kept), notes


def _series(table: pd.DataFrame, name: str) -> pd.Series:
    """A column; nothing but nulls where the sample does not have an optional one."""
    if name in table.columns:
        return table[name]
    return pd.Series([None] * len(table), name=name, index=table.index, dtype=object)


def _declared_matrix(
    table: pd.DataFrame, tensor: DeclaredTensor, target: str | None
) -> pd.DataFrame:
    names = [name for name in table.columns if name != target]
    width = tensor.shape[1]
    if width not in (-1, len(names)):
        raise SignatureError(
            f"The signature in MLmodel declares {width} numbers a row, and the sample has "
            f"{len(names)} columns beside the target.",
            hint="Give the columns that the model was trained on; name the target with --target.",
        )
    for name in names:
        if not types.is_numeric_dtype(table[name].dtype):
            raise _contradiction(table[name], tensor.dtype)
    return table.astype(dict.fromkeys(names, tensor.dtype))


def _holds_vectors(table: pd.DataFrame) -> bool:
    return any(isinstance(value, list | np.ndarray) for value in table.iloc[0].tolist())


def _as_declared(series: pd.Series, type_: str, text_frame: TextFrame | None) -> pd.Series:
    if not series.notna().any():
        return series
    match type_:
        case "integer" | "long":
            return _as_whole(series, type_)
        case "float" | "double":
            if not _is_numeric(series):
                raise _contradiction(series, type_)
            return series.astype(_DTYPES[type_])
        case "string":
            return _as_text(series, text_frame)
        case "datetime":
            return _as_datetime(series)
        case _:
            return _unchanged(series, type_)


def _as_whole(series: pd.Series, type_: str) -> pd.Series:
    if not _is_numeric(series) or not (series.dropna() % 1 == 0).all():
        raise _contradiction(series, type_)
    return series if series.isna().any() else series.astype(_DTYPES[type_])


def _is_numeric(series: pd.Series) -> bool:
    return types.is_numeric_dtype(series.dtype) and not types.is_bool_dtype(series.dtype)


def _as_text(series: pd.Series, text_frame: TextFrame | None) -> pd.Series:
    if all(isinstance(value, str) for value in series.dropna().tolist()):
        return series
    if text_frame is None:
        raise _contradiction(series, "string")
    written = text_frame([str(series.name)])[str(series.name)]
    return written.where(series.notna(), None)


def _as_datetime(series: pd.Series) -> pd.Series:
    if types.is_datetime64_any_dtype(series.dtype):
        return series
    if not isinstance(series.dropna().iloc[0], str):
        raise _contradiction(series, "datetime")
    try:
        return pd.to_datetime(series)
    except ValueError as error:
        raise _contradiction(series, "datetime") from error


_PYTHON_TYPES: dict[str, tuple[type, ...]] = {
    "boolean": (bool, np.bool_),
    "binary": (bytes, bytearray, str),
    "array": (list, tuple, np.ndarray),
}


def _unchanged(series: pd.Series, type_: str) -> pd.Series:
    if type_ not in _PYTHON_TYPES:
        raise SignatureError(
            f"Column {series.name!r} is of the type {type_} in MLmodel, which no column type "
            "stands for.",
            hint="Give the model plain columns, or pack a function (file.py:function).",
        )
    expected = _PYTHON_TYPES[type_]
    if not all(isinstance(value, expected) for value in series.dropna().tolist()):
        raise _contradiction(series, type_)
    return series


def _contradiction(series: pd.Series, declared: str) -> SignatureError:
    values = [value for value in series.tolist() if plain_value(value) is not None]
    odd = next((v for v in values if isinstance(v, float) and v % 1), values[0])
    return SignatureError(
        f"Column {series.name!r} is {declared} in the signature of MLmodel, and the sample holds "
        f"{odd!r} ({series.dtype}).",
        hint=_HINT,
    )


def declared_signature(signature: Signature, schema: DeclaredSchema) -> Signature:
    """The signature with what the schema says of nulls and missing columns.

    A required column may not be null, unless the sample holds nulls in it; neither may a number of
    an array. An optional column may be left out where the model takes a null.
    """
    declared = {column.name: column for column in schema.columns}
    if schema.tensors:
        part = DeclaredColumn(name="", type="tensor")
        declared = dict.fromkeys(signature.column_names, part)
    columns = tuple(
        _settled(column, declared[column.name]) if column.name in declared else column
        for column in signature.columns
    )
    return replace(signature, columns=columns)


def _settled(column: Column, declared: DeclaredColumn) -> Column:
    if declared.is_required:
        return column if column.nullable else replace(column, on_null="error")
    passes = column.on_null == "pass"
    return replace(column, nullable=True, on_missing="null" if passes else column.on_missing)
