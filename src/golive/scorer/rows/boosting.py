"""Boosted trees: sums of leaves, and what is made of them.

The arrays of every step are those of `golive.scorer.rows.forests`.
"""

from __future__ import annotations

from collections.abc import Callable

from golive.scorer.node import Node
from golive.scorer.rows.estimator import Estimator
from golive.scorer.rows.forests import answering
from golive.scorer.rows.linear import softmax
from golive.scorer.rows.links import first_largest, link_named

__all__ = ["ANSWERS", "OPS"]


def _regressor(node: Node) -> Estimator:
    """The sum through a link; args: `link`."""
    return Estimator(value=link_named(node.args["link"]))


def _binary(node: Node) -> Estimator:
    """Two classes from one sum.

    Args: `link`; `is_one_at_zero`: whether a sum of exactly 0 is the second class.
    """
    link = link_named(node.args["link"])

    def probabilities(total: float) -> list[float]:
        score = link(total)
        return [1.0 - score, score]

    def label(total: float) -> int:
        return 1 if total > 0.0 else 0

    def label_at_zero(total: float) -> int:
        return 1 if total >= 0.0 else 0

    chosen = label_at_zero if node.args["is_one_at_zero"] else label
    return Estimator(
        probabilities=probabilities,
        decision=lambda total: [total],
        label=chosen,
        labelled=lambda total: (probabilities(total), chosen(total)),
    )


def _multiclass(_: Node) -> Estimator:
    """The softmax of one sum a class."""
    return Estimator(probabilities=softmax, decision=lambda totals: totals, label=first_largest)


ANSWERS: dict[str, Callable[[Node], Estimator]] = {
    "regressor": _regressor,
    "binary": _binary,
    "multiclass": _multiclass,
}
"""What answers sums, by op."""
OPS = answering(ANSWERS)
