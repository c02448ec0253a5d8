"""Decompositions of batches."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from golive.scorer.batches.building import BatchTransform
from golive.scorer.node import Node
from golive.scorer.rows import decomposing as rows

__all__ = ["OPS"]


def _projected(node: Node) -> BatchTransform:
    if node.args.get("takes") == "sparse":
        one = rows.OPS["projected"](node)
        return lambda batch: np.array([one(row) for row in batch], dtype=float)
    intercepts = np.asarray(node.view("intercepts"))
    weights = np.asarray(node.view("weights")).reshape(len(intercepts), -1).T
    means = np.asarray(node.view("means")) if node.has("means") else None
    scales = np.asarray(node.view("scales")) if node.has("scales") else None

    def project(batch: Any) -> Any:
        if not np.isfinite(batch).all():
            raise ValueError("the input contains NaN or infinity")
        with np.errstate(all="ignore"):
            found = (batch if means is None else batch - means) @ weights + intercepts
            return found if scales is None else found / scales

    return project


OPS: dict[str, Callable[[Node], BatchTransform]] = {"projected": _projected}
