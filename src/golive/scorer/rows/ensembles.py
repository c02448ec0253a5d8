"""AdaBoost: members whose answers count more or less."""

from __future__ import annotations

from collections.abc import Callable
from itertools import accumulate
from typing import Any

from golive.scorer.node import Node
from golive.scorer.rows.building import build_estimator
from golive.scorer.rows.combining import response_of
from golive.scorer.rows.estimator import Estimator
from golive.scorer.rows.linear import softmax
from golive.scorer.rows.links import first_largest

__all__ = ["OPS"]


def _adaboost(node: Node) -> Estimator:
    """Weighted votes of the children's labels.

    Args: `weights`, one a child, and their `total`; `positions`: for each child, the positions of
    its classes.
    """
    width = node.width
    weights: list[float] = node.args["weights"]
    total: float = node.args["total"]
    members = list(
        zip([build_estimator(child).label for child in node.children],
            node.args["positions"], weights, strict=True)
    )  # fmt: skip

    def votes(row: Any) -> list[float]:
        sums = [0.0] * width
        for label, positions, weight in members:
            assert label is not None
            chosen = positions[label(row)]
            other = -1.0 / (width - 1) * weight
            for at in range(width):
                sums[at] += weight if at == chosen else other
        return [value / total for value in sums]

    return _of_two(votes) if width == 2 else _of_many(votes, width)


def _of_two(votes: Callable[[Any], list[float]]) -> Estimator:
    def decision(row: Any) -> float:
        first, second = votes(row)
        return -first + second

    def shares(found: float) -> list[float]:
        return softmax([-found / 2.0, found / 2.0])

    def labelled(row: Any) -> tuple[list[float], int]:
        found = decision(row)
        return shares(found), 1 if found > 0.0 else 0

    return Estimator(
        probabilities=lambda row: shares(decision(row)),
        decision=lambda row: [decision(row)],
        label=lambda row: 1 if decision(row) > 0.0 else 0,
        labelled=labelled,
    )


def _of_many(votes: Callable[[Any], list[float]], width: int) -> Estimator:
    def shares(found: list[float]) -> list[float]:
        return softmax([value / (width - 1) for value in found])

    def labelled(row: Any) -> tuple[list[float], int]:
        found = votes(row)
        return shares(found), first_largest(found)

    return Estimator(
        probabilities=lambda row: shares(votes(row)),
        decision=votes,
        label=lambda row: first_largest(votes(row)),
        labelled=labelled,
    )


def _median(node: Node) -> Estimator:
    """The weighted median of the children's values; args: `weights`, one a child."""
    weights: list[float] = node.args["weights"]
    members = [response_of(build_estimator(child), "value") for child in node.children]

    def value(row: Any) -> float:
        found = [member(row)[0] for member in members]
        order = sorted(range(len(found)), key=found.__getitem__)
        sums = list(accumulate([weights[at] for at in order]))
        half = 0.5 * sums[-1]
        return next(found[at] for at, reached in zip(order, sums, strict=True) if reached >= half)

    return Estimator(value=value)


OPS: dict[str, Callable[[Node], Estimator]] = {"adaboost": _adaboost, "median": _median}
