"""Plain JSON values: shown in messages, and made from what Python callers pass."""

from __future__ import annotations

import math
from datetime import date, datetime
from typing import Any

import msgspec

from golive.signature.model import JsonValue

__all__ = ["describe", "has_lone_surrogate", "plain", "show"]

_SHOWN = 60
_PLAIN_TYPES = frozenset({str, int, float, bool, type(None), list, dict, datetime, date})


def show(value: object) -> str:
    """The value as JSON text of at most about 60 characters."""
    if isinstance(value, (datetime, date)):
        return f'"{value.isoformat()}"'
    if isinstance(value, float) and not math.isfinite(value):
        return str(value)
    if isinstance(value, int) and not isinstance(value, bool) and value.bit_length() > 200:
        return f"an integer of about {value.bit_length() * 30103 // 100_000} digits"
    return _shortened(value)


def describe(value: object) -> str:
    """The value with its JSON type, such as `the text "abc"`."""
    if value is None or isinstance(value, bool):
        return show(value)
    if isinstance(value, (int, float)):
        return f"the number {show(value)}"
    if isinstance(value, str):
        return f"the text {show(value)}"
    if isinstance(value, list):
        return f"the list {show(value)}"
    if isinstance(value, dict):
        return f"the object {show(value)}"
    return f"a {type(value).__name__}"


def plain(value: Any) -> Any:
    """A Python caller's value as the JSON decoder would give it; unknown types stay as they are.

    NumPy's scalars and arrays become Python values, pandas' `NA` null, tuples lists. NaN stays
    NaN: it is not a null.
    """
    kind = type(value)
    if kind in _PLAIN_TYPES:
        return value
    if kind.__module__ == "numpy":
        return _from_numpy(value)
    if kind.__name__ == "NAType":
        return None
    if kind.__name__ == "NaTType":
        return float("nan")
    if isinstance(value, (str, float, int)):
        return _from_subclass(value)
    return list(value) if isinstance(value, tuple) else value


def has_lone_surrogate(text: str) -> bool:
    """Whether the text holds half of a surrogate pair, which UTF-8 cannot carry."""
    if text.isascii():
        return False
    try:
        text.encode()
    except UnicodeEncodeError:
        return True
    return False


def _from_subclass(value: str | float) -> JsonValue:
    if isinstance(value, str):
        return str.__str__(value)
    return int(value) if isinstance(value, int) else float(value)


def _from_numpy(value: Any) -> Any:
    if type(value).__name__ == "datetime64":
        moment = value.astype("datetime64[us]").tolist()
        return float("nan") if moment is None else moment
    return value.tolist() if hasattr(value, "tolist") else value


def _ascii(value: object) -> str:
    try:
        return ascii(value)
    except RecursionError:
        return "…"


def _shortened(value: object) -> str:
    if isinstance(value, str):
        value = value[: _SHOWN + 1]
    elif isinstance(value, list):
        value = value[:_SHOWN]
    try:
        text = msgspec.json.encode(value).decode()
    except (TypeError, ValueError, RecursionError, OverflowError, msgspec.MsgspecError):
        text = _ascii(value)
    return text if len(text) <= _SHOWN else text[: _SHOWN - 1] + "…"
