"""Linear models: weighted sums and what is made of them."""

from __future__ import annotations

from collections.abc import Callable
from math import exp, inf, isfinite
from operator import mul, sub
from typing import Any

from golive.scorer.node import Node
from golive.scorer.rows.checking import refuse_non_finite
from golive.scorer.rows.estimator import Estimator
from golive.scorer.rows.sparse_sums import sparse_sums

__all__ = [
    "OPS", "first_largest", "is_pair", "label_of", "power", "shares_of", "sigmoid", "softmax",
    "weighted_sums",
]  # fmt: skip

_OF_CLASSES = ("linear.classifier", "linear.logistic", "linear.modified_huber", "bayes.weighted")


def weighted_sums(node: Node) -> Callable[[Any], list[float]]:
    """A row's weighted sums: one an output, each with its intercept.

    The arrays are `weights` (outputs times inputs; for sparse rows inputs times outputs) and
    `intercepts`. NaN and infinities in the row are refused: they show in the sums, so that rows
    without them cost no check.
    """
    intercepts: list[float] = node.list("intercepts")
    if node.args.get("takes") == "sparse":
        are_alike = node.op in _OF_CLASSES
        return sparse_sums(node.view("weights"), intercepts, are_alike=are_alike)
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
    small = exp(value)
    return small / (1.0 + small)


def softmax(values: list[float]) -> list[float]:
    """Shares of exp(value), without overflow."""
    largest = max(values)
    powers = [exp(value - largest) for value in values]
    total = sum(powers)
    return [power / total for power in powers]


def power(value: float) -> float:
    """exp(value), infinite where it is too large, as NumPy has it."""
    return exp(value) if value < 709.782712893384 or value != value else inf


def _regressor(node: Node) -> Estimator:
    """The sums themselves, or with the argument `link` = `log` their exponentials."""
    sums = weighted_sums(node)
    if len(node.view("intercepts")) > 1:
        return Estimator(value=sums)
    if node.args.get("link") == "log":
        return Estimator(value=lambda row: power(sums(row)[0]))
    return Estimator(value=lambda row: sums(row)[0])


def _classifier(node: Node) -> Estimator:
    """The class of the largest sum; of one sum the second class where it is above 0."""
    sums = weighted_sums(node)
    if len(node.view("intercepts")) == 1:
        return Estimator(decision=sums, label=lambda row: int(sums(row)[0] > 0.0))
    return Estimator(decision=sums, label=lambda row: first_largest(sums(row)))


def _logistic(node: Node) -> Estimator:
    """Probabilities of the sums: their `shares`, which are `softmax` or `one_vs_rest`.

    The latter is the sigmoid of each as a share of all; one sum is of the second of two classes.
    """
    return _with_shares(node)


def _modified_huber(node: Node) -> Estimator:
    """Probabilities of the sums: they are cut off at -1 and 1, and shifted."""
    return _with_shares(node)


def _with_shares(node: Node) -> Estimator:
    estimator, shares = _classifier(node), shares_of(node)
    sums = estimator.decision
    assert sums is not None

    def labelled(row: Any) -> tuple[list[float], int]:
        found = sums(row)
        return shares(found), label_of(found)

    estimator.probabilities = lambda row: shares(sums(row))
    estimator.labelled = labelled
    return estimator


def label_of(sums: list[float]) -> int:
    """The class of the largest sum; of one sum the second class where it is above 0."""
    return first_largest(sums) if len(sums) > 1 else int(sums[0] > 0.0)


def is_pair(node: Node) -> bool:
    """Whether the probabilities are the sigmoid of one sum and what is left."""
    return shares_of(node) is _pair


def shares_of(node: Node) -> Callable[[list[float]], list[float]]:
    """What makes probabilities of the sums of a linear classifier."""
    is_binary = len(node.view("intercepts")) == 1
    if node.op == "linear.modified_huber":
        return _clipped_pair if is_binary else _clipped
    if node.args["shares"] == "softmax":
        return _softmax_pair if is_binary else softmax
    return _pair if is_binary else _one_vs_rest


def _pair(values: list[float]) -> list[float]:
    score = sigmoid(values[0])
    return [1.0 - score, score]


def _softmax_pair(values: list[float]) -> list[float]:
    return softmax([-values[0], values[0]])


def _one_vs_rest(values: list[float]) -> list[float]:
    return _normalized([sigmoid(value) for value in values])


def _clipped_pair(values: list[float]) -> list[float]:
    score = (min(max(values[0], -1.0), 1.0) + 1.0) / 2.0
    return [1.0 - score, score]


def _clipped(values: list[float]) -> list[float]:
    return _normalized([(min(max(value, -1.0), 1.0) + 1.0) / 2.0 for value in values])


def _normalized(scores: list[float]) -> list[float]:
    total = sum(scores)
    if total == 0.0:
        return [1.0 / len(scores)] * len(scores)
    return [score / total for score in scores]


def first_largest(values: list[float]) -> int:
    """Where the largest value first stands."""
    return values.index(max(values))


def _quadratic(node: Node) -> Estimator:
    """Each class's distance from its mean after a turn; see scikit-learn's QDA.

    The arrays: `means` (classes times inputs), `turns` (for each class `ranks` times inputs),
    `offsets` and `logs` (of the priors), one a class.
    """
    classes = _quadratic_classes(node)

    def decide(row: list[float]) -> list[float]:
        refuse_non_finite(row)
        return [_quadratic_score(row, *one) for one in classes]

    def decision(row: list[float]) -> list[float]:
        found = decide(row)
        return [found[1] - found[0]] if len(found) == 2 else found

    return Estimator(
        probabilities=lambda row: softmax(decide(row)),
        decision=decision,
        label=lambda row: first_largest(decide(row)),
    )


_Class = tuple[list[float], list[list[float]], float, float]


def _quadratic_classes(node: Node) -> list[_Class]:
    means, turns = node.list("means"), node.list("turns")
    width = len(means) // node.width
    offsets, logs = node.list("offsets"), node.list("logs")
    start, found = 0, []
    for at, rank in enumerate(node.args["ranks"]):
        rows = [turns[start + r * width : start + (r + 1) * width] for r in range(rank)]
        found.append((means[at * width : (at + 1) * width], rows, offsets[at], logs[at]))
        start += rank * width
    return found


def _quadratic_score(
    row: list[float], means: list[float], turns: list[list[float]], offset: float, log: float
) -> float:
    away = list(map(sub, row, means))
    turned: list[float] = [sum(map(mul, away, turn)) for turn in turns]
    distance: float = sum(map(mul, turned, turned))
    return -0.5 * (distance + offset) + log


OPS: dict[str, Callable[[Node], Estimator]] = {
    "regressor": _regressor,
    "classifier": _classifier,
    "logistic": _logistic,
    "modified_huber": _modified_huber,
    "quadratic": _quadratic,
}
