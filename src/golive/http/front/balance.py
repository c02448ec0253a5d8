"""Balance: how many connections each of several processes has, so that they share them evenly."""

from __future__ import annotations

import mmap
from pathlib import Path

from golive.files import reserve

__all__ = ["Balance"]

_NUMBER = 8  # bytes; such a number is written and read as a whole


class Balance:
    """The numbers of connections of all processes, in a file that they map.

    Args:
        path: The file; made by who comes first.
        place: Which of the processes this is.
        processes: How many there are.
    """

    def __init__(self, path: Path, *, place: int, processes: int) -> None:
        self._map = _mapped(path, processes)
        self._numbers = memoryview(self._map).cast("q")
        self._place = place
        self._end = processes
        self._others = [number for number in range(processes) if number != place]

    def is_ahead(self, connections: int) -> bool:
        """Whether another process should take the next connection; it is told of these."""
        numbers = self._numbers
        numbers[self._place] = connections
        return any(numbers[other] + 1 < connections for other in self._others)

    @property
    def all_end(self) -> bool:
        """Whether all processes end, not only this one."""
        return bool(self._numbers[self._end])

    @staticmethod
    def tell_end(path: Path, *, processes: int) -> None:
        """Tell all processes that all of them end."""
        with _mapped(path, processes) as numbers:
            numbers[_NUMBER * processes] = 1

    def close(self) -> None:
        """Have no more connections."""
        self._numbers[self._place] = 0
        self._numbers.release()
        self._map.close()


def _mapped(path: Path, processes: int) -> mmap.mmap:
    """The file: a number for each process, and one that says whether all of them end."""
    size = _NUMBER * (processes + 1)
    with path.open("a+b") as file:
        reserve(file.fileno(), size)
        return mmap.mmap(file.fileno(), size)
