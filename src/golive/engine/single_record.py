"""Single records: bodies that hold one plain record and nothing else, read in one go."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from operator import itemgetter, le
from typing import Any

import msgspec
from msgspec import UNSET
from msgspec.structs import astuple

from golive.engine.column_rules import ColumnRule

__all__ = ["Decode", "ReadOne", "read_row", "read_text"]

Decode = Callable[[bytes], Any]
"""Gives what a JSON body holds."""

ReadOne = Callable[[bytes], tuple[tuple[Any, ...], int] | None]
"""Gives the values of the record that a body is, by column, and how many of them are outside the
sample's range; None where another way must see what the body is."""

_UNREADABLE = (msgspec.DecodeError, UnicodeDecodeError, RecursionError)


def read_row(decode: Decode, rules: Sequence[ColumnRule]) -> ReadOne:
    """Reads objects.

    Args:
        decode: Gives a Struct with one field a column.
        rules: Of the columns; none reads its values one by one.
    """
    known = [
        (at, frozenset(rule.column.categories) | {None})
        for at, rule in enumerate(rules)
        if rule.checks_categories
    ]
    count_outside = _counter_of_outside(rules)

    def read(body: bytes) -> tuple[tuple[Any, ...], int] | None:
        if body[:1] != b"{" or b'"records"' in body:
            return None
        try:
            values = astuple(decode(body))
        except _UNREADABLE:
            return None
        for at, categories in known:
            if values[at] not in categories:
                return None
        return values, count_outside(values)

    return read


def read_text(decode: Decode, text_of: Callable[[Any], Any]) -> ReadOne:
    """Reads texts, or objects with a text.

    Args:
        decode: Gives a text or a Struct.
        text_of: Gives the text that is in it, or UNSET.
    """

    def read(body: bytes) -> tuple[tuple[Any, ...], int] | None:
        if body[:1] not in (b"{", b'"') or b'"records"' in body:
            return None
        try:
            text = text_of(decode(body))
        except _UNREADABLE:
            return None
        return None if text is UNSET else ((text,), 0)

    return read


def _counter_of_outside(rules: Sequence[ColumnRule]) -> Callable[[tuple[Any, ...]], int]:
    """Counts the values of a record outside the sample's range; soonest where there are none."""
    places = [at for at, rule in enumerate(rules) if _counts_outside(rule)]
    bounds = [rules[at].bounds for at in places]
    if not places:
        return lambda _: 0
    lows, highs = zip(*bounds, strict=True)
    one = itemgetter(places[0])
    ranged_of = itemgetter(*places) if len(places) > 1 else lambda values: (one(values),)

    def count(values: tuple[Any, ...]) -> int:
        ranged = ranged_of(values)
        if None not in ranged and all(map(le, lows, ranged)) and all(map(le, ranged, highs)):
            return 0
        return sum(
            value is not None and not low <= value <= high
            for low, value, high in zip(lows, ranged, highs, strict=True)
        )

    return count


def _counts_outside(rule: ColumnRule) -> bool:
    return rule.has_range and not rule.checks_categories
