"""Inputs: records' values as arrays."""

from __future__ import annotations

from collections.abc import Callable
from math import nan
from typing import Any

import numpy as np

from golive.scorer.batches.building import BatchTransform
from golive.scorer.node import Node

__all__ = ["OPS"]


def _numbers(node: Node) -> BatchTransform:
    dtype = np.float32 if node.args.get("is_float32") else np.float64

    def read(records: list[list[Any]]) -> Any:
        if any(None in record for record in records):
            records = [[nan if v is None else v for v in record] for record in records]
        with np.errstate(over="ignore"):
            return np.array(records, dtype=dtype).astype(np.float64, copy=False)

    return read


OPS: dict[str, Callable[[Node], BatchTransform]] = {"numbers": _numbers}
