"""Coercion: what values a column of each type accepts, the same in every protocol."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from functools import partial
from typing import Any, assert_never

from golive.engine.answers import Fault
from golive.engine.base64_text import coerce_bytes
from golive.engine.categories import CategoryReader
from golive.engine.images import FORMATS, ImageReader
from golive.engine.moments import coerce_datetime
from golive.engine.numerals import coerce_boolean, coerce_integer, coerce_number, non_finite
from golive.engine.values import describe, has_lone_surrogate, show
from golive.engine.vectors import VectorReader
from golive.signature.model import MAX_BYTES, Column, ColumnType, JsonValue

__all__ = [
    "Coercion",
    "coerce_text",
    "coercion_for",
    "coercion_table",
    "surrogate_fault",
]

Coercion = Callable[[JsonValue], Any]
"""A value that is not null to the column's value, None where a policy makes it null, or a Fault."""

_CATEGORY = (
    'a known category, or a value with the same text: `1` for `"1"`, `"1"` for `1`, '
    '`1.0` for `"1"` or `"1.0"`, `"true"` for `true`; letter case matters'
)
_DATETIME = (
    'ISO 8601 text: `"2024-05-31"`, `"2024-05-31 09:30"`, `"2024-05-31T09:30:00.5Z"`, '
    '`"2024-05-31T09:30:00+02:00"`'
)
_BASE64 = (
    "base64 text of the standard or the URL-safe alphabet, with padding or without, in one line or "
    "several, also as `data:…;base64,…`"
)
_VECTOR = (
    "a list of numbers of the column's length, or nested lists of its shape; whole numbers where "
    "its `dtype` is one of integers"
)
_IMAGE = (
    f"the same text of a file of the kind {', '.join(FORMATS[:-1])} or {FORMATS[-1]}; it is turned "
    "as its EXIF says, converted to `pixel_mode` and resized to `shape`"
)
_TABLE: Mapping[ColumnType, tuple[str, str]] = {
    "integer": ('`1`, `1.0`, `"1"`, `"-3"`, `"1.0"`, `true` (1), `false` (0)', "`1.5`, `2^63`"),
    "number": ('`1`, `1.5`, `"1.5"`, `"1e3"`, `true` (1.0)', '`""`, `"1,5"`, `"nan"`, `1e400`'),
    "boolean": ('`true`, `1`, `0.0`, `"true"`, `"FALSE"`, `"1"`, `"0"`', '`2`, `"yes"`'),
    "string": ('any text, `""` too', "`1` (send it as text)"),
    "text": ('any text, `""` too', "`1` (send it as text)"),
    "category": (_CATEGORY, "`true` for `1`"),
    "datetime": (_DATETIME, '`1717142400`, `"31/05/2024"`'),
    "vector": (_VECTOR, "a list with a null in it"),
    "bytes": (_BASE64, "a wrong padding, other characters; more than `max_bytes`"),
    "image": (_IMAGE, "a damaged file; more than `max_bytes` or `max_pixels`"),
}


def coercion_table() -> str:
    """The documented coercions as a Markdown table."""
    lines = ["| type | accepts | does not accept |", "|---|---|---|"]
    lines += [f"| {name} | {yes} | {no} |" for name, (yes, no) in _TABLE.items()]
    return "\n".join(lines) + "\n"


def coercion_for(column: Column) -> Coercion:  # noqa: PLR0911 - one for each type
    """The coercion of the column's values."""
    match column.type:
        case "integer":
            return partial(coerce_integer, name=column.name, example=_example(column, "42"))
        case "number":
            return partial(coerce_number, name=column.name, example=_example(column, "1.5"))
        case "boolean":
            return partial(coerce_boolean, name=column.name)
        case "string" | "text":
            return partial(coerce_text, name=column.name)
        case "category":
            return CategoryReader(column).read
        case "datetime":
            return partial(coerce_datetime, name=column.name, dtype=column.dtype)
        case "vector":
            return VectorReader(column).read
        case "bytes":
            limit = column.max_bytes or MAX_BYTES
            return partial(coerce_bytes, name=column.name, max_bytes=limit)
        case "image":
            return ImageReader(column).read
        case _:
            assert_never(column.type)


def coerce_text(value: JsonValue, name: str) -> str | Fault:
    """A text; nothing else is one."""
    if isinstance(value, str):
        return value
    if isinstance(value, float) and not math.isfinite(value):
        return non_finite(value, name, '"a text"')
    hint = ""
    if isinstance(value, (bool, int, float)):
        hint = f"; send it as text: {show(show(value))}"
    message = f'"{name}" must be a text, got {describe(value)}{hint}'
    return Fault("wrong_type", message, name)


def surrogate_fault(value: JsonValue, name: str) -> Fault | None:
    """The fault of a text that UTF-8 cannot carry, which only a Python caller can pass."""
    if isinstance(value, str) and has_lone_surrogate(value):
        message = f'"{name}" holds half of a surrogate pair: {show(value)}; send valid Unicode'
        return Fault("wrong_type", message, name)
    return None


def _example(column: Column, otherwise: str) -> str:
    return otherwise if column.example is None else show(column.example)
