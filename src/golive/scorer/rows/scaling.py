"""Scaling: each column shifted or stretched, each row brought to a norm."""

from __future__ import annotations

from collections.abc import Callable
from math import sqrt
from operator import mul, sub, truediv
from typing import Any

from golive.scorer.node import Node
from golive.scorer.rows import bending
from golive.scorer.rows.building import Transform
from golive.scorer.rows.composing import same

__all__ = ["OPS"]


def _standard(node: Node) -> Transform:
    """`(x - mean) / scale`; either array may be absent. Of sparse rows only `scale` is."""
    means: list[float] | None = node.list("mean") if node.has("mean") else None
    scales: list[float] | None = node.list("scale") if node.has("scale") else None
    if means is not None and scales is not None:
        return lambda row: list(map(truediv, map(sub, row, means), scales))
    if means is not None:
        return lambda row: list(map(sub, row, means))
    if scales is None:
        return same
    if node.gives == "sparse":
        inverses = [1.0 / scale for scale in scales]
        return lambda row: (row[0], list(map(mul, row[1], [inverses[at] for at in row[0]])))
    return lambda row: list(map(truediv, row, scales))


def _range(node: Node) -> Transform:
    """`x * scale + offset`."""
    pairs = list(zip(node.list("scale"), node.list("offset"), strict=True))
    return lambda row: [
        value * scale + offset for value, (scale, offset) in zip(row, pairs, strict=True)
    ]


def _clip(node: Node) -> Transform:
    """Values below `least` or above `most` become these; NaN stays."""
    least, most = node.args["least"], node.args["most"]
    return lambda row: [least if value < least else min(value, most) for value in row]


def _norm(node: Node) -> Transform:
    """A row divided by its norm, `l1`, `l2` or `max`; below `least` it stays as it is."""
    length = _NORMS[node.args["norm"]]
    least: float = node.args["least"]

    def divided(row: list[float]) -> list[float]:
        norm = length(row)
        return [value / norm for value in row] if norm >= least else row

    if node.gives == "sparse":
        return lambda row: (row[0], divided(row[1]))
    return divided


_NORMS: dict[str, Callable[[list[float]], float]] = {
    "l1": lambda row: sum(map(abs, row)),
    "l2": lambda row: sqrt(sum(map(mul, row, row))),
    "max": lambda row: max(map(abs, row), default=0.0),
}


def _binary(node: Node) -> Transform:
    """1 where a value is above `threshold`, else 0."""
    threshold: float = node.args["threshold"]
    if node.gives == "sparse":
        return lambda row: _ones([at for at, v in zip(*row, strict=True) if v > threshold])
    return lambda row: [1.0 if value > threshold else 0.0 for value in row]


def _ones(positions: list[int]) -> tuple[list[int], list[float]]:
    return positions, [1.0] * len(positions)


OPS: dict[str, Callable[[Node], Any]] = {
    "standard": _standard,
    "range": _range,
    "clip": _clip,
    "norm": _norm,
    "binary": _binary,
    **bending.OPS,
}
