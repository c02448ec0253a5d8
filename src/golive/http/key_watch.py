"""The key watch: a thread that notices when keys change or end."""

from __future__ import annotations

import logging
from collections.abc import Callable
from threading import Event, Thread

from golive.access.gatekeeper import Gatekeeper
from golive.forks import call_in_children

__all__ = ["KeyWatch"]

_SECONDS = 1.0
_logger = logging.getLogger("golive.http")


class KeyWatch:
    """Looks at the keys every second, and when one ends.

    Args:
        gatekeeper: Looks.
        renew: Is called, in a thread, when what was decided before is void.
    """

    def __init__(self, gatekeeper: Gatekeeper, renew: Callable[[], object]) -> None:
        self._gatekeeper = gatekeeper
        self._renew = renew
        self._is_closed = False
        self._begin_anew()
        call_in_children(self._begin_anew)

    def _begin_anew(self) -> None:
        self._end = Event()
        if not self._is_closed:
            Thread(target=self._watch, name="golive-keys", daemon=True).start()

    def close(self) -> None:
        """Look no more."""
        self._is_closed = True
        self._end.set()

    def _watch(self) -> None:
        while not self._end.wait(self._pause()):
            try:
                if self._gatekeeper.look():
                    self._renew()
            except Exception:  # a thread that ends would leave revoked keys valid
                _logger.exception("The keys could not be looked at.")

    def _pause(self) -> float:
        left = self._gatekeeper.seconds_to_end()
        return _SECONDS if left is None else min(_SECONDS, max(0.001, left))
