"""Numbers and booleans: the coercions of integer, number and boolean columns."""

from __future__ import annotations

import math
import re

from golive.engine.answers import Fault
from golive.engine.values import describe
from golive.signature.model import JsonValue

__all__ = [
    "INT64_MAX",
    "INT64_MIN",
    "coerce_boolean",
    "coerce_integer",
    "coerce_number",
    "non_finite",
    "number_from_text",
]

INT64_MIN = -(2**63)
INT64_MAX = 2**63 - 1
_INTEGER = re.compile(r"([+-]?\d{1,400})(?:\.0*)?", re.ASCII)
_NUMBER = re.compile(r"[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d{1,9})?", re.ASCII)
_NON_FINITE = re.compile(r"[+-]?(?:nan|inf|infinity)", re.IGNORECASE)
_BOOLEANS = {"true": True, "false": False, "1": True, "0": False}


def coerce_integer(value: JsonValue, name: str, example: str = "42") -> int | Fault:
    """An integer of 64 bits: from an integer, 1.0, "1", "-3", "1.0", true or false.

    Args:
        value: The value, not null.
        name: The field's name in messages and in the fault.
        example: A right value for messages.
    """
    number: object = value
    if isinstance(value, str):
        match = _INTEGER.fullmatch(value)
        number = int(match[1]) if match else _non_finite_text(value)
    if isinstance(number, float):
        if not math.isfinite(number):
            return non_finite(value, name, example)
        number = int(number) if number.is_integer() else None
    if not isinstance(number, int):
        return _wrong(value, name, "an integer", f"a whole number such as {example}")
    if not INT64_MIN <= number <= INT64_MAX:
        return _wrong(value, name, "an integer of 64 bits", "a number from -2^63 to 2^63-1")
    return int(number)


def coerce_number(value: JsonValue, name: str, example: str = "1.5") -> float | Fault:
    """A finite float: from an integer, a float, numeric text, true or false.

    Args:
        value: The value, not null.
        name: The field's name in messages and in the fault.
        example: A right value for messages.
    """
    number = number_from_text(value) if isinstance(value, str) else value
    if not isinstance(number, (int, float)):
        return _wrong(value, name, "a number", f"a number such as {example}")
    try:
        number = float(number)
    except OverflowError:
        return non_finite(value, name, example)
    return number if math.isfinite(number) else non_finite(value, name, example)


def coerce_boolean(value: JsonValue, name: str) -> bool | Fault:
    """A boolean: from true, false, 0, 1, 0.0, 1.0 and the texts true, false, 1, 0 in any case."""
    if isinstance(value, bool):
        return value
    if isinstance(value, (int, float)):
        if value in (0, 1):
            return bool(value)
        if isinstance(value, float) and not math.isfinite(value):
            return non_finite(value, name, "true")
    if isinstance(value, str):
        known = _BOOLEANS.get(value.lower()) if len(value) <= 5 else None
        if known is not None:
            return known
    return _wrong(value, name, "a boolean", "true or false")


def number_from_text(text: str) -> float | None:
    """The float that the text spells, an infinity or NaN too, or None."""
    if _NUMBER.fullmatch(text):
        return float(text)
    return _non_finite_text(text)


def non_finite(value: JsonValue, name: str, example: str) -> Fault:
    """The fault of NaN, an infinity or a number too large for a float."""
    message = f'"{name}" must be finite, got {describe(value)}; send a value such as {example}'
    return Fault("non_finite", message, name)


def _non_finite_text(text: str) -> float | None:
    return float(text) if _NON_FINITE.fullmatch(text) else None


def _wrong(value: JsonValue, name: str, wanted: str, right: str) -> Fault:
    hint = " (an empty text is no value: send null)" if value == "" else ""
    message = f'"{name}" must be {wanted}, got {describe(value)}; send {right}{hint}'
    return Fault("wrong_type", message, name)
