"""Boosted trees: sums of leaves, and what is made of them."""

from __future__ import annotations

from collections.abc import Callable

from golive.scorer.node import Node
from golive.scorer.rows.estimator import Estimator
from golive.scorer.rows.forests import Totals, totals_of
from golive.scorer.rows.linear import softmax
from golive.scorer.rows.links import first_largest, link_named

__all__ = ["ANSWERS", "OPS"]


def _regressor(node: Node, total: Totals) -> Estimator:
    """The sum through a link; args: `link`. The arrays are those of a forest."""
    name = node.args["link"]
    if name == "identity":
        return Estimator(value=total)
    link = link_named(name)
    return Estimator(value=lambda row: link(total(row)))


def _binary(node: Node, total: Totals) -> Estimator:
    """Two classes from one sum.

    Args: `link`; `is_one_at_zero`: whether a sum of exactly 0 is the second class.
    """
    link = link_named(node.args["link"])

    def probabilities(row: list[float]) -> list[float]:
        score = link(total(row))
        return [1.0 - score, score]

    def label(row: list[float]) -> int:
        return int(total(row) > 0.0)

    def label_at_zero(row: list[float]) -> int:
        return int(total(row) >= 0.0)

    return Estimator(
        probabilities=probabilities,
        decision=lambda row: [total(row)],
        label=label_at_zero if node.args["is_one_at_zero"] else label,
    )


def _multiclass(_: Node, totals: Totals) -> Estimator:
    """The softmax of one sum a class."""
    return Estimator(
        probabilities=lambda row: softmax(totals(row)),
        decision=totals,
        label=lambda row: first_largest(totals(row)),
    )


ANSWERS: dict[str, Callable[[Node, Totals], Estimator]] = {
    "regressor": _regressor,
    "binary": _binary,
    "multiclass": _multiclass,
}
"""What is made of sums, by op; the sums of batches are made otherwise."""


def _built(answer: Callable[[Node, Totals], Estimator]) -> Callable[[Node], Estimator]:
    return lambda node: answer(node, totals_of(node))


OPS: dict[str, Callable[[Node], Estimator]] = {
    name: _built(answer) for name, answer in ANSWERS.items()
}
