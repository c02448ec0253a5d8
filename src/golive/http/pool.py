"""A bounded pool of threads in which requests are answered."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import Future
from queue import SimpleQueue
from threading import Lock, Thread
from typing import Generic, TypeVar

__all__ = ["OverloadedError", "TimeLimitError", "WorkerPool"]

Result = TypeVar("Result")


class OverloadedError(Exception):
    """Every thread is busy and every place in the queue is taken."""


class TimeLimitError(Exception):
    """The task took longer than its time limit; if it had begun, it still runs."""


class WorkerPool(Generic[Result]):
    """Runs tasks in daemon threads, so that a model that hangs cannot keep the process alive.

    A task that outlives its time limit keeps its place until it ends: what is promised to the
    machine is not promised twice.

    Args:
        threads: Tasks that run at the same time.
        queue: Tasks that wait beside them.
        name: Of the threads.
    """

    def __init__(self, *, threads: int, queue: int, name: str) -> None:
        self._threads = threads
        self._capacity = threads + queue
        self._name = name
        self._tasks: SimpleQueue[tuple[Future[Result], Callable[[], Result]] | None] = SimpleQueue()
        self._lock = Lock()
        self._pending = 0
        self._is_started = False

    @property
    def saturation(self) -> float:
        """How much of the threads and the queue is taken, 0 to 1."""
        return self._pending / self._capacity

    async def run(self, task: Callable[[], Result], *, seconds: float) -> Result:
        """Run the task in a thread and wait for it.

        Raises:
            OverloadedError: There is no place for it.
            TimeLimitError: It did not end within so many seconds.
        """
        future = self._submit(task)
        try:
            async with asyncio.timeout(seconds):
                return await asyncio.shield(asyncio.wrap_future(future))
        except TimeoutError:
            raise TimeLimitError from None
        finally:
            future.cancel()

    def close(self) -> None:
        """Let the threads end when they have done what was asked before."""
        with self._lock:
            if self._is_started:
                for _ in range(self._threads):
                    self._tasks.put(None)
            self._is_started = False

    def _submit(self, task: Callable[[], Result]) -> Future[Result]:
        with self._lock:
            if self._pending >= self._capacity:
                raise OverloadedError
            self._pending += 1
            self._start()
        future: Future[Result] = Future()
        future.add_done_callback(self._release)
        self._tasks.put((future, task))
        return future

    def _start(self) -> None:
        if self._is_started:
            return
        self._is_started = True
        for number in range(self._threads):
            Thread(target=self._work, name=f"{self._name}-{number}", daemon=True).start()

    def _release(self, _: Future[Result]) -> None:
        with self._lock:
            self._pending -= 1

    def _work(self) -> None:
        while (item := self._tasks.get()) is not None:
            future, task = item
            if not future.set_running_or_notify_cancel():
                continue
            try:
                future.set_result(task())
            except BaseException as error:  # noqa: BLE001 (handed to who waits)
                future.set_exception(error)
