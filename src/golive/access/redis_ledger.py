"""The ledger in Redis: what keys use of models, counted by all processes and machines together."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import cast, get_args

from golive.access.errors import LedgerError
from golive.access.keys import Key
from golive.access.limits import Bucket, Period, Used
from golive.access.protocols import Standings
from golive.access.spend_script import SPEND, SPEND_SHA1
from golive.access.spending import Spending, Standing, burst_of
from golive.errors import UsageError
from golive.optional import require
from golive.redis_client import REDIS_SCHEMES, connect

__all__ = ["RedisLedger"]

_PREFIX = "golive:used:"
_PATIENCE = 0.1
_PAGE = 1000


class RedisLedger:
    """Counts in Redis; see `Ledger`.

    To spend is one round trip: a script that Redis runs as one step. The clock is that of Redis,
    so that machines whose clocks differ count the same day. What a key has used of a model is one
    hash, `golive:used:<id>:<model>`, which expires when its last period has ended. Nothing is asked
    twice: what was not heard of may have been counted. Safe in threads and forked processes.

    Args:
        url: Such as `redis://host:6379/0`.
        patience: Seconds to wait for a connection, and for an answer.
        clock: Seconds since 1970; the clock of Redis if None.

    Raises:
        MissingExtraError: redis-py is not installed.
        UsageError: The URL is none of Redis.
    """

    waits = True

    def __init__(
        self,
        url: str,
        *,
        patience: float = _PATIENCE,
        clock: Callable[[], float] | None = None,
    ) -> None:
        if not url.startswith(REDIS_SCHEMES):
            hint = "write it as redis://HOST:6379/0, rediss://… with TLS, or unix:///PATH"
            raise UsageError("What is to count limits is no URL of Redis.", hint=hint)
        redis = require("redis", extra="redis")
        self._no_script: type[Exception] = redis.exceptions.NoScriptError
        self._failures = (redis.RedisError, OSError, UnicodeError)
        self._clock = clock
        try:
            self._client = connect(url, seconds=patience)
        except (TypeError, ValueError) as error:
            hint = "write it as redis://HOST:6379/0"
            raise UsageError("The URL of Redis cannot be read.", hint=hint) from error

    def spend(self, key: Key, model: str, count: int) -> Spending:
        """Ask for so many requests or records; see `Ledger`."""
        now = "" if self._clock is None else repr(float(self._clock()))
        rate = (0, 1) if key.rate is None else (key.rate.count, key.rate.seconds)
        quotas = [part for quota in key.quotas for part in (quota.period, quota.count)]
        arguments = (_name(key.id, model), count, now, *rate, burst_of(key), *quotas)
        with self._told():
            try:
                found = self._client.evalsha(SPEND_SHA1, 1, *arguments)
            except self._no_script:  # Redis has begun anew
                found = self._client.eval(SPEND, 1, *arguments)
            refused, at, *fields = found
            standing = _standing(dict(zip(fields[::2], fields[1::2], strict=True)))
        return Spending(standing=standing, refused=refused or None, now=float(at))

    def standings(self) -> Standings:
        """What was used; see `Ledger`. It goes through all keys of the database, by pages."""
        found: Standings = {}
        with self._told():
            for name in self._client.scan_iter(match=f"{_PREFIX}*", count=_PAGE):
                key_id, _, model = name.removeprefix(_PREFIX).partition(":")
                found[key_id, model] = _standing(self._client.hgetall(name))
        return found

    def look(self) -> None:
        """There is nothing to do; see `Ledger`."""

    def ping(self) -> None:
        """Ask whether it answers.

        Raises:
            LedgerError: It does not.
        """
        with self._told():
            self._client.ping()

    def close(self) -> None:
        """Let its connections go."""
        self._client.close()

    @contextmanager
    def _told(self) -> Iterator[None]:
        try:
            yield
        except self._failures as error:
            raise LedgerError(f"Redis does not answer: {str(error).rstrip('.')}.") from error
        except (ValueError, TypeError, KeyError) as error:
            raise LedgerError("What Redis answers is nothing that golive wrote.") from error


def _name(key_id: str, model: str) -> str:
    return f"{_PREFIX}{key_id}:{model}"


def _standing(fields: Mapping[str, str]) -> Standing:
    bucket = None
    if "tokens" in fields:
        bucket = Bucket(float(fields["tokens"]), float(fields["at"]))
    used: dict[Period, Used] = {}
    for period in cast("tuple[Period, ...]", get_args(Period)):
        if f"{period}.used" in fields:
            used[period] = Used(
                math.floor(float(fields[f"{period}.used"])),
                float(fields[f"{period}.begin"]),
                float(fields[f"{period}.end"]),
            )
    return Standing(bucket, used)
