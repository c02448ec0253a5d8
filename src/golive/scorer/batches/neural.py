"""Multi-layer perceptrons of batches."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from golive.scorer.batches.building import BatchTransform
from golive.scorer.node import Node
from golive.scorer.rows.estimator import Estimator
from golive.scorer.rows.linear import weighted_sums

__all__ = ["OPS"]


def _classifier(node: Node) -> Estimator:
    outputs = _network(node)
    if node.width > 2:
        return Estimator(
            probabilities=outputs, label=lambda batch: np.argmax(outputs(batch), axis=1)
        )

    def pairs(batch: Any) -> Any:
        found = outputs(batch)
        return np.concatenate([1.0 - found, found], axis=1)

    return Estimator(
        probabilities=pairs,
        label=lambda batch: (outputs(batch)[:, 0] > 0.5).astype(int),
    )


def _regressor(node: Node) -> Estimator:
    outputs = _network(node)
    if node.width == 1:
        return Estimator(value=lambda batch: outputs(batch)[:, 0])
    return Estimator(value=outputs)


def _network(node: Node) -> BatchTransform:
    layers = [_first(node)]
    while node.has(f"weights{len(layers)}"):
        layers.append(_layer(node, f"{len(layers)}"))
    between, after = _ACTIVATIONS[node.args["activation"]], _ACTIVATIONS[node.args["output"]]
    *hidden, last = layers

    def outputs(batch: Any) -> Any:
        with np.errstate(all="ignore"):
            for layer in hidden:
                batch = between(layer(batch))
            return after(last(batch))

    return outputs


def _first(node: Node) -> BatchTransform:
    if node.args["takes"] == "sparse":
        one = weighted_sums(node)
        return lambda batch: np.array([one(row) for row in batch])
    layer = _layer(node, "")

    def finite(batch: Any) -> Any:
        if not np.isfinite(batch).all():
            raise ValueError("the input contains NaN or infinity")
        return layer(batch)

    return finite


def _layer(node: Node, number: str) -> BatchTransform:
    intercepts = np.asarray(node.view(f"intercepts{number}"))
    weights = np.asarray(node.view(f"weights{number}")).reshape(len(intercepts), -1).T
    return lambda batch: batch @ weights + intercepts


def _logistic(values: Any) -> Any:
    powers = np.exp(-np.abs(values))
    return np.where(values >= 0.0, 1.0, powers) / (1.0 + powers)


def _softmax(values: Any) -> Any:
    powers = np.exp(values - values.max(axis=1, keepdims=True))
    return powers / powers.sum(axis=1, keepdims=True)


_ACTIVATIONS: dict[str, Callable[[Any], Any]] = {
    "identity": lambda values: values,
    "relu": lambda values: np.maximum(values, 0.0),
    "logistic": _logistic,
    "tanh": np.tanh,
    "exp": np.exp,
    "softmax": _softmax,
}
OPS: dict[str, Callable[[Node], Estimator]] = {
    "classifier": _classifier,
    "regressor": _regressor,
}
