"""Building: from the nodes of a program to functions of a batch.

A batch of `dense` rows is a float64 array of shape (records, width). Batches of other rows
(`table`, `text`, `sparse`) are lists of rows as `golive.scorer.rows` has them. A step that NumPy
does not make faster is run row by row.
"""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from importlib.util import find_spec
from typing import Any

import numpy as np

from golive.scorer.format import FAMILIES, ProgramError
from golive.scorer.node import Node
from golive.scorer.rows import building as rows
from golive.scorer.rows.estimator import Estimator

__all__ = ["BatchTransform", "build_estimator", "build_transform", "parts_of"]

BatchTransform = Callable[[Any], Any]
BatchBuilder = Callable[[Node], BatchTransform | Estimator]


def build_transform(node: Node) -> BatchTransform:
    """The function of a node that gives rows.

    Raises:
        ProgramError: Its op is not known, or gives answers.
    """
    builder = _builder(node.op)
    if builder is None:
        return _row_by_row(rows.build_transform(node), gives=node.gives)
    built = builder(node)
    if isinstance(built, Estimator):
        raise ProgramError(f"The step {node.op} gives answers where rows are needed.")
    return built


def build_estimator(node: Node) -> Estimator:
    """The estimator of a node that gives answers: arrays with one answer a record.

    Raises:
        ProgramError: Its op is not known, or gives rows.
    """
    builder = _builder(node.op)
    if builder is None:
        return _estimator_row_by_row(rows.build_estimator(node))
    built = builder(node)
    if not isinstance(built, Estimator):
        raise ProgramError(f"The step {node.op} gives rows where answers are needed.")
    return built


def parts_of(node: Node) -> tuple[BatchTransform, Estimator]:
    """What prepares a batch and what answers it, of a node that gives answers."""
    from golive.scorer.rows.composing import chain_of, same

    if node.op != "composing.pipeline":
        return same, build_estimator(node)
    *steps, last = node.children
    prepare, estimator = parts_of(last)
    return chain_of([*(build_transform(step) for step in steps), prepare]), estimator


def _builder(op: str) -> BatchBuilder | None:
    family, _, name = op.partition(".")
    if family not in FAMILIES:
        raise ProgramError(f"The program has a step {op!r}, which this golive does not know.")
    module = f"golive.scorer.batches.{family}"
    if find_spec(module) is None:
        return None
    builders: dict[str, BatchBuilder] = import_module(module).OPS
    return builders.get(name)


def _rows_of(batch: Any) -> list[Any]:
    return batch.tolist() if isinstance(batch, np.ndarray) else list(batch)


def _row_by_row(transform: rows.Transform, *, gives: str) -> BatchTransform:
    if gives == "dense":
        return lambda batch: np.array([transform(row) for row in _rows_of(batch)], dtype=float)
    return lambda batch: [transform(row) for row in _rows_of(batch)]


def _estimator_row_by_row(estimator: Estimator) -> Estimator:
    def each(method: Callable[[Any], Any] | None) -> Callable[[Any], Any] | None:
        if method is None:
            return None
        return lambda batch: np.array([method(row) for row in _rows_of(batch)])

    return Estimator(
        probabilities=each(estimator.probabilities),
        label=each(estimator.label),
        decision=each(estimator.decision),
        value=each(estimator.value),
    )
