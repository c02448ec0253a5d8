"""The key ring: the keys that an issuer of tokens publishes, as they were fetched last.

It is fetched by a thread that belongs to somebody else, now and then and when a token names a key
that is not there; never more often than every so many seconds, whatever tokens are sent. Where the
issuer does not answer, the keys that were fetched last stay good.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from typing import Any

import msgspec

from golive.access.errors import IssuerError

__all__ = ["FetchKeys", "KeyRing", "PublishedKey"]

_logger = logging.getLogger("golive.access")


class PublishedKey(msgspec.Struct, frozen=True, kw_only=True):
    """A public key and the one algorithm that it is for.

    Attributes:
        key: As PyJWT takes it.
        algorithm: Its name.
        mark: Tells it from another key of the same id.
    """

    key: Any
    algorithm: str
    mark: bytes


FetchKeys = Callable[[], Mapping[str, PublishedKey]]
"""Fetches an issuer's keys by their ids; raises `IssuerError` where they cannot be had."""

_KEPT = "the keys of the tokens' issuer could not be fetched again, and stay as they were: %s"
_MISSED = "the keys of the tokens' issuer could not be fetched, and no token is taken: %s"
_EVERY_SECONDS = 600.0
_PAUSE_SECONDS = 30.0
_SOON = 1 / 15  # of the pause


class KeyRing:
    """The keys of an issuer.

    Attributes:
        wake: Is called when it may be time to look again; set by whose thread looks.

    Args:
        fetch: Fetches them.
        clock: Seconds that only grow.
        every: Seconds between two looks.
        pause: The least seconds between two looks, whatever is wanted; also the most after a
            failure.
    """

    def __init__(
        self,
        fetch: FetchKeys,
        *,
        clock: Callable[[], float],
        every: float = _EVERY_SECONDS,
        pause: float = _PAUSE_SECONDS,
    ) -> None:
        self.wake: Callable[[], object] = lambda: None
        self._fetch = fetch
        self._clock = clock
        self._every = every
        self._pause = pause
        self._keys: Mapping[str, PublishedKey] | None = None
        self._tried: float | None = None
        self._failures = 0
        self._is_wanted = False

    def find(self, kid: str | None) -> PublishedKey | None:
        """The key of an id, or None; the only one there is for a token that names none."""
        keys = self._keys or {}
        if kid is not None:
            return keys.get(kid)
        return next(iter(keys.values())) if len(keys) == 1 else None

    def want(self) -> None:
        """A key is wanted that is not there: look again as soon as that may be."""
        if not self._is_wanted:
            self._is_wanted = True
            self.wake()

    @property
    def is_about_to_fetch(self) -> bool:
        """Whether there are no keys yet, or others may be there in a moment."""
        return self._keys is None or self.seconds_to_turn() < _SOON * self._pause

    def seconds_to_turn(self) -> float:
        """Seconds until it is to be looked again."""
        if self._tried is None:
            return 0.0
        pause = self._every
        if self._failures:
            pause = min(self._pause, 2.0 ** min(self._failures - 1, 10))
        elif self._is_wanted:
            pause = min(self._pause, self._every)
        return max(0.0, self._tried + pause - self._clock())

    def turn(self) -> bool:
        """Fetch the keys if it is time; whether what was decided may be decided otherwise now.

        Never raises because of the issuer.
        """
        if self.seconds_to_turn() > 0:
            return False
        was, was_wanted = self._keys, self._is_wanted
        self._is_wanted = False
        try:
            self._keys = self._fetch()
            self._failures = 0
        except IssuerError as error:
            self._failures += 1
            if self._failures == 1:
                _logger.error(_MISSED if was is None else _KEPT, error.message)  # noqa: TRY400
        self._tried = self._clock()
        return was_wanted or _marks(was) != _marks(self._keys)


def _marks(keys: Mapping[str, PublishedKey] | None) -> dict[str, bytes] | None:
    """What tells two sets of keys apart."""
    return None if keys is None else {kid: key.mark for kid, key in keys.items()}
