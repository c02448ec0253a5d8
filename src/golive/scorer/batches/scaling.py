"""Scaling of batches."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from golive.scorer.batches.building import BatchTransform
from golive.scorer.node import Node
from golive.scorer.rows import scaling as rows

__all__ = ["OPS"]


def _standard(node: Node) -> BatchTransform:
    if node.gives == "sparse":
        one = rows.OPS["standard"](node)
        return lambda batch: [one(row) for row in batch]
    mean = np.asarray(node.view("mean")) if node.has("mean") else None
    scale = np.asarray(node.view("scale")) if node.has("scale") else None

    def shift(batch: Any) -> Any:
        shifted = batch if mean is None else batch - mean
        return shifted if scale is None else shifted / scale

    return shift


OPS: dict[str, Callable[[Node], BatchTransform]] = {"standard": _standard}
