"""Neighbours and clusters: what the nearest points or centres say."""

from __future__ import annotations

from collections.abc import Callable
from math import inf, isinf, nan, sqrt
from operator import mul, sub
from typing import Any

from golive.scorer.node import Node
from golive.scorer.rows.checking import refuse_non_finite
from golive.scorer.rows.estimator import Estimator
from golive.scorer.rows.linear import weighted_sums
from golive.scorer.rows.point_tree import PointTree

__all__ = ["OPS"]


def _clusters(node: Node) -> Estimator:
    """The number of the nearest centre.

    Weighted sums (`golive.scorer.rows.linear.weighted_sums`) of minus twice the centres, with their
    squared lengths as intercepts: what distances have in common is left out.
    """
    sums = weighted_sums(node)

    def nearest(row: Any) -> float:
        found = sums(row)
        return float(found.index(min(found)))

    return Estimator(value=nearest)


def _centroids(node: Node) -> Estimator:
    """The class whose centre is nearest, by the sum of absolute differences.

    The array `centres` holds classes times columns.
    """
    values, width = node.list("centres"), node.args["inputs"]
    centres = [values[at : at + width] for at in range(0, len(values), width)]

    def label(row: list[float]) -> int:
        refuse_non_finite(row)
        away = [sum(map(abs, map(sub, row, centre))) for centre in centres]
        return away.index(min(away))

    return Estimator(label=label)


def _classifier(node: Node) -> Estimator:
    """Shares of the classes among the nearest points.

    The arrays are those of `golive.scorer.rows.point_tree` and `classes`, of each point. With
    `is_by_distance` a point counts with the inverse of its distance.
    """
    nearest = _nearest(node)
    classes: list[int] = node.list("classes")
    width = node.width

    def labelled(row: list[float]) -> tuple[list[float], int]:
        votes = [0.0] * width
        for at, weight in nearest(row):
            votes[classes[at]] += weight
        total = sum(votes)
        if total == 0.0:
            raise ValueError("all neighbours of the input are infinitely far")
        return [vote / total for vote in votes], votes.index(max(votes))

    return Estimator(
        probabilities=lambda row: labelled(row)[0],
        label=lambda row: labelled(row)[1],
        labelled=labelled,
    )


def _regressor(node: Node) -> Estimator:
    """The mean of the nearest points, weighted as by the classifier.

    The arrays are those of `golive.scorer.rows.point_tree` and `values` (points times outputs).
    """
    nearest = _nearest(node)
    values: list[float] = node.list("values")
    width = node.width

    def means(row: list[float]) -> list[float]:
        found = nearest(row)
        weights = [weight for _, weight in found]
        total = sum(weights)
        if total == 0.0:
            return [nan] * width
        points = [values[at * width : (at + 1) * width] for at, _ in found]
        return [sum(map(mul, column, weights)) / total for column in zip(*points, strict=True)]

    return Estimator(value=means if width > 1 else lambda row: means(row)[0])


def _nearest(node: Node) -> Callable[[list[float]], list[tuple[int, float]]]:
    """The nearest points with their weights, the nearest first."""
    tree = PointTree(node)
    is_squared = node.args["power"] == 2

    def equal(row: list[float]) -> list[tuple[int, float]]:
        refuse_non_finite(row)
        return [(at, 1.0) for _, at in tree.nearest(row)]

    def by_distance(row: list[float]) -> list[tuple[int, float]]:
        refuse_non_finite(row)
        found = sorted(tree.nearest(row), key=lambda pair: pair[0])
        weights = [_inverse(sqrt(away) if is_squared else away) for away, _ in found]
        if any(map(isinf, weights)):
            weights = [1.0 if isinf(weight) else 0.0 for weight in weights]
        return [(at, weight) for (_, at), weight in zip(found, weights, strict=True)]

    return by_distance if node.args["is_by_distance"] else equal


def _inverse(away: float) -> float:
    return 1.0 / away if away else inf


OPS: dict[str, Callable[[Node], Estimator]] = {
    "centroids": _centroids,
    "classifier": _classifier,
    "clusters": _clusters,
    "regressor": _regressor,
}
