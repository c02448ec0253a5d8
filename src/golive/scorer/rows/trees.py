"""Decision trees and forests: means of leaves."""

from __future__ import annotations

from array import array
from collections.abc import Callable
from math import isfinite, isinf

from golive.scorer.node import Node
from golive.scorer.rows.building import Transform
from golive.scorer.rows.estimator import Estimator
from golive.scorer.rows.forests import Totals, totals_of
from golive.scorer.rows.links import first_largest

__all__ = ["ANSWERS", "OPS"]


def _rows(node: Node) -> Transform:
    """Values rounded to 32 bits; infinities, also those of rounding, are refused.

    Args: `allows_nan`: otherwise NaN is refused too.
    """
    allows_nan = bool(node.args["allows_nan"])

    def prepare(row: list[float]) -> list[float]:
        rounded = array("f", row).tolist()
        if not isfinite(sum(rounded)) and (not allows_nan or any(map(isinf, rounded))):
            raise ValueError("the input contains NaN, infinity or a value too large for float32")
        return rounded

    return prepare


def _classifier(node: Node, totals: Totals) -> Estimator:
    """The mean of the leaves' shares; args: `trees`, how many there are."""
    count: int = node.args["trees"]
    if count == 1:
        shares = totals
    else:

        def shares(row: list[float]) -> list[float]:
            return [total / count for total in totals(row)]

    return Estimator(probabilities=shares, label=lambda row: first_largest(shares(row)))


def _regressor(node: Node, totals: Totals) -> Estimator:
    """The mean of the leaves' values, or of several values; args: `trees`."""
    count: int = node.args["trees"]
    if count == 1:
        return Estimator(value=totals)
    if len(node.view("start")) == 1:
        return Estimator(value=lambda row: totals(row) / count)
    return Estimator(value=lambda row: [total / count for total in totals(row)])


def _isolation(node: Node, totals: Totals) -> Estimator:
    """Whether a row is no outlier: 1 or -1.

    Leaves hold path lengths. Args: `denominator`, of the mean length; `offset` of the score.
    """
    denominator: float = node.args["denominator"]
    offset: float = node.args["offset"]

    def decision(row: list[float]) -> float:
        ratio = totals(row) / denominator if denominator else 1.0
        return -(2.0**-ratio) - offset

    return Estimator(
        decision=lambda row: [decision(row)],
        value=lambda row: -1 if decision(row) < 0.0 else 1,
    )


ANSWERS: dict[str, Callable[[Node, Totals], Estimator]] = {
    "classifier": _classifier,
    "regressor": _regressor,
    "isolation": _isolation,
}
"""What is made of sums, by op; the sums of batches are made otherwise."""


def _built(answer: Callable[[Node, Totals], Estimator]) -> Callable[[Node], Estimator]:
    return lambda node: answer(node, totals_of(node))


OPS: dict[str, Callable[[Node], Transform | Estimator]] = {
    "rows": _rows,
    **{name: _built(answer) for name, answer in ANSWERS.items()},
}
