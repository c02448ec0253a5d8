"""Meters: what each key has used of each model, in this process."""

from __future__ import annotations

import math
from collections.abc import Callable
from threading import Lock
from typing import Literal

import msgspec

from golive.access.keys import Key
from golive.access.limits import (
    Bucket,
    Quota,
    Rate,
    Used,
    begun_anew,
    refilled,
    take_tokens,
    wait_for,
)
from golive.forks import call_in_children

__all__ = ["Meter", "Meters", "Spent", "policy_header"]

_SECONDS = {"day": 86_400, "week": 604_800}


class Spent(msgspec.Struct, frozen=True, kw_only=True):
    """What came of asking for so much.

    Attributes:
        code: Why it is refused, or None.
        detail: The same in words.
        retry_after: Whole seconds until it may be asked again, or None where it is not refused.
        header: The value of `RateLimit` (draft-ietf-httpapi-ratelimit-headers-10).
    """

    code: Literal["rate_limited", "quota_exceeded"] | None = None
    detail: str = ""
    retry_after: int | None = None
    header: str


class Meter:
    """What one key has used of one model; safe to use from several threads.

    What is refused is not counted.

    Args:
        key: With its limits, which may change.
        clock: Seconds since 1970.
    """

    def __init__(self, key: Key, clock: Callable[[], float]) -> None:
        self.key = key
        self._clock = clock
        self._bucket: Bucket | None = None
        self._used: dict[str, Used] = {}
        self._begin_anew()
        call_in_children(self._begin_anew)

    def _begin_anew(self) -> None:
        self._lock = Lock()

    def spend(self, count: int) -> Spent:
        """Ask for so many requests or records."""
        with self._lock:
            return self._spend(count, self._clock())

    def _spend(self, count: int, now: float) -> Spent:
        key = self.key
        rate, burst = key.rate, _burst(key)
        self._bucket = bucket = self._refilled(rate, burst, now)
        used = [begun_anew(self._used.get(quota.period), quota, now) for quota in key.quotas]
        self._keep(used)
        for quota, part in zip(key.quotas, used, strict=True):
            if part.count + count > quota.count:
                return _exceeded(key, quota, part, now, self._header(bucket, used, now))
        wait = 0.0 if rate is None else wait_for(bucket, rate, burst, count)
        if wait:
            return _limited(key, wait, self._header(bucket, used, now))
        self._bucket = bucket = take_tokens(bucket, count)
        used = [Used(part.count + count, part.begin, part.end) for part in used]
        self._keep(used)
        return Spent(header=self._header(bucket, used, now))

    def _keep(self, used: list[Used]) -> None:
        parts = zip(self.key.quotas, used, strict=True)
        self._used = {quota.period: part for quota, part in parts}

    def _refilled(self, rate: Rate | None, burst: int, now: float) -> Bucket:
        if rate is None or self._bucket is None:
            return Bucket(float(burst), now)
        return refilled(self._bucket, rate, burst, now)

    def _header(self, bucket: Bucket, used: list[Used], now: float) -> str:
        parts = []
        if (rate := self.key.rate) is not None:
            left = max(0, math.floor(bucket.tokens + 1e-9))
            full = math.ceil(max(0.0, _burst(self.key) - bucket.tokens) * rate.seconds / rate.count)
            parts.append(f'"rate";r={left};t={full}')
        for quota, part in zip(self.key.quotas, used, strict=True):
            left = max(0, quota.count - part.count)
            parts.append(f'"{quota.period}";r={left};t={math.ceil(max(0.0, part.end - now))}')
        return ", ".join(parts)


class Meters:
    """The meters of a process, which outlive the keys' being read again.

    Args:
        clock: Seconds since 1970.
    """

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._meters: dict[tuple[str, str], Meter] = {}

    def of(self, key: Key, model: str) -> Meter:
        """The meter of a key and a model, with the limits that the key has now."""
        meter = self._meters.get((key.id, model))
        if meter is None:
            meter = self._meters.setdefault((key.id, model), Meter(key, self._clock))
        meter.key = key
        return meter


def policy_header(key: Key) -> str:
    """The value of `RateLimit-Policy` (draft-ietf-httpapi-ratelimit-headers-10)."""
    parts = []
    if (rate := key.rate) is not None:
        burst = _burst(key)
        parts.append(f'"rate";q={burst};w={max(1, math.ceil(burst * rate.seconds / rate.count))}')
    for quota in key.quotas:
        seconds = _SECONDS.get(quota.period)
        window = "" if seconds is None else f";w={seconds}"
        parts.append(f'"{quota.period}";q={quota.count}{window}')
    return ", ".join(parts)


def _burst(key: Key) -> int:
    return key.burst or (1 if key.rate is None else key.rate.count)


def _limited(key: Key, wait: float, header: str) -> Spent:
    seconds = max(1, math.ceil(wait))
    detail = f"This key asks for more {key.unit}s than its rate; wait {seconds} s."
    return Spent(code="rate_limited", detail=detail, retry_after=seconds, header=header)


def _exceeded(key: Key, quota: Quota, used: Used, now: float, header: str) -> Spent:
    seconds = max(1, math.ceil(used.end - now))
    left = quota.count - used.count
    detail = (
        f"This key may ask for {quota.count} {key.unit}s a {quota.period}, of which "
        f"{max(0, left)} are left; the next {quota.period} begins in {seconds} s."
    )
    return Spent(code="quota_exceeded", detail=detail, retry_after=seconds, header=header)
