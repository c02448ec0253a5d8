"""Linear models: weighted sums and what is made of them."""

from __future__ import annotations

from collections.abc import Callable
from math import exp, isfinite
from operator import mul
from typing import Any

from golive.scorer.node import Node
from golive.scorer.rows.checking import refuse_non_finite
from golive.scorer.rows.estimator import Estimator
from golive.scorer.rows.sparse_sums import sparse_sums

__all__ = ["OPS", "sigmoid", "softmax", "weighted_sums"]


def weighted_sums(node: Node) -> Callable[[Any], list[float]]:
    """A row's weighted sums: one an output, each with its intercept.

    The arrays are `weights` (outputs times inputs; for sparse rows inputs times outputs) and
    `intercepts`. NaN and infinities in the row are refused: they show in the sums, so that rows
    without them cost no check.
    """
    intercepts: list[float] = node.list("intercepts")
    if node.args.get("takes") == "sparse":
        return sparse_sums(node.view("weights"), intercepts)
    weights = node.list("weights")
    width = len(weights) // len(intercepts)
    rows = [weights[at * width : (at + 1) * width] for at in range(len(intercepts))]
    if len(rows) == 1:
        return _single_sum(rows[0], intercepts[0])
    pairs = list(zip(rows, intercepts, strict=True))

    def sums(row: list[float]) -> list[float]:
        found = [sum(map(mul, row, weights)) + intercept for weights, intercept in pairs]
        if not isfinite(sum(found)):
            refuse_non_finite(row)
        return found

    return sums


def _single_sum(weights: list[float], intercept: float) -> Callable[[list[float]], list[float]]:
    def sums(row: list[float]) -> list[float]:
        found = sum(map(mul, row, weights)) + intercept
        if not isfinite(found):
            refuse_non_finite(row)
        return [found]

    return sums


def sigmoid(value: float) -> float:
    """1 / (1 + exp(-value)), without overflow."""
    if value >= 0.0:
        return 1.0 / (1.0 + exp(-value))
    power = exp(value) if value > -745.2 else 0.0
    return power / (1.0 + power)


def softmax(values: list[float]) -> list[float]:
    """Shares of exp(value), without overflow."""
    largest = max(values)
    powers = [exp(value - largest) for value in values]
    total = sum(powers)
    return [power / total for power in powers]


def _regressor(node: Node) -> Estimator:
    sums = weighted_sums(node)
    if len(node.view("intercepts")) == 1 and not node.args.get("is_list"):
        return Estimator(value=lambda row: sums(row)[0])
    return Estimator(value=sums)


def _logistic(node: Node) -> Estimator:
    """Binary: the sigmoid of one sum; else their softmax, or their sigmoids as shares."""
    sums = weighted_sums(node)
    if len(node.view("intercepts")) == 1:

        def binary(row: Any) -> list[float]:
            score = sigmoid(sums(row)[0])
            return [1.0 - score, score]

        def binary_labelled(row: Any) -> tuple[list[float], int]:
            (found,) = sums(row)
            score = sigmoid(found)
            return [1.0 - score, score], int(found > 0.0)

        return Estimator(
            probabilities=binary,
            decision=sums,
            label=lambda row: int(sums(row)[0] > 0.0),
            labelled=binary_labelled,
        )
    shares = _one_vs_rest if node.args.get("is_one_vs_rest") else softmax

    def labelled(row: Any) -> tuple[list[float], int]:
        found = sums(row)
        return shares(found), _first_largest(found)

    return Estimator(
        probabilities=lambda row: shares(sums(row)),
        decision=sums,
        label=lambda row: _first_largest(sums(row)),
        labelled=labelled,
    )


def _one_vs_rest(values: list[float]) -> list[float]:
    scores = [sigmoid(value) for value in values]
    total = sum(scores)
    return [score / total for score in scores]


def _first_largest(values: list[float]) -> int:
    return values.index(max(values))


OPS: dict[str, Callable[[Node], Estimator]] = {"regressor": _regressor, "logistic": _logistic}
