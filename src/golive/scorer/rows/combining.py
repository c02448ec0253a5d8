"""Combinations: estimators made of estimators. All children answer the same row."""

from __future__ import annotations

from collections.abc import Callable
from functools import reduce
from operator import add, mul
from typing import Any

from golive.scorer.format import ProgramError
from golive.scorer.node import Node
from golive.scorer.rows.building import Transform, build_estimator
from golive.scorer.rows.estimator import Estimator
from golive.scorer.rows.links import first_largest

__all__ = ["OPS", "response_of"]

Response = Callable[[Any], list[float]]


def response_of(estimator: Estimator, name: str) -> Response:
    """The numbers that a combination takes from a child.

    Args:
        estimator: The child.
        name: `probabilities`, `decision`, `score` (of two classes, the probability of the second),
            `label` or `value`.

    Raises:
        ProgramError: The child has no such answer.
    """
    match name:
        case "probabilities" if estimator.probabilities:
            return estimator.probabilities
        case "decision" if estimator.decision:
            return estimator.decision
        case "score" if estimator.probabilities:
            probabilities = estimator.probabilities
            return lambda row: probabilities(row)[1:]
        case "label" if estimator.label:
            label = estimator.label
            return lambda row: [float(label(row))]
        case "value" if estimator.value:
            value = estimator.value
            return lambda row: _listed(value(row))
        case _:
            raise ProgramError(f"The program takes {name} from a step that has none.")


def _listed(value: Any) -> list[float]:
    return value if isinstance(value, list) else [value]


def _children(node: Node) -> list[Estimator]:
    return [build_estimator(child) for child in node.children]


def _mean(node: Node) -> Estimator:
    """The mean of the children's probabilities; args: `weights`, or null."""
    parts = [response_of(child, "probabilities") for child in _children(node)]
    mean = _mean_of(parts, node.args["weights"])
    return Estimator(probabilities=mean, label=lambda row: first_largest(mean(row)),
                     labelled=lambda row: _labelled(mean(row)))  # fmt: skip


def _labelled(shares: list[float]) -> tuple[list[float], int]:
    return shares, first_largest(shares)


def _mean_of(parts: list[Response], weights: list[float] | None) -> Response:
    if weights is None:
        count = len(parts)
        return lambda row: [
            reduce(add, column) / count
            for column in zip(*[part(row) for part in parts], strict=True)
        ]
    total = reduce(add, weights)
    return lambda row: [
        reduce(add, map(mul, column, weights)) / total
        for column in zip(*[part(row) for part in parts], strict=True)
    ]


def _mean_value(node: Node) -> Estimator:
    """The mean of the children's values; args: `weights`, or null."""
    mean = _mean_of(
        [response_of(child, "value") for child in _children(node)], node.args["weights"]
    )
    return Estimator(value=lambda row: mean(row)[0])


def _most(node: Node) -> Estimator:
    """The class with most votes, the first of equal ones; args: `weights`, or null."""
    labels = [child.label for child in _children(node)]
    weights: list[float] = node.args["weights"] or [1.0] * len(labels)
    width = node.width

    def label(row: Any) -> int:
        votes = [0.0] * width
        for ask, weight in zip(labels, weights, strict=True):
            assert ask is not None
            votes[ask(row)] += weight
        return first_largest(votes)

    return Estimator(label=label)


def _spread(node: Node) -> Estimator:
    """The child's probabilities at `positions` among more classes, 0 elsewhere.

    Args: `positions`; `votes`: whether the child's label counts 1 instead.
    """
    (child,) = _children(node)
    positions: list[int] = node.args["positions"]
    width = node.width
    ask = response_of(child, "label" if node.args["votes"] else "probabilities")

    def spread(row: Any) -> list[float]:
        found = ask(row)
        shares = [0.0] * width
        if node.args["votes"]:
            shares[positions[int(found[0])]] = 1.0
            return shares
        for at, share in zip(positions, found, strict=True):
            shares[at] = share
        return shares

    return Estimator(probabilities=spread, label=lambda row: first_largest(spread(row)))


def _responses(node: Node) -> Transform:
    """The children's answers side by side; args: `names`, one a child, see `response_of`."""
    parts = [
        response_of(child, name)
        for child, name in zip(_children(node), node.args["names"], strict=True)
    ]
    return lambda row: [value for part in parts for value in part(row)]


def _one_vs_rest(node: Node) -> Estimator:
    """A child a class, or one for the second of two.

    Args: `response` (`decision`, `score` or `value`), `threshold` for one child, and
    `has_probabilities`.
    """
    children = _children(node)
    scores = [response_of(child, node.args["response"]) for child in children]
    threshold: float = node.args["threshold"]

    def label(row: Any) -> int:
        found = [score(row)[0] for score in scores]
        return (1 if found[0] > threshold else 0) if len(found) == 1 else first_largest(found)

    if not node.args["has_probabilities"]:
        return Estimator(label=label)
    parts = [response_of(child, "score") for child in children]

    def probabilities(row: Any) -> list[float]:
        found = [part(row)[0] for part in parts]
        if len(found) == 1:
            found = [1.0 - found[0], found[0]]
        total = reduce(add, found)
        return [share / total for share in found] if total else found

    return Estimator(probabilities=probabilities, label=label)


