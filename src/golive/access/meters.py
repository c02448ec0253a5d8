"""Meters: what each key has used of each model, as those who ask are told."""

from __future__ import annotations

import math
from typing import Literal

import msgspec

from golive.access.errors import LedgerError
from golive.access.keys import Key
from golive.access.limits import Bucket, wait_for
from golive.access.protocols import Ledger
from golive.access.spending import Spending, burst_of

__all__ = ["Meter", "Spent", "policy_header"]

_SECONDS = {"day": 86_400, "week": 604_800}
_RETRY_SECONDS = 1


class Spent(msgspec.Struct, frozen=True, kw_only=True):
    """What came of asking for so much.

    Attributes:
        code: Why it is refused, or None.
        detail: The same in words.
        retry_after: Whole seconds until it may be asked again, or None where it is not refused.
        header: The value of `RateLimit` (draft-ietf-httpapi-ratelimit-headers-10); empty where
            nobody knows.
    """

    code: Literal["rate_limited", "quota_exceeded", "limits_unavailable"] | None = None
    detail: str = ""
    retry_after: int | None = None
    header: str


class Meter:
    """What one key has used of one model; safe to use from several threads.

    What is refused is not counted.

    Args:
        key: With its limits.
        model: The model's name.
        ledger: Counts.
    """

    def __init__(self, key: Key, model: str, ledger: Ledger) -> None:
        self.key = key
        self._model = model
        self._ledger = ledger

    @property
    def waits(self) -> bool:
        """Whether to spend may mean to wait for another machine."""
        return self._ledger.waits

    def spend(self, count: int) -> Spent:
        """Ask for so many requests or records."""
        try:
            spending = self._ledger.spend(self.key, self._model, count)
        except LedgerError:
            detail = "What this key has used is not known now, so that nothing can be allowed."
            return Spent(
                code="limits_unavailable", detail=detail, retry_after=_RETRY_SECONDS, header=""
            )
        return _told(self.key, count, spending)


def policy_header(key: Key) -> str:
    """The value of `RateLimit-Policy` (draft-ietf-httpapi-ratelimit-headers-10)."""
    parts = []
    if (rate := key.rate) is not None:
        burst = burst_of(key)
        parts.append(f'"rate";q={burst};w={max(1, math.ceil(burst * rate.seconds / rate.count))}')
    for quota in key.quotas:
        seconds = _SECONDS.get(quota.period)
        window = "" if seconds is None else f";w={seconds}"
        parts.append(f'"{quota.period}";q={quota.count}{window}')
    return ", ".join(parts)


def _told(key: Key, count: int, spending: Spending) -> Spent:
    header = _header(key, spending)
    if spending.refused is None:
        return Spent(header=header)
    if spending.refused == "rate":
        return _limited(key, count, spending.standing.bucket, header)
    return _exceeded(key, spending, header)


def _header(key: Key, spending: Spending) -> str:
    parts = []
    bucket, used = spending.standing.bucket, spending.standing.used
    if (rate := key.rate) is not None and bucket is not None:
        left = max(0, math.floor(bucket.tokens + 1e-9))
        full = math.ceil(max(0.0, burst_of(key) - bucket.tokens) * rate.seconds / rate.count)
        parts.append(f'"rate";r={left};t={full}')
    for quota in key.quotas:
        part = used[quota.period]
        left = max(0, quota.count - part.count)
        seconds = math.ceil(max(0.0, part.end - spending.now))
        parts.append(f'"{quota.period}";r={left};t={seconds}')
    return ", ".join(parts)


def _limited(key: Key, count: int, bucket: Bucket | None, header: str) -> Spent:
    wait = 0.0
    if key.rate is not None and bucket is not None:
        wait = wait_for(bucket, key.rate, burst_of(key), count)
    seconds = max(1, math.ceil(wait))
    detail = f"This key asks for more {key.unit}s than its rate; wait {seconds} s."
    return Spent(code="rate_limited", detail=detail, retry_after=seconds, header=header)


def _exceeded(key: Key, spending: Spending, header: str) -> Spent:
    quota = next(quota for quota in key.quotas if quota.period == spending.refused)
    used = spending.standing.used[quota.period]
    seconds = max(1, math.ceil(used.end - spending.now))
    left = quota.count - used.count
    detail = (
        f"This key may ask for {quota.count} {key.unit}s a {quota.period}, of which "
        f"{max(0, left)} are left; the next {quota.period} begins in {seconds} s."
    )
    return Spent(code="quota_exceeded", detail=detail, retry_after=seconds, header=header)
