"""Scaling: each column shifted, stretched or bent."""

from __future__ import annotations

from collections.abc import Callable

from golive.scorer.node import Node
from golive.scorer.rows.building import Transform
from golive.scorer.rows.composing import same

__all__ = ["OPS"]


def _standard(node: Node) -> Transform:
    """`(x - mean) / scale`; either may be absent."""
    means: list[float] | None = node.list("mean") if node.has("mean") else None
    scales: list[float] | None = node.list("scale") if node.has("scale") else None
    if means is not None and scales is not None:
        pairs = list(zip(means, scales, strict=True))
        return lambda row: [
            (value - mean) / scale for value, (mean, scale) in zip(row, pairs, strict=True)
        ]
    if means is not None:
        return lambda row: [value - mean for value, mean in zip(row, means, strict=True)]
    if scales is not None:
        if node.gives == "sparse":
            return lambda row: (row[0], [v / scales[at] for at, v in zip(*row, strict=True)])
        return lambda row: [value / scale for value, scale in zip(row, scales, strict=True)]
    return same


OPS: dict[str, Callable[[Node], Transform]] = {"standard": _standard}