def _one_vs_one(node: Node) -> Estimator:
    """A child for each pair of classes; each votes, and its confidence parts equal votes.

    Args: `response` (`decision`, `score` or `value`), `classes` and, for two of them, `threshold`.
    """
    children = _children(node)
    asks = [(child.label, response_of(child, node.args["response"])) for child in children]
    count: int = node.args["classes"]
    if count * (count - 1) // 2 != len(children):
        raise ProgramError(f"The program has no step for each pair of {count} classes.")
    pairs = [(low, high) for low in range(count) for high in range(low + 1, count)]

    def decision(row: Any) -> list[float]:
        votes, sums = [0.0] * count, [0.0] * count
        for (low, high), (label, response) in zip(pairs, asks, strict=True):
            assert label is not None
            confidence = response(row)[0]
            sums[low] -= confidence
            sums[high] += confidence
            votes[high if label(row) else low] += 1.0
        return [v + s / (3.0 * (abs(s) + 1.0)) for v, s in zip(votes, sums, strict=True)]

    if count == 2:
        threshold: float = node.args["threshold"]
        return Estimator(label=lambda row: 1 if decision(row)[1] > threshold else 0)
    return Estimator(label=lambda row: first_largest(decision(row)), decision=decision)


def _several(node: Node) -> Estimator:
    """The children's values side by side."""
    parts = [response_of(child, "value") for child in _children(node)]
    return Estimator(value=lambda row: [value for part in parts for value in part(row)])


def _chain(node: Node) -> Estimator:
    """Values, each child seeing those before it behind the row; args: `order` of the values."""
    parts = [response_of(child, "value") for child in _children(node)]
    order: list[int] = node.args["order"]

    def values(row: list[float]) -> list[float]:
        found: list[float] = []
        for part in parts:
            found += part(row + found)
        return [found[order.index(at)] for at in range(len(order))]

    return Estimator(value=values)


def _labels(node: Node) -> Estimator:
    """The children's labels side by side; args: `classes`, the labels that each child knows."""
    asks = list(zip(_label_methods(node), node.args["classes"], strict=True))
    return Estimator(value=lambda row: [classes[label(row)] for label, classes in asks])


def _label_methods(node: Node) -> list[Callable[[Any], int]]:
    methods = [child.label for child in _children(node) if child.label is not None]
    if len(methods) != len(node.children):
        raise ProgramError("The program takes a label from a step that has none.")
    return methods


def _label_chain(node: Node) -> Estimator:
    """Labels that are numbers, each child seeing those before it behind the row.

    Args: `order` of the labels; `classes`, the labels that each child knows; and `response`, what
    is seen: the `label`, or else the `score` or the `decision`.
    """
    order: list[int] = node.args["order"]
    classes: list[list[float]] = node.args["classes"]
    shows_labels = node.args["response"] == "label"
    children = _children(node)
    shown = [response_of(child, node.args["response"]) for child in children]
    asks = list(zip(_label_methods(node), shown, classes, strict=True))

    def labels(row: list[float]) -> list[float]:
        found: list[float] = []
        seen = row
        for label, response, known in asks:
            found.append(known[label(seen)])
            seen = [*seen, found[-1] if shows_labels else response(seen)[0]]
        return [found[order.index(at)] for at in range(len(order))]

    return Estimator(value=labels)


def _threshold(node: Node) -> Estimator:
    """The child's probabilities, and a label by a threshold.

    Args: `response` (`probabilities` or `decision`), `positive` (the position of the class whose
    score is compared), `threshold`, `has_probabilities`.
    """
    (child,) = _children(node)
    positive: int = node.args["positive"]
    threshold: float = node.args["threshold"]
    response = response_of(child, node.args["response"])
    is_decision = node.args["response"] == "decision"

    def label(row: Any) -> int:
        found = response(row)
        score = found[0 if is_decision else positive]
        if is_decision and not positive:
            score = -score
        return positive if score >= threshold else 1 - positive

    has_probabilities = node.args["has_probabilities"]
    return Estimator(
        probabilities=child.probabilities if has_probabilities else None,
        decision=child.decision, label=label,
    )  # fmt: skip


def _constant(node: Node) -> Estimator:
    """The same answer for every row; args: `probabilities` and `label`, or `value`."""
    args = node.args
    if "value" in args:
        value = args["value"]
        return Estimator(value=lambda _: value)
    shares, label = args["probabilities"], args["label"]
    return Estimator(probabilities=lambda _: shares, label=lambda _: label)


OPS: dict[str, Callable[[Node], Transform | Estimator]] = {
    "mean": _mean,
    "mean_value": _mean_value,
    "most": _most,
    "spread": _spread,
    "responses": _responses,
    "one_vs_rest": _one_vs_rest,
    "one_vs_one": _one_vs_one,
    "several": _several,
    "chain": _chain,
    "labels": _labels,
    "label_chain": _label_chain,
    "threshold": _threshold,
    "constant": _constant,
}
