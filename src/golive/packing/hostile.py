"""Hostile rows: records of the sample with values that a careless caller sends."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from golive.packing.policies import spread
from golive.signature.model import Column, JsonValue, Signature

__all__ = ["hostile_rows"]

_MOST_COLUMNS = 60
_TEXTS = (
    "",
    " \t\n",
    "\x00",
    "naïve Ωμέγα 漢字 e\u0301 \u202eabc",
    "🦜🏽",
    "<b>&amp;</b>",
    "a " * 20_000,
)
_NUMBERS = (0, -1, 1e30, -1e30, 5e-324)
_DATES = ("0001-01-01T00:00:00", "9999-12-31T23:59:59")


def hostile_rows(
    rows: Sequence[dict[str, JsonValue]], signature: Signature
) -> list[dict[str, JsonValue]]:
    """The first row with one value replaced, for each of many values and columns.

    Args:
        rows: Records of the sample, at least one.
        signature: Says which columns, and of which type each is.
    """
    columns = [signature.columns[at] for at in spread(len(signature.columns), _MOST_COLUMNS)]
    return [
        {**rows[0], column.name: value} for column in columns for value in _hostile_values(column)
    ]


def _hostile_values(column: Column) -> Iterator[JsonValue]:
    yield None
    match column.type:
        case "integer" | "number":
            yield from _NUMBERS
        case "boolean":
            yield from (True, False)
        case "string" | "category" | "text":
            yield from _TEXTS
        case "datetime":
            yield from _DATES
        case "vector":
            yield from (_filled(column.dimensions, number) for number in _NUMBERS)
        case "bytes":
            yield from ("", "AA==")
        case "image":
            pass  # what is no image never reaches the model


def _filled(dimensions: tuple[int | None, ...], number: float) -> JsonValue:
    """A vector with the number everywhere."""
    vector: JsonValue = number
    for size in reversed(dimensions):
        vector = [vector] * (size or 1)
    return vector
