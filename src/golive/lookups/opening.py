"""Opening: the store that a location stands for."""

from __future__ import annotations

from pathlib import Path

from golive.errors import UsageError
from golive.lookups.errors import LookupNotReadError, LookupUnavailableError
from golive.lookups.protocols import LookupStore
from golive.lookups.table_file import TableFile
from golive.lookups.tables import SUFFIXES
from golive.lookups.timed import TimedStore
from golive.redis_client import REDIS_SCHEMES
from golive.signature.model import Lookup

__all__ = ["open_lookup"]


def open_lookup(lookup: Lookup, location: str, *, seconds: float) -> LookupStore:
    """The store at a location: a file, or a Redis.

    A Redis that does not answer yet is no error: the defaults are used until it does.

    Args:
        lookup: What is looked up in it.
        location: A path, or a URL of a Redis.
        seconds: How long to wait for what is not in memory.

    Raises:
        LookupNotReadError: There is no such file, or it cannot be read.
        UsageError: The location is neither a file nor the URL of a Redis.
        MissingExtraError: redis-py is not installed.
    """
    if location.startswith(REDIS_SCHEMES):
        from golive.lookups.redis_store import RedisStore

        store = RedisStore(location, lookup, seconds=seconds)
        return TimedStore(store, name=lookup.name, seconds=seconds)
    path = Path(location)
    if path.suffix.lower() not in SUFFIXES:
        raise UsageError(
            f"{lookup.name}: {location} is neither a file of {', '.join(SUFFIXES)} nor a Redis.",
            hint=f"--lookup {lookup.name}=FILE.json, or --lookup {lookup.name}=redis://HOST:PORT/0",
        )
    try:
        table = TableFile(path, lookup)
    except LookupUnavailableError as error:
        raise LookupNotReadError(f"{lookup.name}: {error.message}", hint=error.hint) from error
    table.watch()
    return table
