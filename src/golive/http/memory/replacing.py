"""Replacing: what a supervisor does about workers that are over their limit of memory."""

from __future__ import annotations

import logging
from collections.abc import Callable
from multiprocessing.process import BaseProcess
from typing import TYPE_CHECKING

import msgspec

from golive.http.memory.policy import (
    Limit,
    Watched,
    choose,
    facts_of,
    seen,
    successor_of,
    wait_after,
)
from golive.signature.model import JsonValue

if TYPE_CHECKING:
    from golive.http.worker import StartReport

__all__ = ["Effects", "Replacing"]

_LOOK_SECONDS = 1.0
_START_SECONDS = 600.0
_MEBIBYTE = 1024 * 1024
_logger = logging.getLogger("golive.http")


class Effects(msgspec.Struct, frozen=True, kw_only=True):
    """What it does to the world; none of it raises.

    Attributes:
        memory_of: Bytes of a process, or None where there is none; told above how many it matters.
        leave: Has a process take no more clients and end when it has answered the others.
        tell: Is given the facts, and the bytes of each worker by its number.
        clock: The time in seconds, from wherever.
    """

    memory_of: Callable[[int, int], int | None]
    leave: Callable[[BaseProcess], object]
    tell: Callable[[dict[str, JsonValue], dict[int, int]], object]
    clock: Callable[[], float]


class _Successor(msgspec.Struct, kw_only=True):
    """A worker that is to take the place of another one.

    Attributes:
        number: The place.
        process: The new one.
        deadline: When it must be ready.
        ready_at: When it was; None until then.
        failure: What keeps it from it, if it has said so.
    """

    number: int
    process: BaseProcess
    deadline: float
    ready_at: float | None = None
    failure: str | None = None


