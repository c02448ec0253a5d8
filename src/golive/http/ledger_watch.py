"""The ledger watch: a thread that lets a ledger do what it has to do now and then."""

from __future__ import annotations

import logging
from threading import Event, Thread

from golive.access.protocols import Ledger
from golive.forks import call_in_children

__all__ = ["LedgerWatch"]

_SECONDS = 1.0
_logger = logging.getLogger("golive.http")


class LedgerWatch:
    """Has a ledger look every second, and when the process ends.

    It is no task of the thread that looks at keys: a disk or a Redis that hangs would keep it from
    noticing that a key was revoked.

    Args:
        ledger: Looks.
    """

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger
        self._is_closed = False
        self._begin_anew()
        call_in_children(self._begin_anew)

    def _begin_anew(self) -> None:
        self._end = Event()
        if not self._is_closed:
            Thread(target=self._watch, name="golive-limits", daemon=True).start()

    def close(self) -> None:
        """Have it look for the last time."""
        if not self._is_closed:
            self._is_closed = True
            self._end.set()
            self._look()

    def _watch(self) -> None:
        while not self._end.wait(_SECONDS):
            self._look()

    def _look(self) -> None:
        try:
            self._ledger.look()
        except Exception:  # a thread that ends would leave what is used uncounted
            _logger.exception("What keys have used could not be looked at.")
