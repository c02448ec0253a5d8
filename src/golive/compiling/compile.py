"""From a fitted estimator and its signature to a program on disk."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from golive.compiling.exporting import Exports, NotExportableError
from golive.compiling.given import Given, Made
from golive.compiling.table import EXPORTERS
from golive.scorer.writing import ProgramWriter
from golive.signature.model import Column, Signature

__all__ = ["write_program"]

_NUMERIC = ("integer", "number", "boolean")


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
        case "frame" if all(
            column.type in (*_NUMERIC, "string", "category", "text") for column in columns
        ):
            kinds = [_kind_of(column) for column in columns]
            node = exports.step("inputs.table", "table", width, args={"kinds": kinds})
            given = Given(gives="table", width=width, names=signature.column_names, columns=columns)
            return Made(node=node, given=given)
        case form:
            raise NotExportableError(f"inputs of the form {form} with columns of other types")


def _kind_of(column: Column) -> str:
    """How a null of the column is seen by the original."""
    if column.type in ("integer", "number"):
        return "number" if column.type == "number" else "nan"
    return "none" if column.null_as == "none" else "nan"
