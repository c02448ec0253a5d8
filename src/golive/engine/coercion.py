"""Coercion: what values a column of each type accepts, the same in every protocol."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from functools import partial
from typing import Any, assert_never

from golive.engine.answers import Fault
from golive.engine.categories import CategoryReader
from golive.engine.moments import coerce_datetime
from golive.engine.numerals import coerce_boolean, coerce_integer, coerce_number, non_finite
from golive.engine.values import describe, has_lone_surrogate, plain, show
from golive.signature.model import Column, ColumnType, JsonValue

__all__ = [
    "Coercion",
    "coerce_text",
    "coerce_vector",
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
_TABLE: Mapping[ColumnType, tuple[str, str]] = {
    "integer": ('`1`, `1.0`, `"1"`, `"-3"`, `"1.0"`, `true` (1), `false` (0)', "`1.5`, `2^63`"),
    "number": ('`1`, `1.5`, `"1.5"`, `"1e3"`, `true` (1.0)', '`""`, `"1,5"`, `"nan"`, `1e400`'),
    "boolean": ('`true`, `1`, `0.0`, `"true"`, `"FALSE"`, `"1"`, `"0"`', '`2`, `"yes"`'),
    "string": ('any text, `""` too', "`1` (send it as text)"),
    "text": ('any text, `""` too', "`1` (send it as text)"),
    "category": (_CATEGORY, "`true` for `1`"),
    "datetime": (_DATETIME, '`1717142400`, `"31/05/2024"`'),
    "vector": ("a list of numbers of the column's length", "a list with a null in it"),
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
            return partial(coerce_vector, name=column.name, length=column.length)
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


def coerce_vector(value: JsonValue, name: str, length: int | None) -> list[float] | Fault:
    """A list of finite numbers of the column's length (None: of any length)."""
    wanted = "a list of numbers" if length is None else f"a list of {length} numbers"
    if not isinstance(value, list):
        if isinstance(value, float) and not math.isfinite(value):
            return non_finite(value, name, wanted)
        return Fault("wrong_type", f'"{name}" must be {wanted}, got {describe(value)}', name)
    if length is not None and len(value) != length:
        message = f'"{name}" must be {wanted}, got {len(value)}: {show(value)}'
        return Fault("wrong_type", message, name)
    numbers = [_element(plain(item), f"{name}[{at}]") for at, item in enumerate(value)]
    for number in numbers:
        if isinstance(number, Fault):
            return number
    return numbers  # type: ignore[return-value]  # the faults are gone


def surrogate_fault(value: JsonValue, name: str) -> Fault | None:
    """The fault of a text that UTF-8 cannot carry, which only a Python caller can pass."""
    if isinstance(value, str) and has_lone_surrogate(value):
        message = f'"{name}" holds half of a surrogate pair: {show(value)}; send valid Unicode'
        return Fault("wrong_type", message, name)
    return None


def _element(value: JsonValue, path: str) -> float | Fault:
    if value is None:
        return Fault("null_not_allowed", f'"{path}" is null; send a number such as 0.5', path)
    return coerce_number(value, path)


def _example(column: Column, otherwise: str) -> str:
    return otherwise if column.example is None else show(column.example)
