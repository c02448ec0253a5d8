"""Imputing of batches of numbers."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from golive.scorer.batches.building import BatchTransform
from golive.scorer.node import Node

__all__ = ["OPS"]


def _simple(node: Node) -> BatchTransform:
    fills = np.asarray(node.view("fills"))
    missing, kept, flagged = node.args["missing"], node.args["kept"], node.args["flagged"]

    def fill(batch: Any) -> Any:
        is_missing = np.isnan(batch) if missing is None else batch == missing
        filled = np.where(is_missing, fills, batch)[:, kept]
        return np.hstack([filled, is_missing[:, flagged]]) if flagged else filled

    return fill


OPS: dict[str, Callable[[Node], BatchTransform]] = {"simple": _simple}
