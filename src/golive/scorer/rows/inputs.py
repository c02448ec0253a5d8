"""Inputs: a record's values as the original model would have got them."""

from __future__ import annotations

from collections.abc import Callable
from math import nan
from typing import Any

from golive.scorer.format import ProgramError
from golive.scorer.node import Node
from golive.scorer.rows.building import Transform
from golive.scorer.rows.composing import same

__all__ = ["OPS"]


def _numbers(node: Node) -> Transform:
    """Every value a float, null NaN; rounded to 32 bits where the original's matrix is.

    The arguments: `is_float32`, and `is_read`: the values come from a step that has read them, so
    that numbers are never null.
    """
    if node.args.get("is_float32"):
        from array import array

        return lambda row: array("f", [nan if v is None else v for v in row]).tolist()
    if node.args.get("is_read"):
        return lambda row: list(map(float, row))

    def read(row: list[Any]) -> list[float]:
        return [nan if value is None else float(value) for value in row]

    return read


def _table(node: Node) -> Transform:
    """Each column's value as the original would have it from a frame.

    The argument `kinds` says how a column is read: `nan` or `none` is what null becomes;
    `float32` rounds to 32 bits; `category` refuses what is not among the column's `categories`
    (a list for each column, or null).
    """
    kinds: list[str] = node.args["kinds"]
    if all(kind == "nan" for kind in kinds):
        return lambda row: [nan if value is None else value for value in row]
    if all(kind == "none" for kind in kinds):
        return same
    lists = node.args.get("categories") or [None] * len(kinds)
    reads = [_read(kind, known) for kind, known in zip(kinds, lists, strict=True)]
    return lambda row: [read(value) for read, value in zip(reads, row, strict=True)]


def _read(kind: str, categories: list[Any] | None) -> Callable[[Any], Any]:
    match kind:
        case "none":
            return same
        case "nan":
            return _nan
        case "float32":
            from array import array

            return lambda value: array("f", [nan if value is None else value])[0]
        case "category":
            return _category({value: value for value in categories or ()})
        case _:
            raise ProgramError(f"The program reads a column as {kind!r}, which is not known.")


def _category(known: dict[Any, Any]) -> Callable[[Any], Any]:
    known[None] = nan

    def read(value: Any) -> Any:
        try:
            return known[value]
        except KeyError:
            raise ValueError(f"{value!r} is not among the categories of its column") from None

    return read


def _text(_: Node) -> Transform:
    """The only value of the record."""
    return lambda row: row[0]


def _nan(value: Any) -> Any:
    return nan if value is None else value


OPS: dict[str, Callable[[Node], Transform]] = {
    "numbers": _numbers,
    "table": _table,
    "text": _text,
}
