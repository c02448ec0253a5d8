"""The process of a backend, as the server that starts it sees it."""

from __future__ import annotations

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
    """A running process and our end of the socket that it shares with nobody else.

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
            return read_frame(self._link)
        except OSError:
            return None

    def hang_up(self) -> None:
        """Tell it that nothing more comes; from any thread."""
        with suppress(OSError):
            self._link.shutdown(SHUT_RDWR)

    def let_go(self) -> None:
        """Close our end only: this process was forked of the one whose child it is."""
        self._link.close()

    def end(self) -> str:
        """See to its end, now; says how it ended."""
        self.hang_up()
        try:
            code = self._process.wait(self._end_seconds)
        except subprocess.TimeoutExpired:
            self._process.kill()
            code = self._process.wait()
        self._link.close()
        return _ending(code)


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
