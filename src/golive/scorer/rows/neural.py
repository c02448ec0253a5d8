"""Multi-layer perceptrons."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from math import exp, inf, isnan, nan, tanh
from operator import mul
from typing import Any

from golive.scorer.node import Node
from golive.scorer.rows.estimator import Estimator
from golive.scorer.rows.linear import sigmoid, weighted_sums

__all__ = ["OPS"]

Layer = Callable[[Any], list[float]]


def _classifier(node: Node) -> Estimator:
    """A class each output, or two classes from one output."""
    outputs = _network(node)
    if node.width == 2:
        return Estimator(
            probabilities=lambda row: _pair(outputs(row)),
            label=lambda row: int(outputs(row)[0] > 0.5),
            labelled=lambda row: _labelled_pair(outputs(row)),
        )
    return Estimator(
        probabilities=outputs,
        label=lambda row: _first_largest(outputs(row)),
        labelled=lambda row: _labelled(outputs(row)),
    )


def _regressor(node: Node) -> Estimator:
    """A value each output."""
    outputs = _network(node)
    if node.width == 1:
        return Estimator(value=lambda row: outputs(row)[0])
    return Estimator(value=outputs)


def _network(node: Node) -> Layer:
    """The layers one after another.

    The first is `golive.scorer.rows.linear.weighted_sums`; the arrays of the next ones are
    `weights1`, `intercepts1` and so on (outputs times inputs). `activation` follows each but the
    last, `output` the last: `identity`, `relu`, `logistic`, `tanh`, `exp` or `softmax`.
    """
    layers: list[Layer] = [weighted_sums(node)]
    while node.has(f"weights{len(layers)}"):
        layers.append(_layer(node, len(layers)))
    between, after = _ACTIVATIONS[node.args["activation"]], _ACTIVATIONS[node.args["output"]]
    *hidden, last = layers

    def outputs(row: Any) -> list[float]:
        for layer in hidden:
            row = between(layer(row))
        return after(last(row))

    return outputs


def _layer(node: Node, number: int) -> Layer:
    intercepts: list[float] = node.list(f"intercepts{number}")
    weights = node.list(f"weights{number}")
    width = len(weights) // len(intercepts)
    parts: Sequence[tuple[list[float], float]] = [
        (weights[at * width : (at + 1) * width], intercept)
        for at, intercept in enumerate(intercepts)
    ]
    return lambda row: [sum(map(mul, row, part)) + intercept for part, intercept in parts]


def _relu(values: list[float]) -> list[float]:
    return [max(value, 0.0) for value in values]


def _exp(values: list[float]) -> list[float]:
    return [inf if value > 709.782712893384 else exp(value) for value in values]


def _softmax(values: list[float]) -> list[float]:
    largest = max(values)
    powers = [exp(value - largest) for value in values]
    total = sum(powers)
    return [power / total if total else nan for power in powers]


_ACTIVATIONS: dict[str, Callable[[list[float]], list[float]]] = {
    "identity": lambda values: values,
    "relu": _relu,
    "logistic": lambda values: list(map(sigmoid, values)),
    "tanh": lambda values: list(map(tanh, values)),
    "exp": _exp,
    "softmax": _softmax,
}


def _pair(outputs: list[float]) -> list[float]:
    return [1.0 - outputs[0], outputs[0]]


def _labelled_pair(outputs: list[float]) -> tuple[list[float], int]:
    return _pair(outputs), int(outputs[0] > 0.5)


def _labelled(outputs: list[float]) -> tuple[list[float], int]:
    return outputs, _first_largest(outputs)


def _first_largest(values: list[float]) -> int:
    """Of NaN the first, as NumPy's argmax."""
    for at, value in enumerate(values):
        if isnan(value):
            return at
    return values.index(max(values))


OPS: dict[str, Callable[[Node], Estimator]] = {
    "classifier": _classifier,
    "regressor": _regressor,
}
