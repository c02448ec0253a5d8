"""Running notes: which candidate a worker is in, as others find when the worker is no more.

A note is a small file that a worker has mapped: what it wrote last is there, whatever ended it. It
begins with the number of calls that the worker is in.
"""

from __future__ import annotations

import mmap
import os
import struct
from itertools import count
from pathlib import Path
from threading import Lock

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
        content = _CALLS.pack(0) + msgspec.json.encode(about)
        with path.open("w+b") as file:
            reserve(file.fileno(), len(content))
            file.write(content)
            file.flush()
            self._calls = memoryview(mmap.mmap(file.fileno(), _CALLS.size)).cast("q")
        self._lock = Lock()

    def __enter__(self) -> None:
        with self._lock:
            self._calls[0] += 1

    def __exit__(self, *_: object) -> None:
        with self._lock:
            self._calls[0] -= 1


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
        if _CALLS.unpack_from(content)[0] > 0:
            found = msgspec.json.decode(content[_CALLS.size :], type=Running)
    return found
