"""What the signature promises for a value: passed on, as what, or refused with a code."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from golive.signature.model import Column, JsonValue

__all__ = [
    "Expectation",
    "of_absence",
    "of_non_finite",
    "of_null",
    "of_number",
    "of_unseen",
    "passed",
    "refused",
]


@dataclass(frozen=True, slots=True, kw_only=True)
class Expectation:
    """What must become of one value of a column.

    Attributes:
        codes: The codes of which the record's error must have one; empty where it is answered.
        value: What the model gets where it is answered.
    """

    codes: tuple[str, ...] = ()
    value: Any = None


def passed(value: Any) -> Expectation:
    """The model gets the value."""
    return Expectation(value=value)


def refused(*codes: str) -> Expectation:
    """The record fails with one of the codes."""
    return Expectation(codes=codes)


def of_null(column: Column) -> Expectation:
    """For null, by `on_null`."""
    match column.on_null:
        case "pass":
            return passed(None)
        case "default":
            return passed(column.default)
        case "error":
            return refused("null_not_allowed")


def of_absence(column: Column) -> Expectation:
    """For a record without the column, by `on_missing`."""
    match column.on_missing:
        case "error":
            return refused("missing_column")
        case "null":
            return of_null(column)
        case "default":
            return passed(column.default)


def of_unseen(column: Column, value: JsonValue) -> Expectation:
    """For a category that the sample and the model did not know, by `on_unseen`."""
    match column.on_unseen:
        case "pass":
            return passed(value)
        case "null":
            return of_null(column)
        case "error":
            return refused("unseen_category")


def of_number(column: Column, value: float) -> Expectation:
    """For a finite number, by `on_range`."""
    below = column.minimum is not None and value < column.minimum
    above = column.maximum is not None and value > column.maximum
    if column.on_range == "error" and (below or above):
        return refused("out_of_range")
    return passed(value)


def of_non_finite(column: Column) -> Expectation:
    """For a number that is too large for a float, by `on_non_finite`."""
    if column.on_non_finite == "null":
        return of_null(column)
    return refused("non_finite")
