"""Point trees: the nearest of many points, in the order in which a k-d tree finds them."""

from __future__ import annotations

from collections.abc import Callable
from math import inf
from operator import mul, sub
from typing import Any

from golive.scorer.format import ProgramError
from golive.scorer.node import Node

__all__ = ["PointTree"]

_FEW = 1 << 17
"""How many coordinates are kept as Python's floats: about 4 MB."""


class PointTree:
    """A k-d tree as scikit-learn builds it, walked as scikit-learn walks it.

    The same points are met in the same order, so that of points equally far the same are kept. The
    arrays of the node are:

    - `points`: points times columns, leaf after leaf;
    - `lower`, `upper`: the bounds of each node of the tree (nodes times columns); the nodes below
      node i are 2i + 1 and 2i + 2;
    - `begins`, `ends`: the points of each node; `leaves`: whether it is a leaf.

    The arguments are `count` (how many points are kept), `power` (2 for Euclidean distances, 1 for
    sums of differences) and `first`: the point that stands where fewer are found, as those that are
    infinitely far are not.
    """

    __slots__ = ("_away", "_begins", "_bounds", "_count", "_ends", "_first", "_leaves", "_point")

    def __init__(self, node: Node) -> None:
        view, width = node.view("points"), node.args["inputs"]
        points: Any = view.tolist() if len(view) <= _FEW else view
        self._point: Callable[[int], list[float]] = lambda at: points[at * width : (at + 1) * width]
        lower, upper = node.list("lower"), node.list("upper")
        self._bounds = [
            (lower[at : at + width], upper[at : at + width]) for at in range(0, len(lower), width)
        ]
        self._begins: list[int] = node.list("begins")
        self._ends: list[int] = node.list("ends")
        self._leaves: list[int] = node.list("leaves")
        if not self._is_whole(len(lower), len(upper), width, len(view) // width):
            raise ProgramError("The nodes of a tree of points do not share the points out.")
        self._count: int = node.args["count"]
        if not 1 <= self._count * width <= len(view):
            raise ProgramError(f"The program asks for {self._count} neighbors, and has fewer.")
        self._first: int = node.args["first"]
        away: Callable[[list[float]], float] = _squares if node.args["power"] == 2 else _differences
        self._away = away

    def _is_whole(self, lower: int, upper: int, width: int, points: int) -> bool:
        """Whether every node has its bounds, points and children, and no point is in two leaves."""
        begins, ends, leaves = self._begins, self._ends, self._leaves
        nodes = len(begins)
        if not 0 < nodes == len(ends) == len(leaves) or not nodes * width == lower == upper:
            return False
        are_there = all(0 <= a <= b <= points for a, b in zip(begins, ends, strict=True))
        have_children = all(leaf or 2 * at + 2 < nodes for at, leaf in enumerate(leaves))
        listed = sum(b - a for a, b, leaf in zip(begins, ends, leaves, strict=True) if leaf)
        return are_there and have_children and listed <= points

    def nearest(self, row: list[float]) -> list[tuple[float, int]]:
        """The distances (squared where the power is 2) and numbers of the nearest points."""
        heap = [(inf, self._first)] * self._count
        self._visit(0, row, heap, self._least(0, row))
        return heap

    def _least(self, at: int, row: list[float]) -> float:
        """How far the nearest corner of a node is."""
        lower, upper = self._bounds[at]
        gaps = [
            low - value if value < low else value - high if value > high else 0.0
            for value, low, high in zip(row, lower, upper, strict=True)
        ]
        return self._away(gaps)

    def _visit(
        self, at: int, row: list[float], heap: list[tuple[float, int]], least: float
    ) -> None:
        if least > heap[0][0]:
            return
        if self._leaves[at]:
            for number in range(self._begins[at], self._ends[at]):
                away = self._away(list(map(sub, row, self._point(number))))
                if away < heap[0][0]:
                    _replace_farthest(heap, (away, number))
            return
        left, right = 2 * at + 1, 2 * at + 2
        to_left, to_right = self._least(left, row), self._least(right, row)
        order = [(left, to_left), (right, to_right)]
        for child, distance in order if to_left <= to_right else reversed(order):
            self._visit(child, row, heap, distance)


def _squares(parts: list[float]) -> float:
    total: float = sum(map(mul, parts, parts))
    return total


def _differences(parts: list[float]) -> float:
    return sum(map(abs, parts))


def _replace_farthest(heap: list[tuple[float, int]], item: tuple[float, int]) -> None:
    """Put an item into a heap of the farthest; of two below that are as far the left one rises."""
    away, at = item[0], 0
    while (below := 2 * at + 1) < len(heap):
        if below + 1 < len(heap) and heap[below][0] < heap[below + 1][0]:
            below += 1
        if heap[below][0] <= away:
            break
        heap[at] = heap[below]
        at = below
    heap[at] = item
