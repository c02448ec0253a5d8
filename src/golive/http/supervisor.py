"""The supervisor: keeps worker processes running until a signal ends them all."""

from __future__ import annotations

import logging
import signal
import time
from collections.abc import Callable
from multiprocessing.connection import Connection, wait
from multiprocessing.process import BaseProcess
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from golive.http.memory.replacing import Replacing

__all__ = ["Supervisor"]

_WAKE_SECONDS = 0.25
_SLACK_SECONDS = 5.0
_RESTART_SECONDS = 1.0
_logger = logging.getLogger("golive.http")


class Supervisor:
    """Keeps several processes running: replaces those that die, or that grow too large.

    It waits for the processes themselves. (A supervisor that asks them for a sign of life kills
    those whose model holds the interpreter for long.)

    From the moment it is made, in the main thread, signals end what it runs, and not this process.

    Args:
        workers: How many processes.
        take: Is given every report; True ends everything.
    """

    def __init__(self, *, workers: int, take: Callable[[Any], bool]) -> None:
        self._workers = workers
        self._take = take
        self._replacing: Replacing | None = None
        self._died: Callable[[int, int], bool] = _learns_nothing
        self._is_ending = False
        self._signals = 0
        self._processes: list[BaseProcess] = []
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, self.end)

    def end(self, *_: object) -> None:
        """Begin to end, or pass on that it is to be sooner; a signal handler."""
        self._is_ending = True
        self._signals += 1

    def pass_on_hang_ups(self, tell: Callable[[], object]) -> None:
        """Call `tell` at every SIGHUP from now on; from the main thread.

        Args:
            tell: Tells the processes; may raise OSError where it cannot.
        """

        def hang_up(*_: object) -> None:
            try:
                tell()
            except OSError:
                _logger.exception("SIGHUP was not passed on.")

        signal.signal(signal.SIGHUP, hang_up)

    def run(
        self,
        start: Callable[[int], BaseProcess],
        reports: Connection,
        *,
        grace: float,
        let_go: Callable[[], object] = lambda: None,
        died: Callable[[int, int], bool] | None = None,
        replacing: Replacing | None = None,
    ) -> None:
        """Run until a signal, or a report that ends everything; from the main thread.

        Args:
            start: Starts the process that has this number among the others.
            reports: What the processes write to.
            grace: Seconds that processes have to end by themselves.
            let_go: Is called when it ends, before the processes do: none is started any more.
            died: Is told of each process that died, and its exit code; says whether what ended it
                is over, so that another one need not wait.
            replacing: Replaces those that grow too large, or None; it sees every report first.
        """
        self._died, self._replacing = died or _learns_nothing, replacing
        for number in range(self._workers):
            if not self._is_ending:
                self._processes.append(start(number))
        while not self._is_ending:
            wait([reports, *(p.sentinel for p in self._all())], _WAKE_SECONDS)
            self._read_reports(reports)
            for number, process in enumerate(self._processes):
                if not (self._is_ending or process.is_alive()):
                    self._read_reports(reports)
                    self._replace(number, start)
            if not (self._is_ending or self._replacing is None):
                self._replacing.attend(self._processes, start)
        let_go()
        self._end_all(time.monotonic() + grace + _SLACK_SECONDS)

    def _read_reports(self, reports: Connection) -> None:
        while reports.poll():
            report = reports.recv()
            is_of_successor = self._replacing is not None and self._replacing.take(report)
            if is_of_successor and report.message is not None:
                continue  # the worker that it was to replace stays
            if self._take(report):
                self._is_ending = True

    def _replace(self, number: int, start: Callable[[int], BaseProcess]) -> None:
        if self._is_ending:
            return
        process = self._processes[number]
        _logger.error("worker %s died with exit code %s", process.pid, process.exitcode)
        is_over = self._died(process.pid or 0, process.exitcode or 0)
        successor = None if self._replacing is None else self._replacing.hand_over(number)
        if successor is None:
            time.sleep(0.0 if is_over else _RESTART_SECONDS)
            successor = None if self._is_ending else start(number)
        if successor is not None:
            self._processes[number] = successor
            process.close()

    def _end_all(self, deadline: float) -> None:
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
        return [process for process in self._all() if process.is_alive()]

    def _all(self) -> list[BaseProcess]:
        others = [] if self._replacing is None else self._replacing.processes
        return [*self._processes, *others]


def _learns_nothing(*_: int) -> bool:
    return False
