"""Draining: what happens between the signal to end and the end."""

from __future__ import annotations

import asyncio
import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from golive.service.served import Readiness

__all__ = ["LEAVE", "Draining"]

LEAVE = signal.SIGUSR1
"""Tells one of several processes to leave: another one has taken its place."""

_SIGNALS = (signal.SIGTERM, signal.SIGINT)


class Draining:
    """Makes the first signal to end fail `/readyz`, and ends later; a second one does not wait.

    Made and used in an event loop.

    Args:
        readiness: Is told.
        seconds: How long requests are still taken after the first signal.
        hurry: Is called when Ctrl-C is pressed again while open requests are waited for.
        may_leave: Whether `LEAVE` is taken: it ends this process, too, while others answer, so that
            nothing becomes unready and nothing hurries.
        echo_seconds: In which a second signal is the first one again: service managers and
            terminals send it to every process, and the one that started this one passes it on.
    """

    def __init__(
        self,
        readiness: Readiness,
        *,
        seconds: float,
        hurry: Callable[[], object],
        echo_seconds: float = 0.0,
        may_leave: bool = False,
    ) -> None:
        self._readiness = readiness
        self._seconds = seconds
        self._hurry = hurry
        self._echo_seconds = echo_seconds
        self._may_leave = may_leave
        self._is_leaving = False
        self._began = 0.0
        self._loop = asyncio.get_running_loop()
        self._is_over = asyncio.Event()

    @property
    def is_leaving(self) -> bool:
        """Whether another process has taken the place of this one."""
        return self._is_leaving

    async def wait(self) -> None:
        """Wait until no more requests are to be taken."""
        await self._is_over.wait()

    def end(self) -> None:
        """Let it be over."""
        self._is_over.set()

    @contextmanager
    def signals(self) -> Iterator[None]:
        """Take signals; nothing happens outside the main thread, to which they belong."""
        is_main = threading.current_thread() is threading.main_thread()
        numbers: tuple[signal.Signals, ...] = _SIGNALS if is_main else ()
        for number in numbers:
            self._loop.add_signal_handler(number, self._take, number)
        if is_main and self._may_leave:
            self._loop.add_signal_handler(LEAVE, self._leave)
            numbers = (*numbers, LEAVE)
        try:
            yield
        finally:
            for number in numbers:
                self._loop.remove_signal_handler(number)

    def _leave(self) -> None:
        self._is_leaving = self._readiness.stage != "draining"
        self._is_over.set()

    def _take(self, number: signal.Signals) -> None:
        is_first = self._readiness.stage != "draining"
        self._readiness.drain()
        if self._is_over.is_set():
            if number == signal.SIGINT:
                self._hurry()
        elif is_first and self._seconds > 0:
            self._began = self._loop.time()
            self._loop.call_later(self._seconds, self._is_over.set)
        elif is_first or self._loop.time() - self._began >= self._echo_seconds:
            self._is_over.set()
