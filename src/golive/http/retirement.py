"""Retirement: what held a model that nobody can ask any more is ended when its work is done."""

from __future__ import annotations

import time
from collections.abc import Sequence
from threading import Event, Lock, Thread

from golive.forks import call_in_children
from golive.http.lanes import Lane
from golive.service.protocols import Backend

__all__ = ["Retirement"]

_SETTLE_SECONDS = 0.5  # a request that was admitted a moment ago has its place by then
_LOOK_SECONDS = 0.1
_PARTING_SECONDS = 2.0


class Retirement:
    """Ends threads and processes of models that no request can reach any more.

    What they have in hand is answered first, but is waited for no longer than any caller waits.

    Args:
        patience: Seconds within which every request has its answer, or an end.
        settle: Seconds before it is looked at whether there is anything in hand.
    """

    def __init__(self, *, patience: float, settle: float = _SETTLE_SECONDS) -> None:
        self._patience = patience
        self._settle = settle
        self._begin_anew()
        call_in_children(self._begin_anew)

    def _begin_anew(self) -> None:
        """Leave what is leaving to the process that has the threads."""
        self._lock = Lock()
        self._leaving: dict[Thread, tuple[Sequence[Lane], Sequence[Backend]]] = {}
        self._is_closing = Event()

    def take(
        self, lanes: Sequence[Lane], backends: Sequence[Backend], *, has_takers: bool = False
    ) -> None:
        """See to the end of what nobody can ask from now on, in a thread of its own; never waits.

        Args:
            lanes: Lanes with threads of their own.
            backends: The processes that they asked, but for those that others ask, too.
            has_takers: Whether requests to models that take its features may ask them as well,
                which nobody counts: then they are ended when no caller waits any longer.
        """
        settle = self._patience if has_takers else self._settle
        thread = Thread(
            target=lambda: self._end(thread, settle), name="golive-retirement", daemon=True
        )
        with self._lock:
            self._leaving[thread] = lanes, backends
        thread.start()

    def close(self) -> None:
        """End at once all that is still there."""
        self._is_closing.set()
        with self._lock:
            leaving = [*self._leaving]
        for thread in leaving:
            thread.join()

    def _end(self, thread: Thread, settle: float) -> None:
        lanes, backends = self._leaving[thread]
        deadline = time.monotonic() + self._patience
        self._is_closing.wait(settle)
        while not self._is_closing.is_set() and time.monotonic() < deadline:
            if not self._has_work(lanes, backends):
                break
            self._is_closing.wait(_LOOK_SECONDS)
        for backend in backends:
            backend.close()
        parting = time.monotonic() + _PARTING_SECONDS
        while self._has_work(lanes, ()) and time.monotonic() < parting:
            time.sleep(_LOOK_SECONDS)  # threads that waited for it are told, and are done at once
        for lane in lanes:
            lane.close()
        with self._lock:
            del self._leaving[thread]

    def _has_work(self, lanes: Sequence[Lane], backends: Sequence[Backend]) -> bool:
        """Whether any request is in hand there, or on another way to the same processes."""
        with self._lock:
            others = [lane for lanes, _ in self._leaving.values() for lane in lanes]
        asking = [lane for lane in others if lane.backend in backends]
        return any(lane.room.saturation for lane in [*lanes, *asking])
