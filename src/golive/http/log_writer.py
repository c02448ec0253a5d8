"""The writer of log lines: a reader of stderr that stands still must not hold up answers."""

from __future__ import annotations

from collections.abc import Callable
from queue import Full, Queue
from threading import Lock, Thread

__all__ = ["LogWriter"]

_CLOSE_SECONDS = 5.0


class LogWriter:
    """Writes lines in a thread of its own; drops them, and says how many, where too many wait.

    Args:
        write: Takes a line, its newline included; may block.
        capacity: Lines that may wait.
    """

    def __init__(self, write: Callable[[str], object], *, capacity: int = 10_000) -> None:
        self._sink = write
        self._lines: Queue[str | None] = Queue(capacity)
        self._dropped = 0
        self._lock = Lock()
        self._thread = Thread(target=self._work, name="golive-log", daemon=True)
        self._thread.start()

    def write(self, line: str) -> None:
        """Hand over a line; never blocks."""
        try:
            self._lines.put_nowait(line)
        except Full:
            with self._lock:
                self._dropped += 1

    def close(self) -> None:
        """Write what waits and end; gives up after some seconds."""
        try:
            self._lines.put(None, timeout=_CLOSE_SECONDS)
        except Full:
            return
        self._thread.join(_CLOSE_SECONDS)

    def _work(self) -> None:
        while (line := self._lines.get()) is not None:
            self._put(line)
            self._tell_dropped()

    def _tell_dropped(self) -> None:
        with self._lock:
            dropped, self._dropped = self._dropped, 0
        if dropped:
            self._put(f'{{"level":"warning","event":"lines_dropped","lines":{dropped}}}\n')

    def _put(self, line: str) -> None:
        try:
            self._sink(line)
        except (OSError, ValueError):
            return  # stderr is closed: there is no one to tell
