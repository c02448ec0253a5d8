"""Decision trees and forests of batches."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from golive.scorer.batches.building import BatchTransform
from golive.scorer.batches.forests import answering, batch_totals
from golive.scorer.node import Node
from golive.scorer.rows.estimator import Estimator
from golive.scorer.rows.trees import ANSWERS

__all__ = ["OPS"]


def _rows(node: Node) -> BatchTransform:
    if node.args.get("allows_infinity"):
        return _round
    refused = np.isinf if node.args["allows_nan"] else _is_not_finite

    def prepare(batch: Any) -> Any:
        rounded = _round(batch)
        if refused(rounded).any():
            raise ValueError("the input contains NaN, infinity or a value too large for float32")
        return rounded

    return prepare


def _embedding(node: Node) -> BatchTransform:
    totals = batch_totals(node)
    is_single = len(node.view("start")) == 1
    width = node.width

    def embed(batch: Any) -> Any:
        places = [[int(p) for p in ([row] if is_single else row)] for row in totals(batch)]
        if node.gives == "sparse":
            return [(row, [1.0] * len(row)) for row in places]
        filled = np.zeros((len(places), width))
        for row, found in zip(filled, places, strict=True):
            row[found] = 1.0
        return filled

    return embed


def _round(batch: Any) -> Any:
    with np.errstate(over="ignore"):
        return np.asarray(batch, dtype=np.float64).astype(np.float32).astype(np.float64)


def _is_not_finite(batch: Any) -> Any:
    return ~np.isfinite(batch)


OPS: dict[str, Callable[[Node], BatchTransform | Estimator]] = {
    "rows": _rows,
    "embedding": _embedding,
    **answering(ANSWERS),
}
