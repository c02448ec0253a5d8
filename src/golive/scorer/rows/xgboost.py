"""XGBoost: sums and links in 32 bits.

The arrays of the steps with trees are those of `golive.scorer.rows.forests`.
"""

from __future__ import annotations

from array import array
from collections.abc import Callable
from typing import Any

from golive.scorer.format import ProgramError
from golive.scorer.node import Node
from golive.scorer.rows.estimator import Estimator
from golive.scorer.rows.forests import answering
from golive.scorer.rows.links import first_largest
from golive.scorer.rows.rounding import exp32, sigmoid32, softmax32

__all__ = ["ANSWERS", "OPS"]


def _identity(value: float) -> float:
    return value


def _hinge(value: float) -> float:
    return 1.0 if value > 0.0 else 0.0


_LINKS: dict[str, Callable[[float], float]] = {
    "identity": _identity,
    "exp": exp32,
    "sigmoid": sigmoid32,
    "hinge": _hinge,
}


def _link_of(node: Node) -> Callable[[float], float]:
    name = node.args["link"]
    if name not in _LINKS:
        raise ProgramError(f"The program has a link {name!r}, which this golive does not know.")
    return _LINKS[name]


def _regressor(node: Node) -> Estimator:
    """The sum, or each of several, through a link; args: `link`: identity, exp, sigmoid, hinge."""
    link = _link_of(node)
    if len(node.view("start")) == 1:
        return Estimator(value=link)
    return Estimator(value=lambda totals: [link(total) for total in totals])


def _binary(node: Node) -> Estimator:
    """Two classes from one sum: the second if its score is greater than 0.5; args: `link`."""
    link = _link_of(node)

    def labelled(total: float) -> tuple[list[float], int]:
        score = link(total)
        return [1.0 - score, score], 1 if score > 0.5 else 0

    return Estimator(
        probabilities=lambda total: labelled(total)[0],
        label=lambda total: labelled(total)[1],
        decision=lambda total: [total],
        labelled=labelled,
    )


def _multiclass(_: Node) -> Estimator:
    """The softmax of one sum a class; the class is that of the largest share."""

    def labelled(totals: list[float]) -> tuple[list[float], int]:
        shares = softmax32(totals)
        return shares, first_largest(shares)

    return Estimator(
        probabilities=softmax32,
        label=lambda totals: first_largest(softmax32(totals)),
        decision=lambda totals: totals,
        labelled=labelled,
    )


def _chosen(_: Node) -> Estimator:
    """The softmax of one sum a class; the class is that of the largest sum."""
    return Estimator(probabilities=softmax32, label=first_largest, decision=lambda totals: totals)


ANSWERS: dict[str, Callable[[Node], Estimator]] = {
    "regressor": _regressor,
    "binary": _binary,
    "multiclass": _multiclass,
    "chosen": _chosen,
}
"""What answers sums, by op."""


def _linear_sums(node: Node) -> Callable[[list[float]], Any]:
    """Weighted sums in 32 bits, in the order of the columns; NaN counts nothing.

    The arrays are `weights` (inputs times outputs) and `start`.
    """
    weights, start = node.list("weights"), node.list("start")
    count = len(start)

    def sums(row: list[float]) -> Any:
        totals = array("f", start)
        for output in range(count):
            for value, weight in zip(row, weights[output::count], strict=True):
                if value == value:
                    totals[output] += array("f", [value * weight])[0]
        return totals[0] if count == 1 else totals.tolist()

    return sums


def _linear(answer: Callable[[Node], Estimator]) -> Callable[[Node], Estimator]:
    return lambda node: answer(node).after(_linear_sums(node))


OPS: dict[str, Callable[[Node], Estimator]] = {
    **answering(ANSWERS),
    **{f"linear_{name}": _linear(answer) for name, answer in ANSWERS.items()},
}
