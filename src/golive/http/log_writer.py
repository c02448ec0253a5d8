"""The writer of log lines: a reader of stderr that stands still must not hold up answers."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from threading import Event, Thread

from golive.forks import call_in_children

__all__ = ["LogWriter"]

_CLOSE_SECONDS = 5.0
_GATHERING_SECONDS = 0.01
_MOST_BYTES = 4096  # what Linux writes into a pipe as a whole, though others write into it, too


class LogWriter:
    """Writes lines in a thread of its own; drops them, and says how many, where too many wait.

    The thread begins with the first line, in the process that writes it: after a fork each process
    has its own. Lines that wait at that moment are the parent's.

    Lines that come together are written together, as many as are still one write where several
    processes share a pipe.

    Args:
        write: Takes some lines, each with its newline; may block.
        capacity: Lines that may wait.
        most_bytes: The most that lines are joined to.
        gathering_seconds: How long lines that come after others are gathered.
    """

    def __init__(
        self,
        write: Callable[[str], object],
        *,
        capacity: int = 10_000,
        most_bytes: int = _MOST_BYTES,
        gathering_seconds: float = _GATHERING_SECONDS,
    ) -> None:
        self._sink = write
        self._capacity = capacity
        self._most_bytes = most_bytes
        self._gathering_seconds = gathering_seconds
        self._begin_anew()
        call_in_children(self._begin_anew)

    def _begin_anew(self) -> None:
        self._lines: deque[str] = deque()
        self._dropped = 0  # by who writes
        self._told = 0  # by the thread
        self._has_lines = Event()
        self._ends = Event()
        self._sleeps = True  # the thread; who sets it to False wakes it
        self._thread: Thread | None = None

    def write(self, line: str) -> None:
        """Hand over a line; never blocks. Called by one thread at a time."""
        if len(self._lines) >= self._capacity:
            self._dropped += 1
            return
        self._lines.append(line)
        if self._sleeps:  # asked when the line is there: the thread says so, then looks for lines
            self._sleeps = False
            self._has_lines.set()
        if self._thread is None:
            self._thread = Thread(target=self._work, name="golive-log", daemon=True)
            self._thread.start()

    def close(self) -> None:
        """Write what waits and end; gives up after some seconds."""
        self._ends.set()
        self._has_lines.set()
        if self._thread is not None:
            self._thread.join(_CLOSE_SECONDS)

    def _work(self) -> None:
        while not (self._ends.is_set() and not self._lines):
            self._has_lines.wait()
            self._sleeps = False
            self._has_lines.clear()
            while self._lines:
                self._put(self._joined())
                self._tell_dropped()
            self._ends.wait(self._gathering_seconds)
            self._sleeps = True
            if self._lines:
                self._has_lines.set()

    def _joined(self) -> str:
        """The next lines, as many as make one write, and at least one."""
        lines = [self._lines.popleft()]
        room = self._most_bytes - _bytes(lines[0])
        while self._lines and (room := room - _bytes(self._lines[0])) >= 0:
            lines.append(self._lines.popleft())
        return "".join(lines)

    def _tell_dropped(self) -> None:
        dropped = self._dropped - self._told
        if dropped:
            self._told += dropped
            self._put(f'{{"level":"warning","event":"lines_dropped","lines":{dropped}}}\n')

    def _put(self, lines: str) -> None:
        try:
            self._sink(lines)
        except (OSError, ValueError):
            return  # stderr is closed: there is no one to tell


def _bytes(line: str) -> int:
    return len(line) if line.isascii() else len(line.encode("utf-8", "replace"))
