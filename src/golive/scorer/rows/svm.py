"""Support vector machines: kernels, votes and coupled probabilities as libsvm computes them."""

from __future__ import annotations

from collections.abc import Callable
from itertools import combinations, pairwise
from operator import mul
from typing import Any

from golive.scorer.format import ProgramError
from golive.scorer.node import Node
from golive.scorer.rows.coupling import coupled
from golive.scorer.rows.estimator import Estimator
from golive.scorer.rows.kernels import kernel_of
from golive.scorer.rows.linear import weighted_sums

__all__ = ["OPS"]

Decisions = Callable[[Any], list[float]]


def _classifier(node: Node) -> Estimator:
    """A decision for each pair of classes, and the class with most votes.

    `is_ovr` says whether `decision_function` has one number a class, `breaks_ties` whether the
    largest of these is the class instead of the votes. The arrays are those of `_decisions` with an
    intercept each pair, and `slopes` and `offsets` of the probabilities, if there are any.
    """
    decisions, classes = _decisions(node), node.width
    if classes * (classes - 1) // 2 != len(node.view("intercepts")):
        raise ProgramError(f"The program has no decision for each pair of {classes} classes.")
    pairs = list(combinations(range(classes), 2))
    scores: Decisions = decisions
    if classes == 2:
        scores = lambda row: [-decisions(row)[0]]  # noqa: E731
    elif node.args["is_ovr"]:
        scores = lambda row: _votes_and_confidences(decisions(row), pairs, classes)  # noqa: E731
    label = _label_by_score(scores) if node.args["breaks_ties"] else _label(decisions, pairs)
    if not node.has("slopes"):
        return Estimator(label=label, decision=scores)
    curves = list(zip(node.list("slopes"), node.list("offsets"), strict=True))
    return Estimator(
        probabilities=lambda row: coupled(decisions(row), curves, pairs, classes),
        label=label,
        decision=scores,
    )


def _label(decisions: Decisions, pairs: list[tuple[int, int]]) -> Callable[[Any], int]:
    classes = pairs[-1][1] + 1

    def most_votes(row: Any) -> int:
        votes = [0] * classes
        for (one, other), decision in zip(pairs, decisions(row), strict=True):
            votes[one if decision > 0.0 else other] += 1
        return votes.index(max(votes))

    return most_votes


def _label_by_score(scores: Decisions) -> Callable[[Any], int]:
    def first_largest(row: Any) -> int:
        found = scores(row)
        return found.index(max(found))

    return first_largest


def _votes_and_confidences(
    decisions: list[float], pairs: list[tuple[int, int]], classes: int
) -> list[float]:
    votes, confidences = [0] * classes, [0.0] * classes
    for (one, other), decision in zip(pairs, decisions, strict=True):
        votes[other if decision < 0.0 else one] += 1
        confidences[one] += decision
        confidences[other] -= decision
    return [
        vote + confidence / (3.0 * (abs(confidence) + 1.0))
        for vote, confidence in zip(votes, confidences, strict=True)
    ]


def _regressor(node: Node) -> Estimator:
    """The only decision."""
    decisions = _decisions(node)
    return Estimator(value=lambda row: decisions(row)[0], decision=decisions)


def _outliers(node: Node) -> Estimator:
    """1 where the only decision is positive, else -1."""
    decisions = _decisions(node)
    return Estimator(value=lambda row: 1.0 if decisions(row)[0] > 0.0 else -1.0, decision=decisions)


def _decisions(node: Node) -> Decisions:
    """The decisions.

    With the kernel `linear` they are `golive.scorer.rows.linear.weighted_sums`. With others the
    arrays are those of `golive.scorer.rows.kernels`, `coefficients` (pair by pair, those of its two
    classes' vectors), `intercepts` (one a pair) and `counts` (the vectors of each class; of one
    class if there are no pairs).
    """
    if node.args["kernel"] == "linear":
        return weighted_sums(node)
    kernel, parts = kernel_of(node), _parts(node)

    def decisions(row: Any) -> list[float]:
        found = kernel(row)
        return [
            sum(map(mul, coefficients, found[one] + found[other])) + intercept
            for coefficients, one, other, intercept in parts
        ]

    return decisions


def _parts(node: Node) -> list[tuple[list[float], slice, slice, float]]:
    ends = [0]
    for count in node.list("counts"):
        ends.append(ends[-1] + count)
    spans = [slice(begin, end) for begin, end in pairwise(ends)]
    pairs = list(combinations(spans, 2)) or [(spans[0], slice(0, 0))]
    coefficients: list[float] = node.list("coefficients")
    parts = []
    for (one, other), intercept in zip(pairs, node.list("intercepts"), strict=True):
        count = one.stop - one.start + other.stop - other.start
        parts.append((coefficients[:count], one, other, intercept))
        coefficients = coefficients[count:]
    return parts


OPS: dict[str, Callable[[Node], Estimator]] = {
    "classifier": _classifier,
    "outliers": _outliers,
    "regressor": _regressor,
}
