"""What comes before histogram-based gradient boosting with categories."""

from __future__ import annotations

from collections.abc import Callable
from math import isinf, nan
from typing import Any

from golive.scorer.node import Node
from golive.scorer.rows.building import Transform

__all__ = ["OPS"]


def _columns(node: Node) -> Transform:
    """Categories as their numbers, then the columns of numbers.

    Args: `categorical` and `numeric`: positions; `categories`: the values of each categorical
    column in order. Nulls and unknown values are NaN.
    """
    codes = [
        {value: float(code) for code, value in enumerate(values) if value is not None}
        for values in node.args["categories"]
    ]
    categorical = list(zip(node.args["categorical"], codes, strict=True))
    numeric: list[int] = node.args["numeric"]

    def encode(row: list[Any]) -> list[float]:
        found = [known.get(row[at], nan) for at, known in categorical]
        if any(code != code for code in found):
            _refuse_infinity(row[at] for at, _ in categorical)
        for at in numeric:
            value = row[at]
            found.append(nan if value is None else float(value))
        return found

    return encode


def _refuse_infinity(values: Any) -> None:
    if any(isinstance(value, float) and isinf(value) for value in values):
        raise ValueError("the input contains infinity")


OPS: dict[str, Callable[[Node], Transform]] = {"columns": _columns}
