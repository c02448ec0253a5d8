"""Draining: what happens between the signal to end and the end."""

from __future__ import annotations

import asyncio
import signal
import threading
from types import FrameType

from golive.service.served import Readiness

__all__ = ["Draining"]

_SIGNALS = (signal.SIGTERM, signal.SIGINT)


class Draining:
    """Makes the first signal to end fail `/readyz`, and passes it on to the server later.

    Args:
        readiness: Is told.
        seconds: How long requests are still taken before the server learns of the signal.
    """

    def __init__(self, readiness: Readiness, *, seconds: float) -> None:
        self._readiness = readiness
        self._seconds = seconds

    def install(self, loop: asyncio.AbstractEventLoop) -> None:
        """Stand before the server's own handlers; nothing happens outside the main thread."""
        if threading.current_thread() is not threading.main_thread():
            return
        for number in _SIGNALS:
            self._stand_before(number, loop)

    def _stand_before(self, number: signal.Signals, loop: asyncio.AbstractEventLoop) -> None:
        server_handler = signal.getsignal(number)
        if not callable(server_handler):
            return

        def handle(received: int, frame: FrameType | None) -> None:
            is_first = self._readiness.stage != "draining"
            self._readiness.drain()
            if is_first and self._seconds > 0:
                loop.call_soon_threadsafe(
                    loop.call_later, self._seconds, server_handler, received, None
                )
            else:
                server_handler(received, frame)

        signal.signal(number, handle)
