"""The ledger watch: a thread that lets a ledger do what it has to do now and then."""

from __future__ import annotations

from golive.access.protocols import Ledger
from golive.http.watch import Watch

__all__ = ["LedgerWatch"]

_SECONDS = 1.0


class LedgerWatch:
    """Has a ledger look every second, and when the process ends.

    It is no task of the thread that looks at keys: a disk or a Redis that hangs would keep it from
    noticing that a key was revoked.

    Args:
        ledger: Looks.
    """

    def __init__(self, ledger: Ledger) -> None:
        self._is_closed = False
        self._watch = Watch(
            ledger.look,
            pause=lambda: _SECONDS,
            name="golive-limits",
            trouble="What keys have used could not be looked at.",
        )

    def close(self) -> None:
        """Have it look for the last time."""
        if not self._is_closed:
            self._is_closed = True
            self._watch.close()
            self._watch.look()
