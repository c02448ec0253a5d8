"""Ledger building: where a process counts what keys with limits ask, as the settings say."""

from __future__ import annotations

import time
from collections.abc import Callable

from golive.access.guarded_ledger import GuardedLedger
from golive.access.memory_ledger import MemoryLedger
from golive.access.protocols import Ledger
from golive.access.saved_ledger import SavedLedger
from golive.access.usage_file import UsageFile, usage_path
from golive.http.limit_families import LIMIT_SERIES, limit_series
from golive.http.metrics import Metrics
from golive.setting import SecretUrl
from golive.settings import ServeSettings
from golive.signature.model import JsonValue

__all__ = ["limits_facts", "open_ledger"]


def open_ledger(settings: ServeSettings, metrics: Metrics | None = None) -> Ledger:
    """The ledger of a process.

    Args:
        settings: Where to count, and what to do where nothing answers there.
        metrics: Count when Redis fails, and what becomes of requests then.

    Raises:
        MissingExtraError: It is to count in Redis, and redis-py is not installed.
        UsageError: The URL is none of Redis.
    """
    if settings.keys is None:
        return MemoryLedger(time.time)
    if settings.limits_in is not None:
        return _shared_ledger(settings, settings.limits_in, metrics or Metrics())
    ledger = SavedLedger(UsageFile(usage_path(settings.keys)), clock=time.time)
    ledger.look()  # goes on from what was counted before
    return ledger


def limits_facts(ledger: Ledger) -> Callable[[], JsonValue] | None:
    """What tells `/readyz` how a shared ledger fares, or None where there is none."""
    if not isinstance(ledger, GuardedLedger):
        return None

    def facts() -> JsonValue:
        health = ledger.health
        if health.failing_for is None:
            return {"redis": "answers"}
        meanwhile = "counted_by_each_process" if health.fails == "open" else "refused"
        seconds = round(health.failing_for, 1)
        return {"redis": "unreachable", "seconds": seconds, "meanwhile": meanwhile}

    return facts


def _shared_ledger(settings: ServeSettings, url: SecretUrl, metrics: Metrics) -> Ledger:
    from golive.access.redis_ledger import RedisLedger  # few count together

    for series in LIMIT_SERIES:
        metrics.add(series, 0.0)
    return GuardedLedger(
        RedisLedger(url.text),
        MemoryLedger(time.time),
        fails=settings.limits_fail,
        tell=lambda event: metrics.add(limit_series(event)),
    )
