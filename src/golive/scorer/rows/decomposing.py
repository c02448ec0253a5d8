"""Decompositions: rows projected on components."""

from __future__ import annotations

from collections.abc import Callable
from operator import sub, truediv
from typing import Any

from golive.scorer.node import Node
from golive.scorer.rows.building import Transform
from golive.scorer.rows.linear import weighted_sums

__all__ = ["OPS"]


def _projected(node: Node) -> Transform:
    """Weighted sums, see `golive.scorer.rows.linear.weighted_sums`.

    The array `means` is taken from dense rows before, `scales` divide the sums after; either may be
    absent.
    """
    project: Callable[[Any], list[float]] = weighted_sums(node)
    if node.has("means"):
        project = _centred(project, node.list("means"))
    if not node.has("scales"):
        return project
    scales: list[float] = node.list("scales")
    return lambda row: list(map(truediv, project(row), scales))


def _centred(
    project: Callable[[Any], list[float]], means: list[float]
) -> Callable[[Any], list[float]]:
    return lambda row: project(list(map(sub, row, means)))


OPS: dict[str, Callable[[Node], Transform]] = {"projected": _projected}
