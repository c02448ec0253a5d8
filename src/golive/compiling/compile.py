"""From a fitted estimator and its signature to a program on disk."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from msgspec.structs import replace

from golive.compiling.exporting import Exports, NotExportableError
from golive.compiling.given import Given, Made, null_of
from golive.compiling.table import EXPORTERS
from golive.scorer.writing import ProgramWriter
from golive.signature.model import Column, Signature

__all__ = ["write_program"]

_NUMERIC = ("integer", "number", "boolean")
_TABULAR = (*_NUMERIC, "string", "category", "text")


def write_program(estimator: Any, signature: Signature, directory: Path) -> list[Path]:
    """Export a fitted estimator as a program; nothing is compared here.

    Args:
        estimator: The fitted estimator, pipeline or booster.
        signature: What it takes and gives.
        directory: Where the program is written; it exists.

    Returns:
        The files written.

    Raises:
        NotExportableError: A step, an option of it, or a column has no exporter.
    """
    writer = ProgramWriter()
    exports = Exports(EXPORTERS, writer)
    source = _source(signature, exports)
    assert source.given is not None
    made = exports.export(estimator, source.given)
    if made.given is not None:
        raise NotExportableError(f"{type(estimator).__name__} does not predict")
    classes = signature.output.classes
    return writer.write(
        directory,
        exports.pipeline([source.node, made.node]),
        classes=len(classes) if classes else None,
    )


def _source(signature: Signature, exports: Exports) -> Made:
    """The step that reads a record as the original gets it."""
    columns = signature.columns
    width = len(columns)
    match signature.form:
        case "matrix" if all(column.type in _NUMERIC for column in columns):
            is_float32 = all(column.dtype == "float32" for column in columns)
            node = exports.step("inputs.numbers", "dense", width, args={"is_float32": is_float32})
            return Made(node=node, given=Given(gives="dense", width=width, is_float32=is_float32))
        case "series":
            node = exports.step("inputs.text", "text", 1)
            return Made(node=node, given=Given(gives="text", width=1, columns=columns))
        case "frame" | "matrix" if all(column.type in _TABULAR for column in columns):
            return _table(signature, exports)
        case form:
            raise NotExportableError(f"inputs of the form {form} with columns of other types")


def _table(signature: Signature, exports: Exports) -> Made:
    """A row of a frame, or of a matrix of objects, which has no dtypes and no names."""
    columns, names = signature.columns, signature.column_names
    if signature.form == "matrix":
        columns = tuple(replace(column, dtype="object") for column in columns)
    elif len(set(names)) < len(names):
        raise NotExportableError("frames with columns of the same name")
    args: dict[str, Any] = {"kinds": [_kind_of(column) for column in columns]}
    if "category" in args["kinds"]:
        args["categories"] = [_categories_of(column) for column in columns]
    node = exports.step("inputs.table", "table", len(columns), args=args)
    known = names if signature.form == "frame" else None
    given = Given(gives="table", width=len(columns), names=known, columns=columns)
    return Made(node=node, given=given)


def _kind_of(column: Column) -> str:
    """How a value of the column is seen by the original."""
    if column.dtype in ("float32", "category"):
        return column.dtype
    return null_of(column)


def _categories_of(column: Column) -> list[Any] | None:
    if column.dtype != "category":
        return None
    if not all(isinstance(value, str | int | float | bool) for value in column.categories):
        raise NotExportableError(f"the categories of the column {column.name!r}")
    return list(column.categories)
