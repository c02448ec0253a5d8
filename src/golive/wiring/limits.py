"""Limits: where they are counted, as the settings say, for those who start servers and ask."""

from __future__ import annotations

import time
from pathlib import Path

from golive.access.errors import LedgerError
from golive.access.key_file import KeyFile
from golive.access.management import find
from golive.access.protocols import Standings
from golive.access.usage import KeyUsage, standings_of, usage_of
from golive.access.usage_file import UsageFile, usage_path
from golive.errors import UsageError
from golive.setting import SecretUrl
from golive.settings import ServeSettings

__all__ = ["key_usage", "limits_notes"]

_PATIENCE = 5.0


def limits_notes(settings: ServeSettings) -> list[str]:
    """What a person is told about limits when a server starts.

    Raises:
        KeysError: The file of keys cannot be read.
        MissingExtraError: Limits are to be counted in Redis, and redis-py is not installed.
        UsageError: The URL is none of Redis.
    """
    if settings.keys is None:
        return []
    if settings.limits_in is not None:
        return _notes_of_redis(settings, settings.limits_in)
    workers = _workers(settings)
    if workers == 1 or not any(key.has_limits for key in KeyFile(settings.keys).read()):
        return []
    note = (
        f"Each of the {workers} workers counts the limits of keys by itself: together they let "
        f"through up to {workers} times a rate, and of a quota what comes in within a second too "
        "much. With --limits-in redis://HOST:6379/0 they count together."
    )
    return [note]


def key_usage(
    keys: Path | None, *, wanted: str | None = None, limits_in: SecretUrl | None = None
) -> list[KeyUsage]:
    """What keys have used of their quotas, by what servers have counted.

    Args:
        keys: The file of keys, or None for the one that GOLIVE_KEYS names.
        wanted: The id or name of one key; None for all that are not revoked.
        limits_in: Where servers count together; None for what GOLIVE_LIMITS_IN says.

    Raises:
        UsageError: There is no such key, or nothing says where the keys are.
        KeysError: The keys cannot be read.
        LedgerError: What was used cannot be read.
    """
    settings = ServeSettings.load(keys=keys, limits_in=limits_in)
    if settings.keys is None:
        hint = "give it with --keys FILE, or set GOLIVE_KEYS"
        raise UsageError("Nothing says which file the keys are in.", hint=hint)
    known = KeyFile(settings.keys).read()
    chosen = [key for key in known if key.revoked is None]
    if wanted is not None:
        chosen = [find(known, wanted)]
    return usage_of(chosen, _standings(settings.keys, settings.limits_in), time.time())


def _standings(keys: Path, limits_in: SecretUrl | None) -> Standings:
    if limits_in is None:
        return standings_of(UsageFile(usage_path(keys)).read())
    from golive.access.redis_ledger import RedisLedger

    return RedisLedger(limits_in.text, patience=_PATIENCE).standings()


def _notes_of_redis(settings: ServeSettings, url: SecretUrl) -> list[str]:
    from golive.access.redis_ledger import RedisLedger

    ledger = RedisLedger(url.text)
    try:
        ledger.ping()
    except LedgerError as error:
        meanwhile = (
            "each process counts by itself"
            if settings.limits_fail == "open"
            else "keys with limits are refused"
        )
        return [f"Limits are to be counted in {url}. {error.message} Until it does, {meanwhile}."]
    finally:
        ledger.close()
    return []


def _workers(settings: ServeSettings) -> int:
    if settings.workers != "auto":
        return settings.workers
    from golive.http.processors import processors

    return processors()
