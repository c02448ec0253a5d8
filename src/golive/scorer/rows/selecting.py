"""Selection of features: some columns are kept, in their order."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from golive.scorer.node import Node
from golive.scorer.rows.building import Transform
from golive.scorer.rows.composing import picker

__all__ = ["OPS"]

_FEW = 1 << 14


def _kept(node: Node) -> Transform:
    """The columns that are kept.

    The array is `kept`, their positions, for dense rows; for sparse rows `places`, the new position
    of each column or -1.
    """
    if node.gives == "sparse":
        return _sparse(node.view("places"))
    return picker(node.list("kept"))


def _sparse(places: Any) -> Transform:
    place = (places.tolist() if len(places) <= _FEW else places).__getitem__

    def keep(row: tuple[list[int], list[float]]) -> tuple[list[int], list[float]]:
        positions = list(map(place, row[0]))
        if -1 not in positions:
            return positions, row[1]
        values = [value for at, value in zip(positions, row[1], strict=True) if at >= 0]
        return [at for at in positions if at >= 0], values

    return keep


OPS: dict[str, Callable[[Node], Transform]] = {"kept": _kept}
