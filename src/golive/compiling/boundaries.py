"""Boundaries: rows just beside the places where an answer changes, found by halving."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

from golive.runtimes.protocols import Batch
from golive.signature.model import Signature

__all__ = ["Search", "near_rows"]

Predict = Callable[[Batch], list[Any]]
_ROUNDS_WITHOUT_NUMBERS = 12
_TRIES = 5
"""How often pairs are drawn: those whose ends are answered alike tell nothing."""


class Search(NamedTuple):
    """How rows near to changes are searched.

    Attributes:
        pairs: Between how many pairs of rows.
        rounds: How often the way between two rows with numbers is halved.
        decisions: Of the pairs on both sides of zero, the share whose change is that at zero; the
            others seek some middle between both. With 1, such pairs are taken first.
    """

    pairs: int
    rounds: int = 44
    decisions: float = 0.5


def near_rows(
    sample: Batch, signature: Signature, predict: Predict, search: Search, chance: random.Random
) -> Batch:
    """Rows on both sides of changes of the answer, on lines between rows of the sample.

    Args:
        sample: Rows of the training sample.
        signature: Says how a column is halved: numbers are, of texts the words.
        predict: One number a row whose changes count, or None where it cannot be answered: the
            distance from a decision, or a value.
        search: How.
        chance: Chooses the pairs.
    """
    pairs, decisions = search.pairs, search.decisions
    width = len(signature.columns)
    if sample.size < 2:
        return Batch(tuple([] for _ in range(width)), 0)
    lines: list[_Line] = []
    for _ in range(_TRIES):
        drawn = [_Line(sample, signature, chance, decisions) for _ in range(pairs)]
        lines = [*lines, *_with_ends(drawn, predict, width)]
        if decisions == 1.0:
            lines.sort(key=lambda line: not line.crosses)
        lines = lines[:pairs]
        if len(lines) == pairs and (decisions < 1.0 or lines[-1].crosses):
            break
    is_number = any(column.type == "number" for column in signature.columns)
    for _ in range(search.rounds if is_number else _ROUNDS_WITHOUT_NUMBERS):
        middles = [(line.low + line.high) / 2 for line in lines]
        found = predict(_batch([ln.at(t) for ln, t in zip(lines, middles, strict=True)], width))
        for line, middle, value in zip(lines, middles, found, strict=True):
            line.halve(middle, value)
    return _batch([row for line in lines for row in line.ends()], width)


def _with_ends(lines: list[_Line], predict: Predict, width: int) -> list[_Line]:
    """The lines whose ends are answered differently; they know what lies between."""
    first = predict(_batch([line.at(0.0) for line in lines], width))
    last = predict(_batch([line.at(1.0) for line in lines], width))
    kept = []
    for line, low, high in zip(lines, first, last, strict=True):
        if low is not None and high is not None and low != high:
            line.cut(low, high)
            kept.append(line)
    return kept


def _batch(rows: Sequence[Sequence[Any]], width: int) -> Batch:
    columns = tuple(map(list, zip(*rows, strict=True))) if rows else tuple([] for _ in range(width))
    return Batch(columns, len(rows))


class _Line:
    """The way from one row to another: numbers move, other values change at some point."""

    def __init__(
        self, sample: Batch, signature: Signature, chance: random.Random, decisions: float
    ) -> None:
        one, other = chance.randrange(sample.size), chance.randrange(sample.size)
        self._ways = [
            _way(values[one], values[other], column.type, chance.random())
            for values, column in zip(sample.columns, signature.columns, strict=True)
        ]
        self._is_fair = chance.random() < decisions
        self._bound = 0.0
        self._is_rising = True
        self.crosses = False
        self.low, self.high = 0.0, 1.0

    def at(self, share: float) -> list[Any]:
        """The row at a share of the way."""
        return [way(share) for way in self._ways]

    def cut(self, low: float, high: float) -> None:
        """What separates both ends: zero, where they are of different signs, or some middle."""
        self._is_rising = high > low
        self.crosses = (low < 0.0) != (high < 0.0)
        self._bound = 0.0 if self.crosses and self._is_fair else low / 2 + high / 2

    def halve(self, middle: float, value: float | None) -> None:
        """Keep the half in which the answer changes."""
        if value is not None and (value > self._bound) == self._is_rising:
            self.high = middle
        else:
            self.low = middle

    def ends(self) -> list[list[Any]]:
        """The rows on both sides of the change."""
        return [self.at(self.low), self.at(self.high)]


def _way(one: Any, other: Any, kind: str, turn: float) -> Callable[[float], Any]:
    if one is None or other is None or one == other:
        return lambda share: one if share < turn else other
    if kind == "number":
        return lambda share: _between(one, other, share)
    if kind == "integer" and abs(other - one) > 2:
        return lambda share: round(_between(one, other, share))
    if kind == "text":
        words, others = one.split(), other.split()
        return lambda share: " ".join(
            [*others[: round(share * len(others))], *words[round(share * len(words)) :]]
        )
    return lambda share: one if share < turn else other


def _between(one: float, other: float, share: float) -> float:
    if share in (0.0, 1.0):
        return other if share else one
    return one * (1.0 - share) + other * share
