"""Encoding of batches: each column is looked up at once."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from golive.scorer.batches.building import BatchTransform
from golive.scorer.node import Node
from golive.scorer.rows import encoding as rows

__all__ = ["OPS"]


def _flags(node: Node) -> BatchTransform:
    if node.gives == "sparse":
        one = rows.OPS["flags"](node)
        return lambda batch: [one(row) for row in _rows_of(batch)]
    looks = [rows.lookup(column, column["places"]) for column in node.args["columns"]]
    width = node.width

    def flags(batch: Any) -> Any:
        listed = _rows_of(batch)
        filled = np.zeros((len(listed), width + 1))
        for at, look in enumerate(looks):
            places = [look(row[at]) for row in listed]
            filled[np.arange(len(listed)), places] = 1.0  # -1 is the last column, which is cut off
        return filled[:, :width]

    return flags


def _rows_of(batch: Any) -> list[Any]:
    return batch.tolist() if isinstance(batch, np.ndarray) else list(batch)


OPS: dict[str, Callable[[Node], BatchTransform]] = {"flags": _flags}
