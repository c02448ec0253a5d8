"""Encoding: categories become flags or numbers."""

from __future__ import annotations

from collections.abc import Callable
from itertools import chain
from math import isinf
from typing import Any

from golive.scorer.node import Node
from golive.scorer.rows.building import Transform

__all__ = ["OPS", "lookup"]


def _lookups(node: Node, answers: list[list[Any]]) -> list[Callable[[Any], Any]]:
    """A function a column that gives the answer for a value.

    The argument `columns` has an object for each: `values` (of which the answers are, in their
    order; null stands for None, unless it is at `nan`), `nan` (the place of the answer for NaN, or
    null: it is like any unseen value), `unseen` (the place of the answer for other values, or
    null: they are refused) and `is_float` (infinities are refused).
    """
    columns: list[dict[str, Any]] = node.args["columns"]
    return [lookup(column, given) for column, given in zip(columns, answers, strict=True)]


def lookup(column: dict[str, Any], answers: list[Any]) -> Callable[[Any], Any]:
    """The lookup of one column: from a value to the answer of its category.

    The function raises a ValueError for a value that is refused.
    """
    at_nan, at_unseen = column["nan"], column["unseen"]
    known = {
        value: answer
        for place, (value, answer) in enumerate(zip(column["values"], answers, strict=False))
        if place != at_nan
    }
    get = known.get
    is_float: bool = column["is_float"]

    def look(value: Any) -> Any:
        answer = get(value)
        return missed(value) if answer is None else answer

    def missed(value: Any) -> Any:
        if at_nan is not None and value != value:
            return answers[at_nan]
        if at_unseen is None or (is_float and isinf(value)):
            raise ValueError(f"{value!r:.100} is no known category")
        return answers[at_unseen]

    return look


def _flags(node: Node) -> Transform:
    """A 1 in the place of each value's category; `places` of a column are its answers.

    A place of -1 stands for no 1 at all.
    """
    looks = _lookups(node, [column["places"] for column in node.args["columns"]])
    width = node.width

    def places(row: Any) -> list[int]:
        return [look(value) for look, value in zip(looks, row, strict=True)]

    def flags(row: Any) -> list[float]:
        filled = [0.0] * width
        for at in places(row):
            if at >= 0:
                filled[at] = 1.0
        return filled

    def sparse(row: Any) -> tuple[list[int], list[float]]:
        found = [at for at in places(row) if at >= 0]
        return found, [1.0] * len(found)

    return sparse if node.gives == "sparse" else flags


def _values(node: Node) -> Transform:
    """Numbers for each value's category: `each` of `answers` a category, column by column."""
    each: int = node.args["each"]
    flat = node.list("answers")
    answers, start = [], 0
    for column in node.args["columns"]:
        count = len(column["values"]) + (column["unseen"] is not None)
        answers.append([flat[start + at * each : start + at * each + each] for at in range(count)])
        start += count * each
    if each > 1:
        looks = _lookups(node, answers)
        return lambda row: list(
            chain.from_iterable([look(value) for look, value in zip(looks, row, strict=True)])
        )
    singles = _lookups(node, [[one for (one,) in column] for column in answers])
    return lambda row: [look(value) for look, value in zip(singles, row, strict=True)]


OPS: dict[str, Callable[[Node], Transform]] = {"flags": _flags, "values": _values}
