"""The supervisor: keeps worker processes running until a signal ends them all."""

from __future__ import annotations

import logging
import signal
import time
from collections.abc import Callable
from multiprocessing.connection import Connection, wait
from multiprocessing.process import BaseProcess
from typing import Any

__all__ = ["Supervisor"]

_WAKE_SECONDS = 0.25
_SLACK_SECONDS = 5.0
_RESTART_SECONDS = 1.0
_logger = logging.getLogger("golive.http")


class Supervisor:
    """Keeps several processes running: replaces those that die.

    It waits for the processes themselves. (A supervisor that asks them for a sign of life kills
    those whose model holds the interpreter for long.)

    Args:
        start: Starts the process that has this number among the others.
        workers: How many processes.
        reports: What the processes write to.
        take: Is given every report; True ends everything.
        let_go: Is called when it ends, before the processes do: none is started any more.
    """

    def __init__(
        self,
        start: Callable[[int], BaseProcess],
        *,
        workers: int,
        reports: Connection,
        take: Callable[[Any], bool],
        let_go: Callable[[], object] = lambda: None,
    ) -> None:
        self._start = start
        self._reports = reports
        self._take = take
        self._let_go = let_go
        self._is_ending = False
        self._signals = 0
        self._processes = [start(number) for number in range(workers)]

    def end(self, *_: object) -> None:
        """Begin to end, or pass on that it is to be sooner; a signal handler."""
        self._is_ending = True
        self._signals += 1

    def run(self, *, grace: float) -> None:
        """Run until a signal, or a report that ends everything; from the main thread.

        Args:
            grace: Seconds that processes have to end by themselves.
        """
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, self.end)
        while not self._is_ending:
            wait([self._reports, *(p.sentinel for p in self._processes)], _WAKE_SECONDS)
            self._read_reports()
            if not self._is_ending:
                self._processes = [self._replaced(*each) for each in enumerate(self._processes)]
        self._end_all(time.monotonic() + grace + _SLACK_SECONDS)

    def _read_reports(self) -> None:
        while self._reports.poll():
            if self._take(self._reports.recv()):
                self._is_ending = True

    def _replaced(self, number: int, process: BaseProcess) -> BaseProcess:
        if process.is_alive():
            return process
        self._read_reports()
        if self._is_ending:
            return process
        _logger.error("worker %s died with exit code %s", process.pid, process.exitcode)
        process.close()
        time.sleep(_RESTART_SECONDS)
        return self._start(number)

    def _end_all(self, deadline: float) -> None:
        self._let_go()
        passed_on = -1
        while (alive := self._alive()) and time.monotonic() < deadline:
            if self._signals != passed_on:
                passed_on = self._signals
                for process in alive:
                    process.terminate()
            wait([process.sentinel for process in alive], _WAKE_SECONDS)
        for process in self._alive():
            process.kill()
            process.join()

    def _alive(self) -> list[BaseProcess]:
        return [process for process in self._processes if process.is_alive()]
