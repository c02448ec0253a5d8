"""Composition: pipelines, unions and picked columns of batches."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from golive.scorer.batches.building import BatchTransform, build_estimator, build_transform
from golive.scorer.node import Node
from golive.scorer.rows import composing as rows
from golive.scorer.rows.composing import chain_of, same
from golive.scorer.rows.estimator import Estimator

__all__ = ["OPS"]


def _pipeline(node: Node) -> BatchTransform | Estimator:
    if node.gives != "estimator":
        return chain_of([build_transform(child) for child in node.children])
    *steps, last = node.children
    return build_estimator(last).after(chain_of([build_transform(step) for step in steps]))


def _same(_: Node) -> BatchTransform:
    return same


def _pick(node: Node) -> BatchTransform:
    positions: list[int] = node.args["positions"]
    pick_row = rows.OPS["pick"](node)
    assert not isinstance(pick_row, Estimator)

    def pick(batch: Any) -> Any:
        if isinstance(batch, np.ndarray):
            return batch[:, positions]
        return [pick_row(row) for row in batch]

    return pick


def _union(node: Node) -> BatchTransform:
    if node.gives == "dense" and all(child.gives == "dense" for child in node.children):
        parts = [build_transform(child) for child in node.children]
        return lambda batch: np.concatenate([part(batch) for part in parts], axis=1)
    unite = rows.OPS["union"](node)
    assert not isinstance(unite, Estimator)
    return lambda batch: [unite(row) for row in _rows(batch)]


def _rows(batch: Any) -> list[Any]:
    return list(batch.tolist()) if isinstance(batch, np.ndarray) else list(batch)


def _dense(node: Node) -> BatchTransform:
    width = node.width

    def fill(batch: list[Any]) -> Any:
        filled = np.zeros((len(batch), width))
        for row, (positions, values) in zip(filled, batch, strict=True):
            row[positions] = values
        return filled

    return fill


OPS: dict[str, Callable[[Node], BatchTransform | Estimator]] = {
    "dense": _dense,
    "pipeline": _pipeline,
    "same": _same,
    "pick": _pick,
    "union": _union,
}
