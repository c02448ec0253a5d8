"""Building: from the nodes of a program to functions of one row."""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from typing import Any

from golive.scorer.format import FAMILIES, ProgramError
from golive.scorer.node import Node
from golive.scorer.rows.estimator import Estimator

__all__ = ["Transform", "build_estimator", "build_transform", "parts_of"]

Transform = Callable[[Any], Any]
"""From a row to a row. A `table` is a list of Python values, a `text` one value, a `dense` row a
list of floats, a `sparse` row `(positions, values)`: two lists of equal length, the positions in
growing order."""


def build_transform(node: Node) -> Transform:
    """The function of a node that gives rows.

    Raises:
        ProgramError: Its op is not known, or gives answers.
    """
    built = _build(node)
    if isinstance(built, Estimator):
        raise ProgramError(f"The step {node.op} gives answers where rows are needed.")
    return built


def build_estimator(node: Node) -> Estimator:
    """The estimator of a node that gives answers.

    Raises:
        ProgramError: Its op is not known, or gives rows.
    """
    built = _build(node)
    if not isinstance(built, Estimator):
        raise ProgramError(f"The step {node.op} gives rows where answers are needed.")
    return built


def parts_of(node: Node) -> tuple[Transform, Estimator]:
    """What prepares a row and what answers it, of a node that gives answers.

    A pipeline is taken apart, so that a row is prepared once for several answers.
    """
    from golive.scorer.rows.composing import chain_of, same

    if node.op != "composing.pipeline":
        return same, build_estimator(node)
    *steps, last = node.children
    prepare, estimator = parts_of(last)
    plain = chain_of([*(build_transform(step) for step in steps), prepare])
    if last.op.startswith("linear."):
        from golive.scorer.rows.fusing import fused

        whole = fused(node, estimator.after(plain))
        if whole is not None:
            return same, whole
    return plain, estimator


def _build(node: Node) -> Transform | Estimator:
    family, _, name = node.op.partition(".")
    if family not in FAMILIES:
        raise ProgramError(f"The program has a step {node.op!r}, which this golive does not know.")
    builders: dict[str, Callable[[Node], Transform | Estimator]]
    builders = import_module(f"golive.scorer.rows.{family}").OPS
    if name not in builders:
        raise ProgramError(f"The program has a step {node.op!r}, which this golive does not know.")
    return builders[name](node)
