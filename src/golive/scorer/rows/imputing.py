"""Imputing: what is missing is filled in, or flagged."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from golive.scorer.node import Node
from golive.scorer.rows.building import Transform

__all__ = ["OPS"]


def _simple(node: Node) -> Transform:
    """Numbers with `fills` where they are missing.

    The arguments: `missing`, the number that stands for a missing value, or null for NaN; `kept`,
    the positions of the columns that are given; `flagged`, those of which a flag follows.
    """
    fills: list[float] = node.list("fills")
    missing, kept, flagged = node.args["missing"], node.args["kept"], node.args["flagged"]
    if not flagged and kept == list(range(len(fills))):
        return _fill_all(fills, missing)
    pairs = [(at, fills[at]) for at in kept]
    is_missing = _is_missing(missing)

    def fill(row: list[float]) -> list[float]:
        filled = [fill if is_missing(row[at]) else row[at] for at, fill in pairs]
        return filled + [1.0 if is_missing(row[at]) else 0.0 for at in flagged]

    return fill


def _fill_all(fills: list[float], missing: float | None) -> Transform:
    if missing is None:
        return lambda row: [
            value if value == value else fill for value, fill in zip(row, fills, strict=True)
        ]
    return lambda row: [
        value if value != missing else fill for value, fill in zip(row, fills, strict=True)
    ]


def _is_missing(missing: Any) -> Callable[[Any], bool]:
    if missing is None:
        return lambda value: bool(value != value)
    return lambda value: bool(value == missing)


def _objects(node: Node) -> Transform:
    """Values of any kind with `fills` (a list) where they are missing.

    The argument `missing` is `["nan"]` or `["value", …]`; where it is a value, NaN is refused.
    `kept` and `flagged` are as of `imputing.simple`; flags are true or false.
    """
    kind, *rest = node.args["missing"]
    fills: list[Any] = node.args["fills"]
    pairs = [(at, fills[at]) for at in node.args["kept"]]
    flagged: list[int] = node.args["flagged"]
    is_missing = _is_missing(None) if kind == "nan" else _is_value(rest[0])

    def fill(row: list[Any]) -> list[Any]:
        flags = [is_missing(value) for value in row]
        filled: list[Any] = [fill if flags[at] else row[at] for at, fill in pairs]
        return filled + [flags[at] for at in flagged]

    return fill


def _is_value(missing: Any) -> Callable[[Any], bool]:
    def is_missing(value: Any) -> bool:
        if value != value:
            raise ValueError("the input contains NaN")
        return bool(value == missing)

    return is_missing


def _indicator(node: Node) -> Transform:
    """A 1 for each of `features` that is missing; if `is_strict`, others may not be missing."""
    is_missing = _is_missing(node.args["missing"])
    features: list[int] = node.args["features"]
    known = frozenset(features)
    is_strict: bool = node.args["is_strict"]

    def flag(row: list[float]) -> list[float]:
        if is_strict and any(is_missing(v) for at, v in enumerate(row) if at not in known):
            raise ValueError("a column has a missing value that had none when it was fitted")
        return [1.0 if is_missing(row[at]) else 0.0 for at in features]

    return flag


OPS: dict[str, Callable[[Node], Transform]] = {
    "simple": _simple,
    "objects": _objects,
    "indicator": _indicator,
}
