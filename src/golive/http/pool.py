"""Threads in which requests are answered, and the room that there is for them."""

from __future__ import annotations

import logging
from collections import deque
from collections.abc import Callable
from queue import SimpleQueue
from threading import Lock, Thread

from golive.forks import call_in_children

_logger = logging.getLogger("golive.http")

__all__ = ["Place", "Room", "Share", "ThreadPool"]


class ThreadPool:
    """Runs tasks in daemon threads, so that a model that hangs cannot keep the process alive.

    They begin with the first task; after a fork the child begins its own, and leaves the parent's
    tasks to the parent.

    Args:
        threads: Tasks that run at the same time.
        name: Of the threads.

    Attributes:
        threads: Tasks that run at the same time.
    """

    def __init__(self, *, threads: int, name: str) -> None:
        self.threads = threads
        self._name = name
        self._begin_anew()
        call_in_children(self._begin_anew)

    def _begin_anew(self) -> None:
        self._tasks: SimpleQueue[Callable[[], object] | None] = SimpleQueue()
        self._lock = Lock()
        self._is_started = False

    def run(self, task: Callable[[], object]) -> None:
        """Run a task, which raises nothing, when a thread is free."""
        with self._lock:
            if not self._is_started:
                self._is_started = True
                for number in range(self.threads):
                    name = f"{self._name}-{number}"
                    Thread(target=self._work, name=name, daemon=True).start()
        self._tasks.put(task)

    def close(self) -> None:
        """Let the threads end when they have done what was asked before."""
        with self._lock:
            if self._is_started:
                for _ in range(self.threads):
                    self._tasks.put(None)
            self._is_started = False

    def _work(self) -> None:
        while (task := self._tasks.get()) is not None:
            try:
                task()
            except BaseException:  # a thread that ends is not replaced
                _logger.exception("A task of %s failed.", self._name)


class Share:
    """A share of a pool's threads: further tasks wait for one of the share's to end.

    Args:
        pool: Whose threads they are.
        threads: Tasks of the share that run, or wait in the pool, at the same time.
    """

    def __init__(self, pool: ThreadPool, *, threads: int) -> None:
        self._pool = pool
        self._threads = threads
        self._begin_anew()
        call_in_children(self._begin_anew)

    def _begin_anew(self) -> None:
        self._waiting: deque[Callable[[], object]] = deque()
        self._free = self._threads
        self._lock = Lock()

    def run(self, task: Callable[[], object]) -> None:
        """Run a task, which raises nothing, when a thread of the share is free."""
        with self._lock:
            if not self._free:
                self._waiting.append(task)
                return
            self._free -= 1
        self._pool.run(lambda: self._work(task))

    def _work(self, task: Callable[[], object]) -> None:
        """Run one task, then let other work of the pool have its turn."""
        try:
            task()
        finally:
            with self._lock:
                following = self._waiting.popleft() if self._waiting else None
                self._free += following is None
            if following is not None:
                self._pool.run(lambda: self._work(following))


class Room:
    """How many requests may be in the hands of threads, waiting ones among them.

    A request that outlives its time limit keeps its place until its thread is done with it: what
    is promised to the machine is not promised twice.

    Args:
        capacity: So many.
        within: A room that this one is a part of: each place here is one there, too.
    """

    def __init__(self, capacity: int, *, within: Room | None = None) -> None:
        self._capacity = capacity
        self._within = within
        self._begin_anew()
        call_in_children(self._begin_anew)

    def _begin_anew(self) -> None:
        self._taken = 0
        self._lock = Lock()

    @property
    def capacity(self) -> int:
        """How many there may be."""
        return self._capacity

    @property
    def saturation(self) -> float:
        """How much is taken, 0 to 1."""
        return self._taken / self._capacity

    def take(self) -> Place | None:
        """A place, or None where all are taken."""
        with self._lock:
            if self._taken >= self._capacity:
                return None
            self._taken += 1
        outer = None if self._within is None else self._within.take()
        if outer is None and self._within is not None:
            self._give_back()
            return None
        return Place(lambda: self._give_back(outer))

    def _give_back(self, outer: Place | None = None) -> None:
        with self._lock:
            self._taken -= 1
        if outer is not None:
            outer.give_back()


class Place:
    """One request's place."""

    def __init__(self, give_back: Callable[[], None]) -> None:
        self._gives_back = [give_back]

    def give_back(self) -> None:
        """Leave the place to others; from any thread, and once however often it is called."""
        try:
            give_back = self._gives_back.pop()
        except IndexError:
            return
        give_back()
