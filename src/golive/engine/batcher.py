"""Batchers: requests that came while a model was busy are answered as one batch.

There is no timer: a lone request waits for nothing, and a batch is what has gathered by itself.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable, Sequence
from threading import Lock
from typing import Any, Protocol

from golive.engine.answers import Answer, Fault
from golive.engine.batch_size import BatchSize, Stopwatch
from golive.engine.pace import Pace
from golive.errors import BackendError
from golive.forks import call_in_children

__all__ = ["Asked", "BatchedEngine", "Done", "LoopBatcher", "ThreadBatcher", "answer_together"]

Entries = Sequence[Answer | Fault]
Done = Callable[[Entries | BaseException], object]
"""Is given the entries of a request, or what was raised instead of them."""

_MOST_REQUESTS = 1024  # in one batch


class BatchedEngine(Protocol):
    """What batchers ask of an engine."""

    @property
    def pace(self) -> Pace:
        """How fast it is."""
        ...

    def answer_all(self, requests: Sequence[Any]) -> Sequence[Entries]:
        """The entries of each request."""
        ...

    def cut(self, decoded: Any, size: int) -> Sequence[Any]:
        """A request in parts of at most `size` records, whose entries follow one another."""
        ...


class Asked:
    """A request that waits for its entries."""

    __slots__ = ("begins", "decoded", "done", "entries", "is_dropped", "part_size", "parts")

    def __init__(self, decoded: Any, done: Done, begins: Callable[[], bool] | None = None) -> None:
        self.decoded = decoded
        self.done = done
        self.begins = begins
        self.is_dropped = False
        self.parts: deque[Any] | None = None
        self.part_size = 0
        self.entries: list[Answer | Fault] = []

    def cancel(self) -> None:
        """Answer nothing of it that is not being answered already."""
        self.is_dropped = True


class LoopBatcher:
    """Answers on the event loop, when it has read all that has come.

    Args:
        engine: Answers in microseconds.
    """

    def __init__(self, engine: BatchedEngine) -> None:
        self._engine = engine
        self._size = engine.pace.size_on_loop()
        self._waiting: list[Asked] = []
        self._loop: asyncio.AbstractEventLoop | None = None

    def ask(self, decoded: Any, done: Done) -> Asked:
        """Ask for the entries of a request; called, as `done` will be, on the event loop."""
        asked = Asked(decoded, done)
        loop = asyncio.get_running_loop()
        if loop is not self._loop:  # what another one left will not be waited for
            self._loop, self._waiting = loop, []
        if not self._waiting:
            loop.call_soon(self._flush)
        self._waiting.append(asked)
        return asked

    def _flush(self) -> None:
        waiting, self._waiting = self._waiting, []
        most = self._size.most
        size = taken = 0
        for asked in waiting:
            size += asked.decoded.size
            if taken and size > most:
                break
            taken += 1
        if rest := waiting[taken:]:
            self._waiting = rest
            asyncio.get_running_loop().call_soon(self._flush)
        batch = [asked for asked in waiting[:taken] if not asked.is_dropped]
        found = answer_together(self._engine, [asked.decoded for asked in batch], self._size)
        for asked, entries in zip(batch, found, strict=True):
            asked.done(entries)


class ThreadBatcher:
    """Answers in one of some threads; what comes meanwhile is the next batch.

    Requests with many records are answered in parts, between which the others have their turn.

    Args:
        engine: Answers.
        run: Runs a function in a thread, soon.
    """

    def __init__(self, engine: BatchedEngine, run: Callable[[Callable[[], None]], object]) -> None:
        self._engine = engine
        self._run = run
        self._size = engine.pace.size_in_thread()
        self._begin_anew()
        call_in_children(self._begin_anew)

    def _begin_anew(self) -> None:
        """Leave what is asked to the threads that have it: in a forked child there are none."""
        self._waiting: deque[Asked] = deque()
        self._lock = Lock()
        self._is_running = False

    def ask(self, decoded: Any, done: Done, begins: Callable[[], bool]) -> Asked:
        """Ask for the entries of a request.

        Args:
            decoded: Its records.
            done: Is called in the thread; with only some of the entries if it was cancelled.
            begins: Is called in the thread when its first records are about to be answered; if it
                says no, they are not, and `done` is not called.
        """
        asked = Asked(decoded, done, begins)
        with self._lock:
            self._waiting.append(asked)
            is_running, self._is_running = self._is_running, True
        if not is_running:
            self._run(self._work)
        return asked

    def _work(self) -> None:
        """Answer one batch, then let other work of the threads have its turn."""
        batch = self._next()
        if batch is None:
            return
        try:
            found = answer_together(self._engine, [part for _, part in batch], self._size)
            for (asked, _), entries in zip(batch, found, strict=True):
                self._take(asked, entries)
        finally:  # whatever happened, the others are still to be answered
            self._run(self._work)

    def _next(self) -> list[tuple[Asked, Any]] | None:
        """As many requests, or parts of them, as a batch holds; None, once, where none waits."""
        with self._lock:
            waiting = len(self._waiting)
            self._is_running = waiting > 0
        if not waiting:
            return None
        most = self._size.most
        batch: list[tuple[Asked, Any]] = []
        size = 0
        for _ in range(min(waiting, _MOST_REQUESTS)):
            asked = self._waiting.popleft()
            part = self._part(asked, most)
            if part is not None:
                batch.append((asked, part))
                size += part.size
            if size >= most:
                break
        return batch

    def _part(self, asked: Asked, most: int) -> Any | None:
        """The records to answer next; None of a request for which nobody waits any more."""
        if asked.begins is not None:
            if not asked.begins():
                return None
            asked.begins = None
        if asked.parts is None and asked.decoded.size <= most:
            return asked.decoded
        return self._parts(asked, most).popleft()

    def _parts(self, asked: Asked, most: int) -> deque[Any]:
        """What is left of a request, in parts of the present size where one of these begins."""
        answered = len(asked.entries)
        if asked.parts is None or (asked.part_size != most and answered % most == 0):
            parts = self._engine.cut(asked.decoded, most)
            asked.parts, asked.part_size = deque(parts[answered // most :]), most
        return asked.parts

    def _take(self, asked: Asked, entries: Entries | BaseException) -> None:
        if isinstance(entries, BaseException) or asked.parts is None:
            asked.done(entries)
            return
        asked.entries += entries
        if asked.parts and not asked.is_dropped:
            self._waiting.append(asked)
        else:
            asked.done(asked.entries)


def answer_together(
    engine: BatchedEngine, requests: Sequence[Any], size: BatchSize
) -> Sequence[Entries | BaseException]:
    """The entries of each request; what was raised where it, asked by itself, fails as a whole.

    Args:
        engine: Answers.
        requests: The requests.
        size: Is told how long that took.
    """
    if not requests:
        return []
    watch = Stopwatch()
    try:
        found = engine.answer_all(requests)
    except BackendError as error:  # asked again, one of them might end the next process, too
        return [error for _ in requests]
    except BaseException as error:  # noqa: BLE001 - models raise what is no Exception, too
        if len(requests) == 1:
            return [error]
    else:
        records = sum(request.size for request in requests)
        size.learn(records, watch.took())
        return found
    return [answer_together(engine, [request], size)[0] for request in requests]
