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
        return _row_by_row(rows.OPS["standard"](node))
    mean = np.asarray(node.view("mean")) if node.has("mean") else None
    scale = np.asarray(node.view("scale")) if node.has("scale") else None

    def shift(batch: Any) -> Any:
        with np.errstate(all="ignore"):
            shifted = batch if mean is None else batch - mean
            return shifted if scale is None else shifted / scale

    return shift


def _row_by_row(one: Callable[[Any], Any]) -> BatchTransform:
    return lambda batch: [one(row) for row in batch]


def _range(node: Node) -> BatchTransform:
    scale, offset = np.asarray(node.view("scale")), np.asarray(node.view("offset"))

    def stretch(batch: Any) -> Any:
        with np.errstate(all="ignore"):
            return batch * scale + offset

    return stretch


def _clip(node: Node) -> BatchTransform:
    least, most = node.args["least"], node.args["most"]
    return lambda batch: np.clip(batch, least, most)


def _binary(node: Node) -> BatchTransform:
    if node.gives == "sparse":
        return _row_by_row(rows.OPS["binary"](node))
    threshold = node.args["threshold"]
    return lambda batch: (batch > threshold).astype(np.float64)


def _bins(node: Node) -> BatchTransform:
    edges, ends = np.asarray(node.view("edges")), node.list("ends")
    columns = [edges[start:end] for start, end in zip([0, *ends[:-1]], ends, strict=True)]

    def count(batch: Any) -> Any:
        pairs = zip(columns, batch.T, strict=True)
        found = [np.searchsorted(one, values, side="right") for one, values in pairs]
        return np.stack(found, axis=1).astype(np.float64)

    return count


def _polynomial(node: Node) -> BatchTransform:
    terms: list[list[int]] = node.args["terms"]

    def multiply(batch: Any) -> Any:
        made = np.ones((len(batch), len(terms)))
        with np.errstate(all="ignore"):
            for place, term in enumerate(terms):
                for at in reversed(term):
                    made[:, place] *= batch[:, at]
        return made

    return multiply


OPS: dict[str, Callable[[Node], BatchTransform]] = {
    "standard": _standard,
    "range": _range,
    "clip": _clip,
    "binary": _binary,
    "bins": _bins,
    "polynomial": _polynomial,
}
