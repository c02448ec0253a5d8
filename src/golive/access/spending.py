"""Spending: what comes of asking for more, as a function of what was used, limits and a time."""

from __future__ import annotations

from typing import Literal

import msgspec

from golive.access.keys import Key
from golive.access.limits import (
    Bucket,
    Period,
    Used,
    begun_anew,
    refilled,
    take_tokens,
    wait_for,
)

__all__ = ["Spending", "Standing", "burst_of", "spend"]


class Standing(msgspec.Struct, frozen=True):
    """What a key has used of a model.

    Attributes:
        bucket: The tokens of its rate, or None where it has none or nothing was asked yet.
        used: How much of its quotas.
    """

    bucket: Bucket | None = None
    used: dict[Period, Used] = msgspec.field(default_factory=dict)


class Spending(msgspec.Struct, frozen=True, kw_only=True):
    """What came of asking for so much. What is refused is not counted.

    Attributes:
        standing: What is used now.
        refused: The limit that refuses it, or None.
        now: The time, by the clock of who counts.
    """

    standing: Standing
    refused: Literal["rate"] | Period | None
    now: float


def spend(standing: Standing, key: Key, count: int, now: float) -> Spending:
    """Ask for so many requests or records.

    Args:
        standing: What was used before.
        key: With the limits that it has now.
        count: How many.
        now: Seconds since 1970.
    """
    burst = burst_of(key)
    bucket = None
    if key.rate is not None:
        before = standing.bucket or Bucket(float(burst), now)
        bucket = refilled(before, key.rate, burst, now)
    used: dict[Period, Used] = {
        quota.period: begun_anew(standing.used.get(quota.period), quota, now)
        for quota in key.quotas
    }
    refused = _refused(bucket, used, key, count)
    if refused is None:
        bucket = None if bucket is None else take_tokens(bucket, count)
        used = {name: Used(part.count + count, part.begin, part.end) for name, part in used.items()}
    return Spending(standing=Standing(bucket, used), refused=refused, now=now)


def burst_of(key: Key) -> int:
    """How much a key may ask at once."""
    return key.burst or (1 if key.rate is None else key.rate.count)


def _refused(
    bucket: Bucket | None, used: dict[Period, Used], key: Key, count: int
) -> Literal["rate"] | Period | None:
    for quota in key.quotas:
        if used[quota.period].count + count > quota.count:
            return quota.period
    if key.rate is None or bucket is None:
        return None
    return "rate" if wait_for(bucket, key.rate, burst_of(key), count) else None
