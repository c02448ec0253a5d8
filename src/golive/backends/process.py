"""The process of a backend, as the server that starts it sees it."""

from __future__ import annotations

import os
import select
import signal
import subprocess
import sys
from contextlib import suppress
from pathlib import Path
from socket import SHUT_RDWR, socket, socketpair

from golive.backends.frames import read_frame, write_frame
from golive.settings import child_environment

__all__ = ["BackendProcess", "start_process"]

_BOOT = Path(__file__).with_name("boot.py")
_END_SECONDS = 2.0


class BackendProcess:
    """A running process and our end of the socket that it shares with nobody but its children.

    A child that its model forked holds the other end open when the process has ended: where the
    system tells of that, the end of the process is the end of what it says.

    Args:
        process: The process.
        link: Our end.
        end_seconds: How long it may take to end by itself.
    """

    def __init__(
        self, process: subprocess.Popen[bytes], link: socket, *, end_seconds: float = _END_SECONDS
    ) -> None:
        self._process = process
        self._link = link
        self._end_seconds = end_seconds
        self._watch = _watch_of(process.pid)

    @property
    def id(self) -> int:
        """The process id."""
        return self._process.pid

    def write(self, message: bytes) -> None:
        """Send a message; by one thread at a time.

        Raises:
            OSError: The process has ended.
        """
        write_frame(self._link, message)

    def read(self) -> bytearray | None:
        """The next message, or None when the process has ended."""
        try:
            return read_frame(self)
        except OSError:
            return None

    def recv_into(self, buffer: memoryview) -> int:
        """Put what has come from it into a buffer; how many bytes, 0 where it has ended.

        Raises:
            OSError: The socket is broken.
        """
        if self._watch is not None:
            link = self._link.fileno()
            has_come = link in _readable(link, self._watch) or link in _readable(link, seconds=0)
            if not has_come:  # it has ended, and what it said before is there at once
                return 0
        return self._link.recv_into(buffer)

    def hang_up(self) -> None:
        """Tell it that nothing more comes; from any thread."""
        with suppress(OSError):
            self._link.shutdown(SHUT_RDWR)

    def let_go(self) -> None:
        """Close our end only: this process was forked of the one whose child it is."""
        self._close()

    def end(self) -> str:
        """See to its end and that of its children, now; says how it ended."""
        self.hang_up()
        if not self._ends_itself():
            self._process.kill()
        with suppress(OSError):  # before it is waited for: until then the number is its own
            os.killpg(self._process.pid, signal.SIGKILL)
        code = self._process.wait()
        self._close()
        return _ending(code)

    def _ends_itself(self) -> bool:
        if self._watch is not None:
            return bool(_readable(self._watch, seconds=self._end_seconds))
        with suppress(subprocess.TimeoutExpired):
            self._process.wait(self._end_seconds)
            return True
        return False

    def _close(self) -> None:
        self._link.close()
        watch, self._watch = self._watch, None
        if watch is not None:
            os.close(watch)


def start_process(
    python: str, order: bytes, *, label: str = "", end_seconds: float = _END_SECONDS
) -> BackendProcess:
    """Start a process that holds models; it ends when this one does, however that comes.

    The system ends it with the thread that started it, if it cannot do so itself.

    Args:
        python: The Python that runs it.
        order: What it is told first.
        label: Is seen in lists of processes.
        end_seconds: How long it may take to end by itself when it is to.

    Raises:
        OSError: It cannot be started.
    """
    ours, theirs = socketpair()
    try:
        with theirs:
            process = subprocess.Popen(  # noqa: S603 - the Python that the user chose
                [*_command(python), str(_BOOT), str(theirs.fileno()), label],
                stdin=subprocess.DEVNULL,
                pass_fds=(theirs.fileno(),),
                env=_environment(),
                start_new_session=True,  # the signals of a terminal are for the server
            )
    except BaseException:
        ours.close()
        raise
    started = BackendProcess(process, ours, end_seconds=end_seconds)
    with suppress(OSError):  # it has ended already, which will be seen when it is read
        started.write(order)
    return started


def _readable(*descriptors: int, seconds: float | None = None) -> list[int]:
    """Which descriptors can be read, or are broken; waits for one so long, None: however long."""
    waiting = select.poll()
    for each in descriptors:
        waiting.register(each, select.POLLIN)
    return [ready for ready, _ in waiting.poll(None if seconds is None else 1000 * seconds)]


def _watch_of(process: int) -> int | None:
    """A descriptor that is readable when a process has ended; None where there are none."""
    if sys.platform != "linux":
        return None
    try:
        return os.pidfd_open(process)
    except OSError:  # an old kernel, or none is left
        return None


def _environment() -> dict[str, str]:
    """This one without golive's own settings, some of which are secret."""
    return {
        name: value
        for name, value in child_environment().items()
        if not name.startswith("GOLIVE_") or name == "GOLIVE_CACHE_DIR"
    }


def _command(python: str) -> list[str]:
    """Another environment is not to see the paths that this one was given for its own."""
    return [python] if python == sys.executable else [python, "-E"]


def _ending(code: int) -> str:
    if code >= 0:
        return f"ended with exit code {code}"
    try:
        return f"was ended by {signal.Signals(-code).name}"
    except ValueError:
        return f"was ended by signal {-code}"