class Replacing:
    """Has new workers take the place of those that are over their limit, one after the other.

    A new one is started and ready first; then the old one leaves. Until it has, no other one is
    replaced.

    Args:
        limit: The limit.
        effects: What it does to the world.
        leaving_seconds: In which who leaves must have ended.
    """

    def __init__(self, limit: Limit, effects: Effects, *, leaving_seconds: float) -> None:
        self._limit = limit
        self._effects = effects
        self._leaving_seconds = leaving_seconds
        self._watched: dict[int, Watched] = {}
        self._successor: _Successor | None = None
        self._leaving: tuple[BaseProcess, float] | None = None
        self._failures = 0
        self._not_before = 0.0
        self._next_look = 0.0
        self._kept: set[int] = set()  # of whom it was said that they are not replaced yet

    @property
    def processes(self) -> list[BaseProcess]:
        """Those that are not in a worker's place: not yet, or no more."""
        found = [] if self._successor is None else [self._successor.process]
        return found if self._leaving is None else [*found, self._leaving[0]]

    def take(self, report: StartReport) -> bool:
        """Take note of how a worker's start ended; True if it concerns nobody else."""
        now, successor = self._effects.clock(), self._successor
        if successor is not None and successor.process.pid == report.process:
            successor.failure = report.message
            successor.ready_at = now if report.message is None else None
            return True
        if report.message is None:
            self._watched[report.process] = Watched(ready_at=now)
        return False

    def hand_over(self, number: int) -> BaseProcess | None:
        """The process that is to take this place, whose worker has died meanwhile, or None."""
        successor = self._successor
        if successor is None or successor.number != number or not successor.process.is_alive():
            return None
        self._successor = None
        if successor.ready_at is not None and successor.process.pid is not None:
            self._watched[successor.process.pid] = Watched(ready_at=successor.ready_at)
        return successor.process

    def attend(self, processes: list[BaseProcess], start: Callable[[int], BaseProcess]) -> None:
        """Look at the workers, and do what is to be done; called again and again.

        Args:
            processes: The workers, each in its place; who is replaced is exchanged in it.
            start: Starts the process that has this place.
        """
        now = self._effects.clock()
        self._attend_leaving(now)
        self._attend_successor(processes, now)
        if now >= self._next_look:
            self._next_look = now + _LOOK_SECONDS
            self._look(processes, now)
            self._begin(processes, start, now)

    def _attend_leaving(self, now: float) -> None:
        if self._leaving is None:
            return
        process, deadline = self._leaving
        if process.is_alive():
            if now > deadline:
                _logger.error("worker %s does not leave, and is killed", process.pid)
                process.kill()
            return
        if process.exitcode != 0:
            _logger.error("worker %s left with exit code %s", process.pid, process.exitcode)
        process.close()
        self._leaving = None

    def _attend_successor(self, processes: list[BaseProcess], now: float) -> None:
        successor = self._successor
        if successor is None:
            return
        if successor.ready_at is not None and successor.process.is_alive():
            self._switch(successor, processes, successor.ready_at, now)
        elif not successor.process.is_alive():
            exitcode = successor.process.exitcode
            self._give_up(successor, successor.failure or f"it ended with exit code {exitcode}")
        elif now > successor.deadline:
            successor.process.kill()
            successor.failure = f"it was not ready after {_START_SECONDS:.0f} seconds"

    def _switch(
        self, successor: _Successor, processes: list[BaseProcess], ready_at: float, now: float
    ) -> None:
        old = processes[successor.number]
        worker = self._watched.pop(old.pid or 0, None) or Watched(ready_at=now)
        processes[successor.number] = successor.process
        self._watched[successor.process.pid or 0] = successor_of(
            worker, now=ready_at, limit=self._limit
        )
        self._successor = None
        self._failures = 0
        _logger.warning(
            "worker %s has %.0f MiB, more than the %.0f MiB that it may (worker-memory): worker %s "
            "has taken its place, and it leaves",
            old.pid,
            worker.memory / _MEBIBYTE,
            self._limit.size / _MEBIBYTE,
            successor.process.pid,
        )
        self._effects.leave(old)
        self._leaving = old, now + self._leaving_seconds

    def _give_up(self, successor: _Successor, why: str) -> None:
        self._failures += 1
        seconds = wait_after(self._failures, self._limit)
        self._not_before = self._effects.clock() + seconds
        _logger.error(
            "a new worker was to take the place of one over its memory, and did not start: %s; the "
            "next one is tried in %.0f s",
            why,
            seconds,
        )
        successor.process.close()
        self._successor = None

    def _look(self, processes: list[BaseProcess], now: float) -> None:
        numbers = {process.pid: number for number, process in enumerate(processes)}
        watched: dict[int, Watched] = {}
        for process, worker in self._watched.items():
            memory = self._effects.memory_of(process, self._limit.size)
            if process in numbers and memory is not None:
                watched[process] = seen(worker, memory, now=now, limit=self._limit)
        self._watched = watched
        facts = facts_of(
            watched,
            now=now,
            limit=self._limit,
            replaces=bool(self.processes),
            not_before=self._not_before,
        )
        sizes = {numbers[process]: worker.memory for process, worker in watched.items()}
        self._effects.tell(facts, sizes)
        if facts["state"] == "waiting":
            self._say_who_is_kept(watched, now)

    def _say_who_is_kept(self, watched: dict[int, Watched], now: float) -> None:
        over = {p: w for p, w in watched.items() if w.over_since is not None}
        for process, worker in over.items():
            if worker.in_vain and process not in self._kept:
                _logger.warning(
                    "worker %s has %.0f MiB %.0f s after its start, more than the %.0f MiB that it "
                    "may (worker-memory), as had the one before: it is kept for now",
                    process,
                    worker.memory / _MEBIBYTE,
                    now - worker.ready_at,
                    self._limit.size / _MEBIBYTE,
                )
        self._kept = {process for process, worker in over.items() if worker.in_vain}

    def _begin(
        self, processes: list[BaseProcess], start: Callable[[int], BaseProcess], now: float
    ) -> None:
        if self.processes or now < self._not_before:
            return
        chosen = choose(self._watched, now=now, limit=self._limit)
        for number, process in enumerate(processes):
            if process.pid == chosen:
                self._successor = _Successor(
                    number=number, process=start(number), deadline=now + _START_SECONDS
                )
