"""A watch: a thread that looks at something again and again, in forked children, too."""

from __future__ import annotations

import logging
from collections.abc import Callable
from threading import Event, Thread

from golive.forks import call_in_children

__all__ = ["Watch"]

_logger = logging.getLogger("golive.http")


class Watch:
    """Looks whenever it is time, until it is closed; what a look raises ends nothing.

    Args:
        look: Looks.
        pause: Seconds until the next look.
        name: Of the thread.
        trouble: What is logged where a look raises.
        rest: Seconds in which nothing is looked at after that, beside the pause.
    """

    def __init__(
        self,
        look: Callable[[], object],
        *,
        pause: Callable[[], float],
        name: str,
        trouble: str,
        rest: float = 0.0,
    ) -> None:
        self._look_once = look
        self._pause = pause
        self._name = name
        self._trouble = trouble
        self._rest = rest
        self._is_closed = False
        self._begin_anew()
        call_in_children(self._begin_anew)

    def _begin_anew(self) -> None:
        self._woken = Event()
        if not self._is_closed:
            Thread(target=self._watch, name=self._name, daemon=True).start()

    def wake(self) -> None:
        """Look without a pause."""
        self._woken.set()

    def close(self) -> None:
        """Look no more."""
        self._is_closed = True
        self._woken.set()

    def look(self) -> bool:
        """Look now, in the caller's thread; whether nothing was raised."""
        try:
            self._look_once()
        except Exception:
            _logger.exception(self._trouble)
            return False
        return True

    def _watch(self) -> None:
        while True:
            self._woken.wait(self._pause())
            self._woken.clear()
            if self._is_closed:
                return
            if not self.look():
                self._woken.wait(self._rest)
