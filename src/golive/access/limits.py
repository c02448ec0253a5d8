"""Limits: a bucket of tokens and quotas of calendar periods, as functions of a state and a time.

Times are seconds since 1970. Days, weeks (from Monday) and months are those of UTC.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from typing import Annotated, Literal

import msgspec

from golive.errors import UsageError

__all__ = [
    "Bucket",
    "Period",
    "Quota",
    "Rate",
    "Used",
    "begun_anew",
    "parse_quota",
    "parse_rate",
    "period_of",
    "refilled",
    "take_tokens",
    "wait_for",
]

Period = Literal["day", "week", "month"]
_Positive = Annotated[int, msgspec.Meta(ge=1)]
_UNITS = {"s": 1, "second": 1, "min": 60, "minute": 60, "h": 3600, "hour": 3600}
_RATE = re.compile(r"(\d{1,12})/(\w+)")


class Rate(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """So much in so many seconds, in the long run."""

    count: _Positive
    seconds: _Positive = 1


class Quota(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """So much in each calendar period."""

    count: _Positive
    period: Period


class Bucket(msgspec.Struct, frozen=True):
    """Tokens, and when they were counted."""

    tokens: float
    at: float


class Used(msgspec.Struct, frozen=True):
    """How much of a quota was used, and the period: its beginning and its end."""

    count: int
    begin: float
    end: float


def refilled(bucket: Bucket, rate: Rate, burst: int, now: float) -> Bucket:
    """The bucket at a later time; a clock that was put back adds nothing."""
    passed = max(0.0, now - bucket.at)
    tokens = min(float(burst), bucket.tokens + passed * rate.count / rate.seconds)
    return Bucket(tokens, now)


def wait_for(bucket: Bucket, rate: Rate, burst: int, count: int) -> float:
    """Seconds until so many tokens may be taken; 0 where they may be taken now.

    More than the bucket holds are taken out of a full one, and are owed.
    """
    missing = min(count, burst) - bucket.tokens
    return 0.0 if missing <= 1e-9 else missing * rate.seconds / rate.count


def take_tokens(bucket: Bucket, count: int) -> Bucket:
    """The bucket without these tokens; what was owed is negative."""
    return Bucket(bucket.tokens - count, bucket.at)


def period_of(period: Period, now: float) -> tuple[float, float]:
    """The beginning and the end of the period that holds a time."""
    today = datetime.fromtimestamp(now, UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    begin = today
    if period == "day":
        end = today + timedelta(days=1)
    elif period == "week":
        begin = today - timedelta(days=today.weekday())
        end = begin + timedelta(days=7)
    else:
        begin = today.replace(day=1)
        end = (begin + timedelta(days=32)).replace(day=1)
    return begin.timestamp(), end.timestamp()


def begun_anew(used: Used | None, quota: Quota, now: float) -> Used:
    """What was used in the present period; a clock that was put back takes the count along."""
    if used is not None and used.begin <= now < used.end:
        return used
    begin, end = period_of(quota.period, now)
    return Used(used.count if used is not None and now < used.begin else 0, begin, end)


def parse_rate(text: str) -> Rate:
    """The rate that `10/s`, `600/min` or `100/h` says.

    Raises:
        UsageError: It is none.
    """
    match = _RATE.fullmatch(text)
    seconds = None if match is None else _UNITS.get(match[2])
    if match is None or seconds is None or not int(match[1]):
        raise UsageError(f"{text!r} is no rate.", hint="write it as 10/s, 600/min or 100/h")
    return Rate(int(match[1]), seconds)


def parse_quota(text: str) -> Quota:
    """The quota that `100/day`, `500/week` or `2000/month` says.

    Raises:
        UsageError: It is none.
    """
    match = _RATE.fullmatch(text)
    if match is None or not int(match[1]):
        raise _no_quota(text)
    count = int(match[1])
    match match[2]:
        case "day":
            return Quota(count, "day")
        case "week":
            return Quota(count, "week")
        case "month":
            return Quota(count, "month")
        case _:
            raise _no_quota(text)


def _no_quota(text: str) -> UsageError:
    return UsageError(f"{text!r} is no quota.", hint="write it as 100/day, 500/week or 2000/month")
