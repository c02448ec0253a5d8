"""The key ring watch: a thread that fetches the keys of an issuer of tokens."""

from __future__ import annotations

import logging
from collections.abc import Callable
from threading import Event, Thread

from golive.access.key_ring import KeyRing
from golive.forks import call_in_children

__all__ = ["KeyRingWatch"]

_logger = logging.getLogger("golive.http")


class KeyRingWatch:
    """Has a ring fetch its keys whenever it is time.

    Args:
        ring: Fetches.
        renew: Is called, in a thread, when what was decided before is void.
    """

    def __init__(self, ring: KeyRing, renew: Callable[[], object]) -> None:
        self._ring = ring
        self._renew = renew
        self._is_closed = False
        self._begin_anew()
        call_in_children(self._begin_anew)

    def _begin_anew(self) -> None:
        self._woken = Event()
        self._ring.wake = self._woken.set
        if not self._is_closed:
            Thread(target=self._watch, name="golive-key-ring", daemon=True).start()

    def close(self) -> None:
        """Fetch no more."""
        self._is_closed = True
        self._woken.set()

    def _watch(self) -> None:
        while True:
            self._woken.wait(self._ring.seconds_to_turn())
            self._woken.clear()
            if self._is_closed:
                return
            try:
                if self._ring.turn():
                    self._renew()
            except Exception:  # a thread that ends would leave withdrawn keys valid
                _logger.exception("The keys of the tokens' issuer could not be looked at.")
                self._woken.wait(1.0)
