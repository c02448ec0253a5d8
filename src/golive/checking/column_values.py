"""Hostile values for a column of each type, and what the signature promises for each."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Iterator
from dataclasses import dataclass
from math import inf
from typing import Any, assert_never

from golive.checking.expectations import (
    Expectation,
    of_absence,
    of_non_finite,
    of_null,
    of_number,
    of_unseen,
    passed,
    refused,
)
from golive.checking.report import Severity
from golive.packing.policies import unseen_value
from golive.signature.model import Column, JsonValue, integer_bounds

__all__ = ["ABSENT", "EMOJI", "UNICODE", "Variation", "variations"]

ABSENT: Any = object()
"""Stands for a record without the column."""

UNICODE = "Ünïcødé ﬁ 文字 العربية e\u0301\u200d"
EMOJI = "🚀👩\u200d👩\u200d👧🇩🇪"
_CONTROL = "a\u0000b\t\n\u001b[0m"
_LONG = "many words " * 2_000
_INT64_MAX = 2**63 - 1
_MOST_ENCODED = 2**20
_CUT = 40
_PIXELS = (  # PNG files of one pixel
    (
        "a grey image of one pixel",
        (
            "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAAAAAA6fptVAAAACklEQVR4nGNoAAAAggCBd81ytgAAAABJ"
            "RU5ErkJggg=="
        ),
    ),
    (
        "a translucent image of one pixel",
        (
            "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR4nGP4z8DQAAAEgQGALFXOsAAA"
            "AABJRU5ErkJggg=="
        ),
    ),
)
_WRONG = refused("wrong_type")


@dataclass(frozen=True, slots=True)
class Variation:
    """One hostile value.

    Attributes:
        check: What is tried.
        what: The value in words.
        value: The value in JSON, or `ABSENT`.
        expected: What must become of it.
        severity: Of the model failing on it.
    """

    check: str
    what: str
    value: JsonValue
    expected: Expectation
    severity: Severity = "error"


def variations(column: Column, present: JsonValue) -> Iterator[Variation]:
    """Everything that is tried in one column.

    Args:
        column: The column.
        present: Its value in the record that is varied.
    """
    yield Variation("null", "null", None, of_null(column))
    yield Variation("missing", "no such field", ABSENT, of_absence(column))
    yield Variation("wrong_type", "an object", {"a": 1}, _WRONG)
    match column.type:
        case "integer" | "number":
            yield from _numbers(column, present)
        case "boolean":
            yield from _booleans()
        case "string" | "text":
            yield from _texts()
        case "category":
            yield from _categories(column)
        case "datetime":
            yield from _datetimes(column)
        case "vector":
            yield from _vectors(column, present)
        case "bytes":
            yield from _bytes(column)
        case "image":
            yield from _images(present)
        case _:
            assert_never(column.type)


def _numbers(column: Column, present: JsonValue) -> Iterator[Variation]:
    whole = column.type == "integer"
    yield Variation("wrong_type", "a text", "not a number", _WRONG)
    yield Variation("wrong_type", "a list", [1], _WRONG)
    yield Variation("empty_text", "an empty text", "", _WRONG)
    yield Variation("emoji", "emoji", EMOJI, _WRONG)
    yield Variation("non_finite", "1e400", inf, of_non_finite(column))
    if isinstance(present, int | float) and not isinstance(present, bool):
        yield Variation("coercion", "the number as text", repr(present), passed(present))
    if whole:
        yield Variation("wrong_type", "1.5", 1.5, _WRONG)
        yield Variation("huge", "2^63", _INT64_MAX + 1, _WRONG)
    for check, value, severity in _amounts(column):
        yield Variation(check, f"{value:g}", value, of_number(column, value), severity)


def _amounts(column: Column) -> Iterator[tuple[str, float, Severity]]:
    """Numbers that a mistake makes (errors), and the largest there are (warnings)."""
    bounds = [abs(b) for b in (column.minimum, column.maximum) if isinstance(b, int | float)]
    large = max([1.0, *bounds]) * 1e6
    amounts: list[tuple[str, float, Severity]] = [
        ("huge", large, "error"),
        ("negative", -1.0, "error"),
        ("negative", -large, "error"),
        ("zero", 0.0, "error"),
    ]
    extreme = float(2**62) if column.type == "integer" else 1e308
    amounts += [("extreme", extreme, "warning"), ("extreme", -extreme, "warning")]
    for check, amount, severity in amounts:
        if column.type != "integer":
            yield check, amount, severity
        elif abs(amount) <= _INT64_MAX:
            yield check, int(amount), severity


def _booleans() -> Iterator[Variation]:
    for value in (True, False):
        yield Variation("coercion", "a boolean", value, passed(value))
    yield Variation("coercion", "a boolean as text", "true", passed(value=True))
    yield Variation("wrong_type", "2", 2, _WRONG)
    yield Variation("wrong_type", "a text", "yes", _WRONG)
    yield Variation("empty_text", "an empty text", "", _WRONG)
    yield Variation("emoji", "emoji", EMOJI, _WRONG)


def _texts() -> Iterator[Variation]:
    yield Variation("wrong_type", "a number", 7, _WRONG)
    yield Variation("wrong_type", "a list", ["a"], _WRONG)
    for check, what, text in (
        ("empty_text", "an empty text", ""),
        ("empty_text", "a text of spaces", "   "),
        ("unicode", "letters of many scripts", UNICODE),
        ("unicode", "control characters", _CONTROL),
        ("emoji", "emoji", EMOJI),
        ("huge", f"a text of {len(_LONG):,} characters", _LONG),
    ):
        yield Variation(check, what, text, passed(text))


def _categories(column: Column) -> Iterator[Variation]:
    known = column.categories
    yield Variation("wrong_type", "a list", ["a"], _WRONG)
    if not known or any(isinstance(value, bool) for value in known):
        return
    unseen = unseen_value(column)
    yield Variation("unseen_category", repr(unseen), unseen, of_unseen(column, unseen))
    if not all(isinstance(value, str) for value in known):
        return
    for check, what, text in (
        ("empty_text", "an empty text", ""),
        ("unicode", "letters of many scripts", UNICODE),
        ("emoji", "emoji", EMOJI),
        ("huge", f"a text of {len(_LONG):,} characters", _LONG),
    ):
        expected = passed(text) if text in known else of_unseen(column, text)
        yield Variation(check, what, text, expected)


def _datetimes(column: Column) -> Iterator[Variation]:
    yield Variation("wrong_type", "a number", 1_717_142_400, _WRONG)
    yield Variation("wrong_type", "a date of another form", "31/05/2024", _WRONG)
    yield Variation("empty_text", "an empty text", "", _WRONG)
    yield Variation("emoji", "emoji", EMOJI, _WRONG)
    for check, moment in (
        ("negative", "1900-01-01T00:00:00"),
        ("huge", "2199-12-31T23:59:59"),
        ("zero", "1970-01-01T00:00:00"),
        ("unicode", "2024-02-29T12:00:00"),
    ):
        name = "leap_day" if check == "unicode" else check
        yield Variation(name, moment, moment, _of_moment(column, moment))


def _of_moment(column: Column, moment: str) -> Expectation:
    """ISO 8601 texts compare as the moments do, to the day."""
    low, high = str(column.minimum or "")[:10], str(column.maximum or "")[:10]
    is_outside = (low and moment[:10] < low) or (high and moment[:10] > high)
    if column.on_range == "error" and is_outside:
        return refused("out_of_range")
    return passed(moment)


def _vectors(column: Column, present: JsonValue) -> Iterator[Variation]:
    yield Variation("wrong_type", "a text", "not a vector", _WRONG)
    yield Variation("empty_text", "an empty text", "", _WRONG)
    if not isinstance(present, list) or not present:
        return
    if column.dimensions[0] is not None:
        yield Variation("wrong_type", "one element too many", [*present, present[0]], _WRONG)
        yield Variation("wrong_type", "an empty list", [], _WRONG)
    with_null, with_text = [None, *present[1:]], ["a", *present[1:]]
    yield Variation("null", "a null among the elements", with_null, refused("null_not_allowed"))
    yield Variation("wrong_type", "a text among the elements", with_text, _WRONG)
    bounds = integer_bounds(column.dtype)
    for check, element in (("zero", 0), ("huge", 10**6), ("negative", -1000)):
        fits = bounds is None or bounds[0] <= element <= bounds[1]
        filled = _filled(present, element if bounds else float(element))
        expected = passed(filled) if fits else _WRONG
        yield Variation(check, f"{element} in every place", filled, expected)


def _filled(value: JsonValue, element: float) -> JsonValue:
    """Nested lists of the same shape, of one number."""
    return [_filled(v, element) for v in value] if isinstance(value, list) else element


def _base64_faults(code: str) -> Iterator[Variation]:
    """Texts that are no base64; `code` is of what they would be if they were."""
    bad = refused("bad_base64", code)
    yield Variation("wrong_type", "a number", 7, _WRONG)
    yield Variation("wrong_type", "a list", [1], _WRONG)
    yield Variation("unicode", "a text that is no base64", UNICODE, bad)
    yield Variation("emoji", "emoji", EMOJI, bad)
    yield Variation("wrong_type", "base64 that was cut off", "aGVsb", bad)


def _bytes(column: Column) -> Iterator[Variation]:
    yield from _base64_faults("bad_base64")
    yield Variation("empty_text", "no bytes", "", passed(b""), "warning")
    most = column.max_bytes
    if most is not None and most <= _MOST_ENCODED:
        text = b64encode(bytes(most + 1)).decode()
        yield Variation("huge", f"{most + 1:,} bytes", text, refused("too_large"))


def _images(present: JsonValue) -> Iterator[Variation]:
    bad = refused("bad_image", "bad_base64")
    yield from _base64_faults("bad_image")
    yield Variation("empty_text", "no bytes", "", bad)
    no_image = b64encode(b"this is no image").decode()
    yield Variation("wrong_type", "bytes of no image", no_image, refused("bad_image"))
    for words, text in _PIXELS:
        yield Variation("extreme", words, text, passed(text), "warning")
    if isinstance(present, str) and len(present) > _CUT:
        head = present[: present.find(",") + 1 + _CUT]
        yield Variation("wrong_type", "an image that was cut off", head, bad)
