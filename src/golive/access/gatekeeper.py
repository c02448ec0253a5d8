"""The gatekeeper: knows the keys of a process, and notices when they change."""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import UTC, datetime
from threading import Lock
from typing import TYPE_CHECKING

from golive.access.decision import Asked, Denied, Granted, decide, within_scope
from golive.access.errors import KeysError
from golive.access.keys import Key
from golive.access.memory_ledger import MemoryLedger
from golive.access.meters import Meter
from golive.access.protocols import KeyStore, Ledger
from golive.forks import call_in_children

if TYPE_CHECKING:
    from golive.access.tokens import TokenVerifier

__all__ = ["Gatekeeper"]

_logger = logging.getLogger("golive.access")
_DOTS_OF_A_TOKEN = 2
_UNAVAILABLE = Denied(
    code="keys_unavailable", detail="The keys cannot be read, so that nobody can be let in."
)


class Gatekeeper:
    """Decides about requests by the keys of a store.

    Without any key everybody is let in, but never again once there was one: nor when the keys are
    removed, nor when they cannot be read any more. Nobody is let in without a key or a token where
    tokens are taken.

    Args:
        store: Where the keys are; None where there are only tokens.
        clock: Seconds since 1970.
        ledger: Counts what keys with limits ask; one of this process alone if None.
        tokens: Verifies tokens; None where none are taken.
        is_locked: Whether nobody is let in without a key, also where there is none yet.

    Attributes:
        ledger: Counts.
    """

    def __init__(
        self,
        store: KeyStore | None,
        *,
        clock: Callable[[], float],
        ledger: Ledger | None = None,
        tokens: TokenVerifier | None = None,
        is_locked: bool = False,
    ) -> None:
        self._store = store
        self._clock = clock
        self.ledger: Ledger = MemoryLedger(clock) if ledger is None else ledger
        self._tokens = tokens
        self._turns = _Turns()
        self._mark = None if store is None else store.mark()
        self._keys: dict[str, Key] | None = {}
        self._is_locked = is_locked or tokens is not None
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
        if self._tokens is not None and (asked.text or "").count(".") == _DOTS_OF_A_TOKEN:
            return self._decide_token(asked, self._tokens)
        keys = self._keys  # another thread may replace it
        return _UNAVAILABLE if keys is None else decide(asked, keys, self._now())

    def _decide_token(self, asked: Asked, tokens: TokenVerifier) -> Granted | Denied:
        verdict = tokens.verify(asked.text or "", self._clock())
        if verdict.until is not None:
            self._turns.add(verdict.until)
        found = verdict.found
        return found if isinstance(found, Denied) else within_scope(asked, found)

    def meter(self, key: Key, model: str) -> Meter | None:
        """What counts what the key asks of the model, or None where it has no limits."""
        return Meter(key, model, self.ledger) if key.has_limits else None

    def look(self) -> bool:
        """Look at the store; whether what was decided before may be decided otherwise now."""
        before, self._looked_at = self._looked_at, self._now()
        was_put_back = self._looked_at < before  # the clock: ends that were past are to come
        has_turned = self._turns.take(self._clock()) or was_put_back
        mark = None if self._store is None else self._store.mark()
        if mark != self._mark or (self._keys is None and self._is_locked):
            self._mark = mark
            was = self._keys
            self._read()
            return was != self._keys or has_turned
        if not was_put_back and (self._next_end is None or self._looked_at < self._next_end):
            return has_turned
        self._next_end = self._find_next_end()
        return True

    def seconds_to_end(self) -> float | None:
        """Seconds until a key, a former secret or a token ends, or a token begins, or None."""
        ends = [self._turns.next, None if self._next_end is None else self._next_end.timestamp()]
        now = self._clock()
        return min((end - now for end in ends if end is not None), default=None)

    def _read(self) -> None:
        try:
            stored = () if self._store is None else self._store.read()
            self._keys = {key.id: key for key in stored}
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


class _Turns:
    """The times at which tokens that were verified begin or end; safe to use from several threads.

    Attributes:
        next: The first of them, in seconds since 1970, or None.
    """

    def __init__(self) -> None:
        self.next: float | None = None
        self._times: set[float] = set()
        self._begin_anew()
        call_in_children(self._begin_anew)

    def _begin_anew(self) -> None:
        self._lock = Lock()

    def add(self, time: float) -> None:
        """A token turns at this time."""
        with self._lock:
            self._times.add(time)
            self.next = time if self.next is None else min(self.next, time)

    def take(self, now: float) -> bool:
        """Forget the times that have come; whether there were any."""
        if self.next is None or now < self.next:
            return False
        with self._lock:
            self._times = {time for time in self._times if time > now}
            self.next = min(self._times, default=None)
        return True
