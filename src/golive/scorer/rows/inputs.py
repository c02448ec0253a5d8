"""Inputs: a record's values as the original model would have got them."""

from __future__ import annotations

from collections.abc import Callable
from math import nan
from typing import Any

from golive.scorer.node import Node
from golive.scorer.rows.building import Transform

__all__ = ["OPS"]


def _numbers(node: Node) -> Transform:
    """Every value a float, null NaN; rounded to 32 bits where the original's matrix is."""
    if node.args.get("is_float32"):
        from array import array

        return lambda row: array("f", [nan if v is None else v for v in row]).tolist()

    def read(row: list[Any]) -> list[float]:
        return [nan if value is None else float(value) for value in row]

    return read


def _table(node: Node) -> Transform:
    """Each column as `kinds` says: `number` (a float, null NaN), `nan` or `none` (for null)."""
    kinds: list[str] = node.args["kinds"]
    reads: list[Callable[[Any], Any]] = [_READS[kind] for kind in kinds]
    if all(kind == "none" for kind in kinds):
        return lambda row: row
    return lambda row: [read(value) for read, value in zip(reads, row, strict=True)]


def _text(_: Node) -> Transform:
    """The only value of the record."""
    return lambda row: row[0]


def _number(value: Any) -> float:
    return nan if value is None else float(value)


def _nan(value: Any) -> Any:
    return nan if value is None else value


def _none(value: Any) -> Any:
    return value


_READS = {"number": _number, "nan": _nan, "none": _none}
OPS: dict[str, Callable[[Node], Transform]] = {
    "numbers": _numbers,
    "table": _table,
    "text": _text,
}
