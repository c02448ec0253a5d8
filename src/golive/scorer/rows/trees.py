"""Decision trees and forests: means of leaves.

The arrays of every step that answers are those of `golive.scorer.rows.forests`.
"""

from __future__ import annotations

from array import array
from collections.abc import Callable
from math import isfinite, isinf, nan
from typing import Any

from golive.scorer.node import Node
from golive.scorer.rows.building import Transform
from golive.scorer.rows.composing import filled_with
from golive.scorer.rows.estimator import Estimator
from golive.scorer.rows.forests import answering, totals_of
from golive.scorer.rows.links import first_largest

__all__ = ["ANSWERS", "OPS"]


def _rows(node: Node) -> Transform:
    """Values rounded to 32 bits; infinities, also those of rounding, are refused.

    Args: `allows_nan`: otherwise NaN is refused too; `allows_infinity`: nothing is refused.
    """
    if node.args.get("allows_infinity"):
        return lambda row: array("f", row).tolist()
    allows_nan = bool(node.args["allows_nan"])

    def prepare(row: list[float]) -> list[float]:
        rounded = array("f", row).tolist()
        if not isfinite(sum(rounded)) and (not allows_nan or any(map(isinf, rounded))):
            raise ValueError("the input contains NaN, infinity or a value too large for float32")
        return rounded

    return prepare


def _columns(node: Node) -> Transform:
    """A table's values as numbers: categories as their positions, nulls and unknown ones as NaN.

    Args: `codes`: pairs of a column's position and its categories; all others are numbers.
    """
    reads: list[Callable[[Any], float]] = [_number] * node.width
    for at, values in node.args["codes"]:
        reads[at] = _code_of(values)
    return lambda row: [read(value) for read, value in zip(reads, row, strict=True)]


def _number(value: Any) -> float:
    return nan if value is None else float(value)


def _code_of(values: list[Any]) -> Callable[[Any], float]:
    codes = {value: float(code) for code, value in enumerate(values) if value is not None}
    return lambda value: codes.get(value, nan)


def _truncated(node: Node) -> Transform:
    """Values that stand for categories, cut to whole numbers; those that cannot be one are -1.

    Args: `positions`; `above`: one is a category if it is greater than this; `below`: and less
    than this.
    """
    positions: list[int] = node.args["positions"]
    above, below = node.args["above"], node.args["below"]

    def cut(row: list[float]) -> list[float]:
        row = row.copy()
        for at in positions:
            value = row[at]
            if above < value < below:
                row[at] = float(int(value))
            elif value == value:
                row[at] = -1.0
        return row

    return cut


def _filled(node: Node) -> Transform:
    """A sparse row with NaN where nothing is stored."""
    return filled_with(nan, node.width)


def _missing(node: Node) -> Transform:
    """NaN in the place of a number; args: `value`."""
    missing: float = node.args["value"]
    return lambda row: [nan if value == missing else value for value in row]


def _embedding(node: Node) -> Transform:
    """A 1 in the place that the leaf of each tree holds; one output a tree."""
    totals = totals_of(node)
    if len(node.view("start")) == 1:
        only = totals
        totals = lambda row: [only(row)]  # noqa: E731

    def embed(row: list[float]) -> tuple[list[int], list[float]]:
        places = list(map(int, totals(row)))
        return places, [1.0] * len(places)

    if node.gives == "sparse":
        return embed
    fill = filled_with(0.0, node.width)
    return lambda row: fill(embed(row))


def _classifier(node: Node) -> Estimator:
    """The mean of the leaves' shares; args: `trees`, how many there are."""
    count: int = node.args["trees"]

    def shares(totals: list[float]) -> list[float]:
        return [total / count for total in totals]

    def labelled(totals: list[float]) -> tuple[list[float], int]:
        found = shares(totals)
        return found, first_largest(found)

    return Estimator(
        probabilities=shares, label=lambda row: first_largest(shares(row)), labelled=labelled
    )


def _regressor(node: Node) -> Estimator:
    """The mean of the leaves' values, or of several values; args: `trees`."""
    count: int = node.args["trees"]
    if len(node.view("start")) == 1:
        return Estimator(value=lambda total: total / count)
    return Estimator(value=lambda totals: [total / count for total in totals])


def _isolation(node: Node) -> Estimator:
    """Whether a row is no outlier: 1 or -1.

    Leaves hold path lengths. Args: `denominator`, of the mean length; `offset` of the score.
    """
    denominator: float = node.args["denominator"]
    offset: float = node.args["offset"]

    def decision(total: float) -> float:
        ratio = total / denominator if denominator else 1.0
        return float(-(2.0**-ratio) - offset)

    return Estimator(
        decision=lambda total: [decision(total)],
        value=lambda total: -1 if decision(total) < 0.0 else 1,
    )


ANSWERS: dict[str, Callable[[Node], Estimator]] = {
    "classifier": _classifier,
    "regressor": _regressor,
    "isolation": _isolation,
}
"""What answers sums, by op."""
OPS: dict[str, Callable[[Node], Transform | Estimator]] = {
    "rows": _rows,
    "columns": _columns,
    "truncated": _truncated,
    "filled": _filled,
    "missing": _missing,
    "embedding": _embedding,
    **answering(ANSWERS),
}
