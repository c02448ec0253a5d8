"""Redis: looked-up values in hashes or in JSON texts, one under each key."""

from __future__ import annotations

import logging
import re
from collections.abc import Callable, Sequence
from typing import Any
from urllib.parse import parse_qsl, urlencode
from weakref import finalize

import msgspec

from golive.errors import UsageError
from golive.lookups.errors import LookupTimeoutError, LookupUnavailableError
from golive.lookups.protocols import Row
from golive.optional import require
from golive.redis_client import connect
from golive.signature.model import Lookup

__all__ = ["RedisStore", "shown_url"]

_FORMS = ("hash", "json")
_HINT = "redis://HOST:PORT/0?prefix=user:&form=hash (or form=json)"
_SECRET = re.compile(r"(?<=//)[^/]*@|(?<=password=)[^&]*")
_logger = logging.getLogger("golive.lookups")


class RedisStore:
    """Asks a Redis for hashes (`HMGET`, pipelined) or for JSON texts (`MGET`).

    A URL is redis-py's, and may say two things more: `prefix`, which stands before every key, and
    `form`, which is `hash` (by default) or `json`.

    Args:
        url: `redis://…`, `rediss://…` or `unix://…`.
        lookup: Names the columns.
        seconds: How long to wait for a connection, and for an answer.

    Attributes:
        waits: True.
        gives_texts: Whether it asks for hashes.

    Raises:
        MissingExtraError: redis-py is not installed.
        UsageError: It is no such URL.
    """

    waits = True

    def __init__(self, url: str, lookup: Lookup, *, seconds: float) -> None:
        place, _, given = url.partition("?")
        query = dict(parse_qsl(given))
        self._prefix, form = query.pop("prefix", ""), query.pop("form", _FORMS[0])
        if form not in _FORMS:
            raise UsageError(f"A form of {form!r} is not known for {lookup.name}.", hint=_HINT)
        self.gives_texts = form == "hash"
        self._lookup = lookup
        self._columns = list(lookup.columns)
        self._ask: Callable[[list[str]], Sequence[Row | None]] = (
            self._hashes if self.gives_texts else self._documents
        )
        self._errors = require("redis.exceptions", extra="redis")
        try:
            self._client = connect(f"{place}?{urlencode(query)}", seconds=seconds)
        except (ValueError, TypeError) as error:
            message = f"{shown_url(url)} is no URL of a Redis: {error}."
            raise UsageError(message, hint=_HINT) from error
        finalize(self, self._client.connection_pool.disconnect)

    def fetch(self, keys: Sequence[str]) -> Sequence[Row | None]:
        """What is kept under each key; see `LookupStore`."""
        if not keys:
            return []
        try:
            return self._ask([f"{self._prefix}{key}" for key in keys])
        except (self._errors.TimeoutError, TimeoutError) as error:
            raise LookupTimeoutError("Redis did not answer in time.") from error
        except (self._errors.RedisError, OSError, UnicodeError) as error:
            raise LookupUnavailableError(f"Redis cannot be asked: {error}.") from error

    def _hashes(self, names: list[str]) -> list[Row | None]:
        pipeline = self._client.pipeline(transaction=False)
        for name in names:
            pipeline.hmget(name, self._columns)
        answers = pipeline.execute(raise_on_error=False)
        return [self._row(name, values) for name, values in zip(names, answers, strict=True)]

    def _row(self, name: str, values: Any) -> Row | None:
        if isinstance(values, Exception):
            if not str(values).startswith("WRONGTYPE"):
                raise values
            self._warn(name, "is no hash")
            return None
        pairs = zip(self._columns, values, strict=True)
        return {column: value for column, value in pairs if value is not None} or None

    def _documents(self, names: list[str]) -> list[Row | None]:
        texts = self._client.mget(names)
        return [self._document(name, text) for name, text in zip(names, texts, strict=True)]

    def _document(self, name: str, text: str | None) -> Row | None:
        if text is None:
            return None
        try:
            found = msgspec.json.decode(text, type=dict[str, Any])
        except msgspec.DecodeError:
            self._warn(name, "is no JSON object")
            return None
        return {column: found[column] for column in self._columns if column in found}

    def _warn(self, name: str, problem: str) -> None:
        _logger.warning("%s: what Redis has under %r %s.", self._lookup.name, name, problem)


def shown_url(url: str) -> str:
    """The URL without user and password, which no message is to tell, wherever they stand."""
    return _SECRET.sub("", url)
