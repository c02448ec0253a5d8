"""Counters: numbers of one process that several processes can read, changed without a lock.

Each process has two files: `PID-BEGUN-0.keys`, a line of JSON a series, which says what the next
numbers are, and `PID-BEGUN-0.values`, the numbers, mapped into memory. Only their own process
writes them. When it began tells it from a later process that was given the same id.
Where the disk has no room for them, a process counts for itself alone.
"""

from __future__ import annotations

import logging
import mmap
import os
from array import array
from collections.abc import Iterator
from contextlib import suppress
from itertools import count
from pathlib import Path
from threading import Lock

import msgspec

from golive.files import reserve

__all__ = ["Counters", "Key", "begun_at", "counts_of_others", "is_running"]

Key = tuple[str, ...]
"""The name of a family, then the values of its labels."""

_SLOTS = 4096
_BYTES = 8
_logger = logging.getLogger("golive.http")


class Counters:
    """Numbers in slots; whoever knows a slot may change its number.

    Slots may be asked for by any thread, a slot be changed by one thread only.

    Attributes:
        values: The numbers. Another object takes its place when there are more than it holds.

    Args:
        directory: Where other processes find them, or None.
    """

    def __init__(self, directory: Path | None = None) -> None:
        self._lock = Lock()
        self._slots: dict[Key, tuple[int, int]] = {}
        self._used = 0
        self._files = None if directory is None else _Files(directory)
        self.values: array[float] | memoryview[float] = array("d")
        self.values = self._space(_SLOTS)

    def slot(self, key: Key, size: int = 1) -> int:
        """The first of the `size` slots of a series, which begin with 0."""
        with self._lock:
            if key not in self._slots:
                self._slots[key] = (self._add(key, size), size)
            return self._slots[key][0]

    def counts(self) -> Iterator[tuple[Key, list[float]]]:
        """Every series with its numbers."""
        with self._lock:
            slots = list(self._slots.items())
        for key, (first, size) in slots:
            yield key, [float(value) for value in self.values[first : first + size]]

    def _add(self, key: Key, size: int) -> int:
        first, self._used = self._used, self._used + size
        if self._used > len(self.values):
            self.values = self._space(2 * len(self.values))
        if self._files is not None:
            self._files.tell(key, size)
        return first

    def _space(self, slots: int) -> array[float] | memoryview[float]:
        if self._files is not None:
            try:
                return self._files.map(slots)
            except OSError as error:
                _logger.warning(
                    "this worker's numbers are missing in the metrics of the others: %s", error
                )
                self._files = None
        space = array("d", self.values)
        space.frombytes(bytes((slots - len(space)) * _BYTES))
        return space


class _Files:
    """The files of one process; none is kept open."""

    def __init__(self, directory: Path) -> None:
        process = os.getpid()
        begun = begun_at(process) or 0
        names = (f"{process}-{begun}-{number}" for number in count())
        path = next(p for name in names if not (p := directory / f"{name}.keys").exists())
        self._keys = path
        self._values = path.with_suffix(".values")
        self._untold = b""

    def tell(self, key: Key, size: int) -> None:
        self._untold += msgspec.json.encode((key, size)) + b"\n"
        with suppress(OSError), self._keys.open("ab", buffering=0) as keys:
            self._untold = self._untold[
                keys.write(self._untold) :
            ]  # the rest is told the next time

    def map(self, slots: int) -> memoryview[float]:
        self._keys.touch()
        with self._values.open("ab") as values:
            reserve(values.fileno(), slots * _BYTES)
        with self._values.open("r+b") as values:
            return memoryview(mmap.mmap(values.fileno(), slots * _BYTES)).cast("d")


def counts_of_others(directory: Path) -> Iterator[tuple[bool, Key, list[float]]]:
    """Of every series in a directory: whether its process still runs, its key and its numbers."""
    for path in sorted(directory.glob("*.keys"), key=_age_of):
        lines = path.read_bytes().split(b"\n")[:-1]  # what follows the last is being written
        values = array("d", path.with_suffix(".values").read_bytes() if lines else b"")
        begun, process, _ = _age_of(path)
        is_alive, first = is_running(process, begun), 0
        for line in lines:
            key, size = msgspec.json.decode(line, type=tuple[Key, int])
            yield is_alive, key, list(values[first : first + size])
            first += size


def is_running(process: int, begun: int) -> bool:
    """Whether a process runs and is the one that began then (0: this system does not tell)."""
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        pass
    return not begun or begun_at(process) == begun


def begun_at(process: int) -> int | None:
    """When a process began, in clock ticks since the system did; None where it is not told.

    Field 22 of `/proc/PID/stat`, see proc(5); the second, a name, may hold blanks and brackets.
    """
    try:
        stat = Path(f"/proc/{process}/stat").read_text("ascii", "replace")
    except OSError:
        return None
    return int(stat.rpartition(")")[2].split()[19])


def _age_of(path: Path) -> tuple[int, int, int]:
    """When the process of a file began, its id, and which of its files it is: older ones first."""
    process, begun, number = map(int, path.stem.split("-"))
    return begun, process, number
