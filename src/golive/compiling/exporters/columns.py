"""Columns: which of them a transformer takes, and what numbers they hold."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np

from golive.compiling.exporting import Exports, NotExportableError
from golive.compiling.given import Given, Made
from golive.signature.model import Column

__all__ = ["is_float32", "part_of", "positions_of"]

_SMALL = frozenset(
    {"int8", "int16", "uint8", "uint16", "bool", "Int8", "Int16", "UInt8", "UInt16", "boolean"}
)


def is_float32(columns: tuple[Column, ...]) -> bool:
    """Whether the original makes an array of 32-bit floats of these columns of a frame.

    Raises:
        NotExportableError: It depends on which of them are null, or their dtype is not known here.
    """
    dtypes = {column.dtype for column in columns}
    if dtypes & {"float16", "Float32", "float128", "category"}:
        raise NotExportableError("numbers of a dtype that golive does not round as the original")
    if "float32" in dtypes and dtypes & _SMALL and dtypes <= _SMALL | {"float32"}:
        raise NotExportableError("32-bit floats beside small integers or booleans")
    return dtypes == {"float32"}


def positions_of(wanted: Any, transformer: Any, given: Given) -> list[int]:
    """The positions, in what is given, of the columns that a ColumnTransformer's step takes.

    Raises:
        NotExportableError: They are selected in a way that is not known here.
    """
    fitted = getattr(transformer, "feature_names_in_", None)
    total = len(fitted) if fitted is not None else transformer.n_features_in_
    positions = _fitted_positions(wanted, None if fitted is None else list(fitted), total)
    if fitted is None or given.names is None:
        if total != given.width:
            raise NotExportableError("ColumnTransformer fitted with another number of columns")
        return positions
    try:
        return [given.names.index(fitted[position]) for position in positions]
    except ValueError:
        raise NotExportableError("ColumnTransformer fitted with other columns") from None


def _fitted_positions(wanted: Any, names: list[str] | None, total: int) -> list[int]:
    if isinstance(wanted, slice):
        return _sliced(wanted, names, total)
    if callable(wanted):
        raise NotExportableError("columns selected by a function that was not called")
    keys = np.atleast_1d(np.asarray(wanted, dtype=object)).tolist()
    if keys and all(isinstance(key, bool | np.bool_) for key in keys):
        return [at for at, is_taken in enumerate(keys) if is_taken]
    if all(isinstance(key, int | np.integer) for key in keys):
        return [int(key) % total for key in keys]
    if names is None or not all(key in names for key in keys):
        raise NotExportableError("columns selected by names that are not known")
    return [names.index(key) for key in keys]


def _sliced(wanted: slice, names: list[str] | None, total: int) -> list[int]:
    """Slices of positions end before their end, slices of names with it."""
    if not any(isinstance(end, str) for end in (wanted.start, wanted.stop)):
        return list(range(total))[wanted]
    if names is None:
        raise NotExportableError("columns selected by names that are not known")
    start = None if wanted.start is None else names.index(wanted.start)
    stop = None if wanted.stop is None else names.index(wanted.stop) + 1
    return list(range(total))[slice(start, stop, wanted.step)]


def part_of(given: Given, positions: list[int], exports: Exports, *, is_scalar: bool) -> Made:
    """The step that picks columns; a scalar picks the values of one column, as vectorizers take.

    Raises:
        NotExportableError: A single column of numbers is picked as if it held texts.
    """
    columns = tuple(given.columns[at] for at in positions) if given.columns else ()
    names = tuple(given.names[at] for at in positions) if given.names is not None else None
    width = len(positions)
    part = replace(given, width=width, columns=columns, names=names)
    if is_scalar:
        if given.gives != "table":
            raise NotExportableError("a single column of numbers that is picked as a scalar")
        part = replace(part, gives="text", names=None)
    elif positions == list(range(given.width)):
        return Made(node=exports.step("composing.same", given.gives, width), given=part)
    node = exports.step("composing.pick", part.gives, width, args={"positions": positions})
    return Made(node=node, given=part)
