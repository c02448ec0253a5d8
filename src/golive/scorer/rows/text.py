"""Vectorizers of texts: from a text to a sparse row of its terms."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from math import inf, log, nan, sqrt
from operator import mul
from typing import Any

from golive.scorer.node import Node
from golive.scorer.rows.analyzing import analyzer_of
from golive.scorer.rows.building import Transform
from golive.scorer.rows.murmur import murmur32
from golive.scorer.rows.vocabulary import Vocabulary

__all__ = ["OPS"]

SparseRow = tuple[list[int], list[float]]

_FEW = 1 << 14
"""How many weights of terms are kept as a list: it takes less than a millisecond to make."""


def _counts(node: Node) -> Transform:
    """How often each term of the vocabulary occurs.

    The arguments are those of `golive.scorer.rows.analyzing.analyzer_of` and `is_binary` (1 for
    each term that occurs); the arrays are those of `golive.scorer.rows.vocabulary`.
    """
    analyze = analyzer_of(node.args)
    positions_of = Vocabulary(node).positions
    is_binary: bool = node.args["is_binary"]

    def count(text: str) -> SparseRow:
        found = positions_of(analyze(text))
        positions = sorted(set(found))
        if is_binary or len(found) == len(positions):
            return positions, [1.0] * len(positions)
        return positions, list(map(float, map(Counter(found).__getitem__, positions)))

    return count


def _hashes(node: Node) -> Transform:
    """Terms by their hash: position is its absolute value modulo the width.

    The arguments are those of `golive.scorer.rows.analyzing.analyzer_of`, `is_signed` (a term whose
    hash is negative counts as -1) and `is_binary` (1 for each position that occurs).
    """
    analyze = analyzer_of(node.args)
    count = _hashed(node)
    is_binary: bool = node.args["is_binary"]

    def place(text: str) -> SparseRow:
        positions, sums = count(analyze(text))
        return positions, [1.0] * len(positions) if is_binary else sums

    return place


def _hashed(node: Node) -> Callable[[Iterable[str]], SparseRow]:
    """What counts terms by their hash."""
    place_of = _Places(node.width, is_signed=node.args["is_signed"]).__getitem__

    def count(terms: Iterable[str]) -> SparseRow:
        sums: dict[int, float] = {}
        for (at, sign), times in Counter(map(place_of, terms)).items():
            sums[at] = sums.get(at, 0.0) + sign * times
        positions = sorted(sums)
        return positions, list(map(sums.__getitem__, positions))

    return count


def _hashed_values(node: Node) -> Transform:
    """A table's values, which are texts, by their hash, as `text.hashes`; args: `is_signed`."""
    count = _hashed(node)

    def place(row: list[Any]) -> SparseRow:
        if not all(isinstance(value, str) for value in row):
            raise TypeError("a value is no text")
        return count(row)

    return place


class _Places(dict[str, tuple[int, float]]):
    """Where a term is counted, and as what; terms asked for lately are kept."""

    def __init__(self, width: int, *, is_signed: bool) -> None:
        super().__init__()
        self._width = width
        self._is_signed = is_signed

    def __missing__(self, term: str) -> tuple[int, float]:
        found = murmur32(term.encode())
        place = abs(found) % self._width, -1.0 if found < 0 and self._is_signed else 1.0
        if len(term) > 100:
            return place
        if len(self) >= 1 << 15:
            self.clear()
        self[term] = place
        return place


def _weighted(node: Node) -> Transform:
    """Counts weighted by `idf`, if there is one.

    Where `is_sublinear`, a count becomes its logarithm plus one before; the row's `norm` (`l1`,
    `l2` or null for none) is made 1 after.
    """
    norm = _NORMS[node.args["norm"]]
    is_sublinear: bool = node.args["is_sublinear"]
    if not node.has("idf"):
        return lambda row: (row[0], norm(_damped(row[1]) if is_sublinear else row[1]))
    view = node.view("idf")
    weight = (view.tolist() if len(view) <= _FEW else view).__getitem__

    def weigh(row: SparseRow) -> SparseRow:
        positions, values = row
        damped = _damped(values) if is_sublinear else values
        return positions, norm(list(map(mul, damped, map(weight, positions))))

    return weigh


def _damped(values: list[float]) -> list[float]:
    return [1.0 if value == 1.0 else _logarithm(value) + 1.0 for value in values]


def _logarithm(value: float) -> float:
    """As NumPy's: no exception for what has none."""
    if value > 0.0:
        return log(value)
    return -inf if value == 0.0 else nan


def _normalized(node: Node) -> Transform:
    """A sparse row whose `norm` is made 1, except of zeros."""
    norm = _NORMS[node.args["norm"]]
    return lambda row: (row[0], norm(row[1]))


def _by_length(values: list[float]) -> list[float]:
    total = sum(map(mul, values, values))
    if total == 0.0:
        return values
    length = sqrt(total)
    return [value / length for value in values]


def _by_sum(values: list[float]) -> list[float]:
    total = sum(map(abs, values))
    return [value / total for value in values] if total != 0.0 else values


def _as_they_are(values: list[float]) -> list[float]:
    return values


_NORMS: dict[str | None, Callable[[list[float]], list[float]]] = {
    "l1": _by_sum,
    "l2": _by_length,
    None: _as_they_are,
}
OPS: dict[str, Callable[[Node], Any]] = {
    "counts": _counts,
    "hashes": _hashes,
    "hashed_values": _hashed_values,
    "weighted": _weighted,
    "normalized": _normalized,
}
