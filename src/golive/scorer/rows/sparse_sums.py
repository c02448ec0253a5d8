"""Weighted sums of sparse rows."""

from __future__ import annotations

from collections.abc import Callable
from math import isfinite
from operator import mul
from struct import Struct
from typing import Any

from golive.scorer.rows.checking import refuse_non_finite
from golive.scorer.rows.lanes import lane_sums

__all__ = ["sparse_sums"]

_FEW = 1 << 14
"""How many weights of one output are kept as a list: it takes less than a millisecond to make."""
_REMEMBERED = 1 << 18
"""How many weights of several outputs are remembered: about 8 MB."""
_MANY = 32
"""From how many outputs on they are summed as lanes."""


def sparse_sums(
    weights: memoryview, intercepts: list[float], *, are_alike: bool
) -> Callable[[Any], list[float]]:
    """Large weights stay mapped: only those of the terms that occur are read.

    Args:
        weights: Inputs times outputs.
        intercepts: One an output.
        are_alike: Whether all outputs are of one size, as those of classes are.
    """
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

    is_worthwhile = are_alike and len(intercepts) >= _MANY
    return lane_sums(weights, intercepts, sums) if is_worthwhile else sums


def _single_sum(weights: memoryview, intercept: float) -> Callable[[Any], list[float]]:
    weight = (weights.tolist() if len(weights) <= _FEW else weights).__getitem__

    def sums(row: tuple[list[int], list[float]]) -> list[float]:
        positions, values = row
        found = sum(map(mul, values, map(weight, positions))) + intercept
        if not isfinite(found):
            refuse_non_finite(values)
        return [found]

    return sums


class _MappedRows(dict[int, tuple[float, ...]]):
    """The rows of a mapped matrix by their number; those asked for first are remembered.

    Terms that are frequent are met soon, so that there is no need to forget.
    """

    def __init__(self, items: memoryview, width: int) -> None:
        super().__init__()
        self._bytes = items.cast("B")
        self._row = Struct(f"<{width}d")
        self._limit = _REMEMBERED // width

    def __missing__(self, at: int) -> tuple[float, ...]:
        row = self._row.unpack_from(self._bytes, at * self._row.size)
        if len(self) < self._limit:
            self[at] = row
        return row
