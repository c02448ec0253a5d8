"""The gatekeeper: knows the keys of a process, and notices when they change."""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import UTC, datetime

from golive.access.decision import Asked, Denied, Granted, decide
from golive.access.errors import KeysError
from golive.access.keys import Key
from golive.access.meters import Meter, Meters
from golive.access.protocols import KeyStore

__all__ = ["Gatekeeper"]

_logger = logging.getLogger("golive.access")
_UNAVAILABLE = Denied(
    code="keys_unavailable", detail="The keys cannot be read, so that nobody can be let in."
)


class Gatekeeper:
    """Decides about requests by the keys of a store.

    Without any key everybody is let in, but never again once there was one: nor when the keys are
    removed, nor when they cannot be read any more.

    Args:
        store: Where the keys are.
        clock: Seconds since 1970.
    """

    def __init__(self, store: KeyStore, *, clock: Callable[[], float]) -> None:
        self._store = store
        self._clock = clock
        self._meters = Meters(clock)
        self._mark = store.mark()
        self._keys: dict[str, Key] | None = {}
        self._is_locked = False
        self._next_end: datetime | None = None
        self._looked_at = self._now()
        self._read()

    @property
    def is_locked(self) -> bool:
        """Whether a key is needed."""
        return self._is_locked

    def decide(self, asked: Asked) -> Granted | Denied | None:
        """Decide about a request; None where no key is needed."""
        if not self._is_locked:
            return None
        keys = self._keys  # another thread may replace it
        return _UNAVAILABLE if keys is None else decide(asked, keys, self._now())

    def meter(self, key: Key, model: str) -> Meter | None:
        """What counts what the key asks of the model, or None where it has no limits."""
        return self._meters.of(key, model) if key.has_limits else None

    def look(self) -> bool:
        """Look at the store; whether what was decided before may be decided otherwise now."""
        before, self._looked_at = self._looked_at, self._now()
        was_put_back = self._looked_at < before  # the clock: ends that were past are to come
        mark = self._store.mark()
        if mark != self._mark or (self._keys is None and self._is_locked):
            self._mark = mark
            was = self._keys
            self._read()
            return was != self._keys or was_put_back
        if not was_put_back and (self._next_end is None or self._looked_at < self._next_end):
            return False
        self._next_end = self._find_next_end()
        return True

    def seconds_to_end(self) -> float | None:
        """Seconds until a key, or a former secret, ends, or None."""
        return None if self._next_end is None else (self._next_end - self._now()).total_seconds()

    def _read(self) -> None:
        try:
            self._keys = {key.id: key for key in self._store.read()}
        except KeysError as error:
            if self._keys is not None:
                hint = "every request that needs a key is refused: %s"
                _logger.error(hint, error.message)  # noqa: TRY400 - a traceback tells no more
            self._keys, self._is_locked = None, True
        self._is_locked = self._is_locked or bool(self._keys)
        self._next_end = self._find_next_end()

    def _find_next_end(self) -> datetime | None:
        now = self._now()
        ends = [key.next_end(now) for key in (self._keys or {}).values()]
        return min((end for end in ends if end is not None), default=None)

    def _now(self) -> datetime:
        return datetime.fromtimestamp(self._clock(), UTC)
