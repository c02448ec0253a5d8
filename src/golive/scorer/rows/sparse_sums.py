"""Weighted sums of sparse rows."""

from __future__ import annotations

from collections.abc import Callable
from math import isfinite
from operator import mul
from typing import Any

from golive.scorer.rows.checking import refuse_non_finite

__all__ = ["sparse_sums"]

_FEW = 1 << 17
"""How many weights are kept as Python's floats: about 4 MB."""


def sparse_sums(weights: memoryview, intercepts: list[float]) -> Callable[[Any], list[float]]:
    """Large weights stay mapped: only those of the terms that occur are read."""
    if len(intercepts) == 1:
        return _single_sum(weights, intercepts[0])
    rows = _MappedRows(weights, len(intercepts)).__getitem__

    def sums(row: tuple[list[int], list[float]]) -> list[float]:
        positions, values = row
        if not positions:
            return intercepts.copy()
        columns = zip(intercepts, zip(*map(rows, positions), strict=True), strict=True)
        found = [sum(map(mul, values, column)) + intercept for intercept, column in columns]
        if not isfinite(sum(found)):
            refuse_non_finite(values)
        return found

    return sums


def _single_sum(weights: memoryview, intercept: float) -> Callable[[Any], list[float]]:
    weight = (weights.tolist() if len(weights) <= _FEW else weights).__getitem__

    def sums(row: tuple[list[int], list[float]]) -> list[float]:
        positions, values = row
        found = sum(map(mul, values, map(weight, positions))) + intercept
        if not isfinite(found):
            refuse_non_finite(values)
        return [found]

    return sums


class _MappedRows(dict[int, list[float]]):
    """The rows of a mapped matrix by their number; those asked for lately are kept as lists."""

    def __init__(self, items: memoryview, width: int) -> None:
        super().__init__()
        self._items: Any = items
        self._width = width
        self._limit = max(_FEW // width, 1)

    def __missing__(self, at: int) -> list[float]:
        row: list[float] = self._items[at * self._width : (at + 1) * self._width].tolist()
        if len(self) >= self._limit:
            self.clear()
        self[at] = row
        return row
