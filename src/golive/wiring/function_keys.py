"""The keys of a function: those that its package, or its environment, holds."""

from __future__ import annotations

import time
from pathlib import Path

from golive.access.errors import KeysError
from golive.access.fixed_keys import FixedKeys
from golive.access.gatekeeper import Gatekeeper
from golive.access.memory_ledger import MemoryLedger
from golive.access.protocols import Ledger
from golive.function_settings import FunctionSettings
from golive.settings import ServeSettings

__all__ = ["open_function_keys"]


def open_function_keys(place: Path, settings: ServeSettings, own: FunctionSettings) -> Gatekeeper:
    """What knows the keys; nobody is let in without one.

    Rates and quotas are counted by each environment of the function for itself, unless a Redis is
    named in which all count together.

    Args:
        place: Where the package is.
        settings: How models are served; its file of keys is one of the package.
        own: What the function has beside that; its text of keys counts before the file.

    Raises:
        KeysError: There is no such file, or it is no file of keys.
        MissingExtraError: Limits are to be counted in Redis, and redis-py is not installed.
        UsageError: The URL is none of Redis.
    """
    if own.keys_text is not None:
        store = FixedKeys(own.keys_text.encode(), source="GOLIVE_KEYS_TEXT")
    else:
        store = _packed_keys(place / (settings.keys or ""))
    ledger = _ledger(settings)
    return Gatekeeper(store, clock=time.time, ledger=ledger, is_locked=True)


def _packed_keys(file: Path) -> FixedKeys:
    try:
        content = file.read_bytes()
    except OSError as error:
        message = f"The file of keys {file} cannot be read: {error.strerror}."
        raise KeysError(message, hint="put it into the package") from error
    return FixedKeys(content, source=str(file))


def _ledger(settings: ServeSettings) -> Ledger:
    if settings.limits_in is None:
        return MemoryLedger(time.time)
    from golive.http.ledger_building import open_ledger  # few count together

    return open_ledger(settings)
