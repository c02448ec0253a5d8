"""Linear models of batches: weighted sums as products of matrices."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import chain
from typing import Any

import numpy as np

from golive.scorer.node import Node
from golive.scorer.rows import linear as rows
from golive.scorer.rows.estimator import Estimator

__all__ = ["OPS"]

_PRODUCTS = 1 << 17
"""How many products of weights and values are made at a time: a megabyte."""


def _sums(node: Node) -> Callable[[Any], Any]:
    """The sums of each row; rows with NaN or infinities are refused."""
    intercepts = np.asarray(node.view("intercepts"))
    weights = np.asarray(node.view("weights"))
    if node.args.get("takes") == "sparse":
        return _sparse_sums(weights.reshape(-1, len(intercepts)), intercepts)
    turned = weights.reshape(len(intercepts), -1).T

    def sums(batch: Any) -> Any:
        with np.errstate(all="ignore"):
            found = batch @ turned + intercepts
        if not np.isfinite(found).all():
            _refuse_non_finite(batch)
        return found

    return sums


def _sparse_sums(weights: Any, intercepts: Any) -> Callable[[Any], Any]:
    def sums(batch: list[Any]) -> Any:
        found = np.tile(intercepts, (len(batch), 1))
        for some in _sliced(batch, len(intercepts)):
            _add_terms(found, some, batch, weights)
        if not np.isfinite(found).all():
            _refuse_non_finite(np.concatenate([row[1] for row in batch]))
        return found

    return sums


def _sliced(batch: list[Any], outputs: int) -> Iterator[list[int]]:
    """The rows that have terms, so many at a time that their products stay in the cache."""
    which: list[int] = []
    size = 0
    for at, (positions, _) in enumerate(batch):
        if not positions:
            continue
        which.append(at)
        size += len(positions) * outputs
        if size > _PRODUCTS:
            yield which
            which, size = [], 0
    if which:
        yield which


def _add_terms(found: Any, which: list[int], batch: list[Any], weights: Any) -> None:
    """Add to some rows' sums what each of their terms gives, in the order of the terms."""
    counts = np.array([len(batch[at][0]) for at in which])
    total = int(counts.sum())
    at = np.fromiter(chain.from_iterable(batch[row][0] for row in which), np.int64, total)
    values = np.fromiter(chain.from_iterable(batch[row][1] for row in which), np.float64, total)
    with np.errstate(all="ignore"):
        products = weights[at] * values[:, None]
        found[which] += np.add.reduceat(products, np.cumsum(counts) - counts, axis=0)


def _refuse_non_finite(values: Any) -> None:
    if not np.isfinite(values).all():
        raise ValueError("the input contains NaN or infinity")


def _regressor(node: Node) -> Estimator:
    sums = _sums(node)
    if len(node.view("intercepts")) > 1:
        return Estimator(value=sums)
    if node.args.get("link") == "log":
        return Estimator(value=lambda batch: _exp(sums(batch)[:, 0]))
    return Estimator(value=lambda batch: sums(batch)[:, 0])


def _exp(values: Any) -> Any:
    with np.errstate(all="ignore"):
        return np.exp(values)


def _classifier(node: Node) -> Estimator:
    sums = _sums(node)
    if len(node.view("intercepts")) == 1:
        return Estimator(decision=sums, label=lambda batch: (sums(batch)[:, 0] > 0.0).astype(int))
    return Estimator(decision=sums, label=lambda batch: sums(batch).argmax(axis=1))


def _with_shares(node: Node) -> Estimator:
    estimator, sums, shares = _classifier(node), _sums(node), _shares(node)
    return Estimator(
        probabilities=lambda batch: shares(sums(batch)),
        decision=estimator.decision,
        label=estimator.label,
    )


def _shares(node: Node) -> Callable[[Any], Any]:
    if rows.is_pair(node):
        return lambda sums: _pair(sums[:, 0])
    if node.args.get("shares") == "softmax" and len(node.view("intercepts")) > 1:
        return _softmax
    shares = rows.shares_of(node)
    return lambda sums: np.array([shares(row) for row in sums.tolist()])


def _pair(values: Any) -> Any:
    with np.errstate(all="ignore"):
        small = np.exp(-np.abs(values))
        score = np.where(values >= 0.0, 1.0, small) / (1.0 + small)
    return np.stack([1.0 - score, score], axis=1)


def _softmax(values: Any) -> Any:
    with np.errstate(all="ignore"):
        powers = np.exp(values - values.max(axis=1, keepdims=True))
        return powers / powers.sum(axis=1, keepdims=True)


OPS: dict[str, Callable[[Node], Estimator]] = {
    "regressor": _regressor,
    "classifier": _classifier,
    "logistic": _with_shares,
    "modified_huber": _with_shares,
}
