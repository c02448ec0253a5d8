"""Truths of a table in the JSON type of the model's classes."""

from __future__ import annotations

from typing import Any

import pandas as pd

from golive.packing.data import plain_value
from golive.signature.model import JsonValue, Output

__all__ = ["truths_of"]


def truths_of(column: pd.Series[Any], output: Output) -> list[JsonValue]:
    """One truth a row: a class of the output where one is meant, None where there is none.

    A file may have turned the class "1" into 1, or 1 into 1.0: what is no class is looked up by
    its text, and by its whole number.
    """
    values = [plain_value(value) for value in column.tolist()]
    if output.kind not in ("binary", "multiclass"):
        return values
    exact = {(type(label), label): label for label in output.classes}
    by_text = {str(label): label for label in output.classes}
    return [_class_of(value, exact, by_text) for value in values]


def _class_of(
    value: JsonValue, exact: dict[tuple[type, JsonValue], JsonValue], by_text: dict[str, JsonValue]
) -> JsonValue:
    if value is None or (type(value), value) in exact:
        return value
    if isinstance(value, float) and value.is_integer() and str(int(value)) in by_text:
        return by_text[str(int(value))]
    return by_text.get(str(value), value)
