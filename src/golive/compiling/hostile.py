"""Hostile records: rows of the sample with values that are hard to treat as the original does."""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from golive.signature.model import Column, JsonValue, Signature, integer_bounds

__all__ = ["hostile_records"]

_MOST_COLUMNS = 60
_SMALLEST, _LARGEST = 5e-324, 1.7976931348623157e308
_NUMBERS = (
    0.0, -0.0, 1.0, -1.0, 0.1, 16777217.0, 9007199254740993.0, 1e-30, 1e30, -1e30, 3.4028234e38,
    3.5e38, -3.5e38, 1e300, -1e300, _LARGEST, -_LARGEST, 2.2250738585072014e-308, _SMALLEST,
    -_SMALLEST,
)  # fmt: skip
_INTEGERS = (0, 1, -1, 127, 128, 2**31, -(2**31) - 1, 2**53 + 1, 2**63 - 1, -(2**63))
_TEXTS = (
    "", " ", " \t\r\n\v\f", "\x00", "a\x00b", "\x1c\x1d\x1e\x1f\x85", "\u2028\u2029\u00a0\u3000",
    "naïve Ωμέγα 漢字 кириллица עברית", "e\u0301 é \u0041\u030a Å", "\u202eabc\u202c \u200b",
    "\u200d\ufeff",
    "ﬁ ﬀ ǅ ß ẞ İ ı ſ K Å", "ΌΣΟΣ ΣΑΣ", "x² ½ Ⅷ ٣٤ १२ 𝟘𝟙", "a_b __c__ d-e f.g don't can’t",
    "🦜🏽 👩‍👩‍👧 🇩🇪", "\U0010ffff\ufffe\ufdd0", "<b>&amp;</b> http://a.b/?c=d#e me@example.com",
    "nan", "NaN", "None", "null", "<NA>", "inf", "1e5", "007", "1.0", "True",
    "the and of", "a", "I", "\u0301", "ａｂｃ １２３", "ÀÈÌ àèì ñ ç", "안녕하세요 안녕", "สวัสดี",
)  # fmt: skip
_LONG = ("a " * 20_000, "z" * 50_000, "word é\n" * 5_000)


def hostile_records(
    records: Sequence[Mapping[str, JsonValue]], signature: Signature, *, seed: int = 0
) -> list[dict[str, JsonValue]]:
    """Rows of the sample with one value replaced, for each of many values and columns.

    Args:
        records: Rows of the sample, at least one.
        signature: Says which columns, and of which type each is.
        seed: Of which row gets which value.
    """
    chance = random.Random(seed)  # noqa: S311 - no secret
    columns = signature.columns
    if len(columns) > _MOST_COLUMNS:
        columns = tuple(chance.sample(columns, _MOST_COLUMNS))
    return [
        {**chance.choice(records), column.name: value}
        for column in columns
        for value in _hostile_values(column, records, chance)
    ]


def _hostile_values(
    column: Column, records: Sequence[Mapping[str, JsonValue]], chance: random.Random
) -> Iterator[JsonValue]:
    yield None
    match column.type:
        case "number":
            yield from _NUMBERS
        case "integer":
            yield from _INTEGERS
            for bound in integer_bounds(column.dtype.lower()) or ():
                yield from (bound, bound + 1 if bound > 0 else bound - 1)
        case "boolean":
            yield from (True, False)
        case "category":
            yield from column.categories[:50]
            yield from _unseen_values(column)
        case "string" | "text":
            yield from _TEXTS
            yield from _LONG
            yield from _distorted(column, records, chance)
        case _:
            pass  # such columns are not compiled


def _unseen_values(column: Column) -> Iterator[JsonValue]:
    kinds = {type(category) for category in column.categories}
    if str in kinds or not kinds:
        yield from _TEXTS
        yield _LONG[1]
    if kinds & {int, float}:
        yield from (0, -1, 10**6, 2**53, -(2**53))
    if float in kinds:
        yield from (0.5, -0.0, 1e-9)


def _distorted(
    column: Column, records: Sequence[Mapping[str, JsonValue]], chance: random.Random
) -> Iterator[JsonValue]:
    """Texts of the sample, written otherwise."""
    for record in chance.sample(records, min(len(records), 12)):
        text: Any = record.get(column.name)
        if not isinstance(text, str) or not text:
            continue
        words = text.split()
        yield text.upper()
        yield text.title()
        yield text[::-1]
        yield f" {text}\n\n{text} "
        yield "\u0301".join(text[:200])
        yield "\u200b".join(words)
        yield text[: len(text) // 2] + "\x00" + text[len(text) // 2 :]
        yield " ".join(chance.sample(words, len(words)))
        yield text.translate({97: 228, 101: 233, 111: 246, 117: 252})
        yield "".join(words)
        yield ".".join(words)
