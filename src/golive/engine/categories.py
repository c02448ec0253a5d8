"""Category columns: which category a value means, and what becomes of one that is not known."""

from __future__ import annotations

import math
from typing import Literal

from golive.engine.answers import Fault
from golive.engine.numerals import INT64_MAX, INT64_MIN, non_finite, number_from_text
from golive.engine.values import describe, show
from golive.signature.model import Column, JsonValue

__all__ = ["CategoryReader", "Kind", "kind_of"]

Kind = Literal["boolean", "number", "text", "other"]
_LISTED = 10


def kind_of(value: object) -> Kind:
    """The value's JSON type as far as categories tell them apart."""
    if isinstance(value, bool):
        return "boolean"
    if isinstance(value, (int, float)):
        return "number"
    return "text" if isinstance(value, str) else "other"


class CategoryReader:
    """Reads the values of one category column.

    A value means the category that equals it (a boolean is never 1), else the one with the same
    text: `1` means `"1"`, `1.0` means `"1.0"` or `"1"`, `"1"` means 1, `"true"` means true.
    """

    def __init__(self, column: Column) -> None:
        self._column = column
        self._exact: dict[tuple[Kind, JsonValue], JsonValue] = {}
        self._by_text: dict[str, JsonValue] = {}
        for category in column.categories:
            self._exact.setdefault((kind_of(category), category), category)
        for category in column.categories:
            for text in _text_forms(category):
                self._by_text.setdefault(text, category)
        self._kinds = {kind for kind, _ in self._exact}
        self._integral = not any(isinstance(c, float) for c in column.categories)

    def read(self, value: JsonValue) -> JsonValue | Fault:
        """The category that the value means; None where the policy makes it null."""
        kind = kind_of(value)
        if kind == "other":
            return self._wrong(value)
        if isinstance(value, float) and not math.isfinite(value):
            return non_finite(value, self._column.name, self._example())
        if (kind, value) in self._exact:
            return self._exact[kind, value]
        for text in _text_forms(value):
            if text in self._by_text:
                return self._by_text[text]
        return self._unseen(value, kind)

    def meant_by(self, text: str) -> JsonValue:
        """What a text means where there are only texts: "7" may be a number not yet seen."""
        if text not in self._by_text and self._kinds == {"number"}:
            number = number_from_text(text)
            return text if number is None else number
        return text

    def _unseen(self, value: JsonValue, kind: Kind) -> JsonValue | Fault:
        match self._column.on_unseen:
            case "null":
                return None
            case "error":
                return self._unknown(value)
            case "pass":
                return self._passed(value, kind)

    def _passed(self, value: JsonValue, kind: Kind) -> JsonValue | Fault:
        if self._kinds and kind not in self._kinds:
            return self._wrong(value)
        if kind != "number" or not self._kinds:
            return value
        return self._passed_number(value)

    def _passed_number(self, value: float) -> JsonValue | Fault:
        if not INT64_MIN <= value <= INT64_MAX:
            return self._wrong(value)
        if not self._integral:
            return float(value)
        return int(value) if value == int(value) else self._wrong(value)

    def _wrong(self, value: JsonValue) -> Fault:
        name = self._column.name
        wanted = " or ".join(sorted(self._kinds)) or "text, number or boolean"
        if self._kinds == {"number"} and self._integral:
            wanted = "integer"
        message = (
            f'"{name}" must be a category ({wanted}), got {describe(value)};'
            f" send a value such as {self._example()}"
        )
        return Fault("wrong_type", message, name)

    def _unknown(self, value: JsonValue) -> Fault:
        name, categories = self._column.name, self._column.categories
        known = ", ".join(show(category) for category in categories[:_LISTED])
        more = f" and {len(categories) - _LISTED} more" if len(categories) > _LISTED else ""
        message = f'"{name}" has no category {show(value)}; known are {known}{more}'
        return Fault("unseen_category", message, name)

    def _example(self) -> str:
        categories = self._column.categories
        return show(categories[0] if categories else self._column.example)


def _text_forms(value: JsonValue) -> tuple[str, ...]:
    """The texts that mean the value, its own spelling first."""
    if isinstance(value, str):
        return (value,)
    if isinstance(value, bool):
        return ("true", "True") if value else ("false", "False")
    if isinstance(value, int):
        return (str(value), f"{value}.0") if abs(value) < 2**53 else ()
    if value.is_integer() and abs(value) < 2**53:
        return (f"{int(value)}.0", str(int(value)))
    return (repr(value),)
