"""Datetime columns: ISO 8601 texts and Python datetimes, with or without a time zone."""

from __future__ import annotations

import math
import re
from datetime import UTC, date, datetime

from golive.engine.answers import Fault
from golive.engine.numerals import non_finite
from golive.engine.values import describe
from golive.signature.model import JsonValue

__all__ = ["coerce_datetime", "has_zone"]

_ISO = re.compile(
    r"(\d{4}-\d{2}-\d{2})"
    r"(?:[Tt ]([01]\d|2[0-3]):([0-5]\d)(?::([0-5]\d)(?:[.,](\d{1,30}))?)?"
    r" ?([Zz]|[+-]\d{2}(?::?\d{2})?)?)?",
    re.ASCII,
)


def has_zone(dtype: str) -> bool:
    """Whether the dtype, such as `datetime64[us, UTC]`, carries a time zone."""
    return "," in dtype


def coerce_datetime(value: JsonValue, name: str, dtype: str) -> datetime | Fault:
    """A datetime: from ISO 8601 text (a date alone too) or a Python date or datetime.

    For a dtype with a time zone, a value without one is read as UTC; for a dtype without, a value
    with one is converted to UTC. Digits beyond microseconds are dropped.

    Args:
        value: The value, not null.
        name: The field's name in messages and in the fault.
        dtype: The column's dtype.
    """
    if isinstance(value, float) and not math.isfinite(value):
        return non_finite(value, name, '"2024-05-31"')
    try:
        moment = _parsed(value)
        zoned = None if moment is None else _zoned(moment, aware=has_zone(dtype))
    except (ValueError, OverflowError):
        zoned = None
    if zoned is None:
        return _wrong(value, name, 'a date or time; send ISO 8601 text such as "2024-05-31"')
    if "[ns" in dtype and not 1678 <= zoned.year <= 2261:
        return _wrong(value, name, "a time from 1678 to 2261, all that the model can hold")
    return zoned


def _parsed(value: JsonValue) -> datetime | None:
    if isinstance(value, datetime):
        micros = value.microsecond  # a plain datetime, whatever the subclass (pandas' Timestamp)
        clock = (value.hour, value.minute, value.second, micros)
        return datetime(value.year, value.month, value.day, *clock, tzinfo=value.tzinfo)
    if isinstance(value, date):
        return datetime(value.year, value.month, value.day)  # noqa: DTZ001 - the zone comes later
    if isinstance(value, str) and len(value) < 64 and (match := _ISO.fullmatch(value)):
        return _from_parts(match)
    return None


def _from_parts(match: re.Match[str]) -> datetime:
    day, hour, minute, second, fraction, zone = match.groups()
    text = f"{day}T{hour or '00'}:{minute or '00'}:{second or '00'}"
    text += f".{(fraction or '').ljust(6, '0')[:6]}"
    if zone is None:
        return datetime.fromisoformat(text)
    return datetime.fromisoformat(text + ("+00:00" if zone in "Zz" else zone))


def _zoned(moment: datetime, *, aware: bool) -> datetime:
    if aware:
        moment = moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment
        return moment.astimezone(UTC)
    return moment if moment.tzinfo is None else moment.astimezone(UTC).replace(tzinfo=None)


def _wrong(value: JsonValue, name: str, wanted: str) -> Fault:
    return Fault("wrong_type", f'"{name}" must be {wanted}; got {describe(value)}', name)
