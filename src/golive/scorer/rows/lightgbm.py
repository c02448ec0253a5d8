"""LightGBM: sums and what is made of them.

The arrays of every step are those of `golive.scorer.rows.forests`. Args of each: `divisor`, how
many trees an output has where their mean counts instead of their sum, else 1.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from golive.scorer.node import Node
from golive.scorer.rows.estimator import Estimator
from golive.scorer.rows.forests import answering
from golive.scorer.rows.linear import sigmoid, softmax
from golive.scorer.rows.links import first_largest, link_named

__all__ = ["ANSWERS", "OPS"]


def _regressor(node: Node) -> Estimator:
    """The sum through a link; args: `link`, one of `links` or `signed_square`."""
    name = node.args["link"]
    return Estimator(value=_signed_square if name == "signed_square" else link_named(name))


def _signed_square(value: float) -> float:
    return value * value if value >= 0.0 else -value * value


def _binary(node: Node) -> Estimator:
    """Two classes from one sum, the first of equal probabilities; args: `sigmoid`, its factor."""
    factor: float = node.args["sigmoid"]

    def probabilities(total: float) -> list[float]:
        score = sigmoid(factor * total)
        return [1.0 - score, score]

    return _classes(probabilities)


def _each(node: Node) -> Estimator:
    """The sigmoid of one sum a class; args: `sigmoid`, its factor."""
    factor: float = node.args["sigmoid"]
    return _classes(lambda totals: [sigmoid(factor * total) for total in totals])


def _multiclass(_: Node) -> Estimator:
    """The softmax of one sum a class."""
    return _classes(softmax)


def _classes(probabilities: Callable[[Any], list[float]]) -> Estimator:
    def labelled(totals: Any) -> tuple[list[float], int]:
        found = probabilities(totals)
        return found, first_largest(found)

    return Estimator(
        probabilities=probabilities,
        label=lambda totals: first_largest(probabilities(totals)),
        labelled=labelled,
    )


def _averaged(answer: Callable[[Node], Estimator]) -> Callable[[Node], Estimator]:
    def build(node: Node) -> Estimator:
        divisor: int = node.args["divisor"]
        if divisor == 1:
            return answer(node)
        if len(node.view("start")) == 1:
            return answer(node).after(lambda total: total / divisor)
        return answer(node).after(lambda totals: [total / divisor for total in totals])

    return build


ANSWERS: dict[str, Callable[[Node], Estimator]] = {
    "regressor": _averaged(_regressor),
    "binary": _averaged(_binary),
    "each": _averaged(_each),
    "multiclass": _averaged(_multiclass),
}
"""What answers sums, by op."""
OPS = answering(ANSWERS)
