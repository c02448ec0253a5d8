"""Lanes: weighted sums of many outputs at once, as the digits of long integers.

One multiplication of Python's integers is a loop in C. The weights of a term stand side by side in
one integer, 128 bits each, as fractions of the largest of them with 62 bits, so that a term takes
one multiplication and one addition, however many outputs there are. Values become integers that sum
up to 61 bits: no lane runs over into the next.

What is lost is less than 2**-50 of the sum of each value times the largest weight of its term. That
is as little as adding up floats loses where the outputs are of one size, as those of classes are.
Regressions may have outputs of very different sizes, and are not summed so.
"""

from __future__ import annotations

from collections.abc import Callable
from operator import mul
from struct import Struct
from typing import Any

__all__ = ["lane_sums"]

_WEIGHT = 1 << 62
"""What the largest weight of a term becomes."""
_VALUES = float(1 << 61)
_UNIT = 2.0**64 / _WEIGHT / _VALUES
_REMEMBERED = 16 << 20
"""How many bytes of lanes are remembered."""


def lane_sums(
    weights: memoryview, intercepts: list[float], otherwise: Callable[[Any], list[float]]
) -> Callable[[Any], list[float]]:
    """The sums of sparse rows.

    Args:
        weights: Inputs times outputs.
        intercepts: One an output.
        otherwise: Sums the rows that are not finite or so large or small that lanes cannot.
    """
    count = len(intercepts)
    lanes_of = _Lanes(weights, count).__getitem__
    upper_halves = Struct("<" + "8xq" * count).unpack

    def sums(row: tuple[list[int], list[float]]) -> list[float]:
        positions, values = row
        if not positions:
            return intercepts.copy()
        lanes, sizes = zip(*map(lanes_of, positions), strict=True)
        scaled = list(map(mul, values, sizes))
        total = sum(map(abs, scaled))
        if not 1e-200 < total < 1e200:
            return otherwise(row)
        factor = _VALUES / total
        whole = [round(value * factor) for value in scaled]
        added = sum(map(mul, whole, lanes)).to_bytes(16 * count, "little", signed=True)
        unit = total * _UNIT
        halves = zip(upper_halves(added), intercepts, strict=True)
        return [half * unit + intercept for half, intercept in halves]

    return sums


class _Lanes(dict[int, tuple[int, float]]):
    """The lanes of a term by its number, with its largest weight; the first are remembered."""

    def __init__(self, weights: memoryview, count: int) -> None:
        super().__init__()
        self._bytes = weights.cast("B")
        self._row = Struct(f"<{count}d")
        self._lanes = Struct("<" + "Q8x" * count)
        self._shift = sum(_WEIGHT << 128 * at for at in range(count))
        self._limit = _REMEMBERED // self._lanes.size

    def __missing__(self, at: int) -> tuple[int, float]:
        row = self._row.unpack_from(self._bytes, at * self._row.size)
        made = self._made(row, max(map(abs, row)))
        if len(self) < self._limit:
            self[at] = made
        return made

    def _made(self, row: tuple[float, ...], size: float) -> tuple[int, float]:
        if size == 0.0:
            return 0, 0.0
        # Lanes are put side by side without signs: a negative one takes from the next, as it must.
        parts = [int(weight / size * _WEIGHT) + _WEIGHT for weight in row]
        return int.from_bytes(self._lanes.pack(*parts), "little") - self._shift, size
