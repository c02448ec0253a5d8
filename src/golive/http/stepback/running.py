"""Running notes: which candidate a worker is in, as others find when the worker is no more.

A note is a small file that a worker has mapped: what it wrote last is there, whatever ended it. It
begins with the number of calls that the worker is in. It goes when nothing can call the candidate
any more.
"""

from __future__ import annotations

import mmap
import os
import struct
from contextlib import suppress
from itertools import count
from pathlib import Path
from threading import Lock
from weakref import finalize

import msgspec

from golive.files import reserve

__all__ = ["Running", "RunningNote", "take_running"]

_SUFFIX = ".running"
_CALLS = struct.Struct("=q")


class Running(msgspec.Struct, frozen=True, kw_only=True):
    """A candidate that a worker has loaded.

    Attributes:
        slot: What the candidate is called among what is followed.
        candidate: As a person calls it, such as `games@8`.
        version: The short id of its bundle.
        is_shadow: Whether it answers copies.
    """

    slot: str
    candidate: str
    version: str
    is_shadow: bool = False

    @property
    def model(self) -> str:
        """The name of the model."""
        return self.candidate.rpartition("@")[0]


class RunningNote:
    """How many calls of a candidate's code this process is in: those made in its context.

    Safe to use from several threads.

    Args:
        directory: Of the processes of one server.
        about: The candidate.

    Raises:
        OSError: There is no room for it.
    """

    def __init__(self, directory: Path, about: Running) -> None:
        names = (f"{os.getpid()}-{number}{_SUFFIX}" for number in count())
        path = next(path for name in names if not (path := directory / name).exists())
        self._calls = _noted(path, _CALLS.pack(0) + msgspec.json.encode(about))
        self._lock = Lock()
        finalize(self, _remove, path, os.getpid()).atexit = False

    def __enter__(self) -> None:
        with self._lock:
            self._calls[0] += 1

    def __exit__(self, *_: object) -> None:
        with self._lock:
            self._calls[0] -= 1


def _noted(path: Path, content: bytes) -> memoryview:
    """The number of calls in a new note; where there is no room for that, nothing is left of it.

    Raises:
        OSError: There is no room.
    """
    with path.open("w+b") as file:
        try:
            reserve(file.fileno(), len(content))
            file.write(content)
            file.flush()
            return memoryview(mmap.mmap(file.fileno(), _CALLS.size)).cast("q")
        except OSError:
            path.unlink()
            raise


def _remove(path: Path, process: int) -> None:
    """Remove a note in the process whose it is, not in one that was forked of it."""
    if os.getpid() == process:
        with suppress(OSError):
            path.unlink()


def take_running(directory: Path, process: int) -> Running | None:
    """The candidate that a process was in when it ended, or None; what it noted is removed.

    Args:
        directory: Of the processes of one server.
        process: Its id.
    """
    found = None
    for path in sorted(directory.glob(f"{process}-*{_SUFFIX}")):
        content = path.read_bytes()
        path.unlink()
        if len(content) < _CALLS.size:
            continue  # it was ended while it began the note
        if _CALLS.unpack_from(content)[0] > 0:
            found = msgspec.json.decode(content[_CALLS.size :], type=Running)
    return found
