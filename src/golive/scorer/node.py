"""Nodes: the steps of a program with their arrays at hand."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from golive.scorer.format import ITEM_SIZES, ProgramError

__all__ = ["Arrays", "Node", "node_of"]

_MOST_VALUES = {
    "table": 1 << 22,
    "text": 1,
    "dense": 1 << 22,
    "sparse": 1 << 31,
    "estimator": 1 << 16,
}
"""The most values of a row, by kind: a row of so many is tens of megabytes."""


class Arrays:
    """The arrays of a program, as views of the mapped file.

    Args:
        data: All bytes of `arrays.bin`.
        places: Name to `[offset, count, type]`.

    Attributes:
        tasks: What may be done later to answer faster, see `Node.later`.
        begun: Those that somebody does, or did not end.
    """

    __slots__ = ("_data", "_places", "begun", "tasks")

    def __init__(self, data: memoryview, places: dict[str, Any]) -> None:
        self._data = data
        self._places = places
        self.tasks: list[Callable[[], Iterator[None]]] = []
        self.begun: list[Callable[[], Iterator[None]]] = []

    def view(self, name: str) -> memoryview:
        """The array of this name; its items are read from the file when they are asked for.

        Raises:
            ProgramError: There is no such array, or it lies outside the file.
        """
        try:
            offset, count, typecode = self._places[name]
            size = count * ITEM_SIZES[typecode]
        except (KeyError, TypeError, ValueError) as error:
            raise ProgramError(f"The program has no array {name!r}.") from error
        if not 0 <= offset <= offset + size <= len(self._data):
            raise ProgramError(f"The array {name!r} lies outside the file of arrays.")
        return self._data[offset : offset + size].cast(typecode)


class Node:
    """One step of a program.

    Attributes:
        op: Its name, `family.name`.
        gives: What it gives: `table`, `text`, `dense`, `sparse` or `estimator`.
        width: How many values it gives.
        args: JSON values.
        children: The steps inside it.
        memory: What was made of it once and serves both single records and batches.
    """

    __slots__ = ("_arrays", "_names", "args", "children", "gives", "memory", "op", "width")

    def __init__(self, data: dict[str, Any], arrays: Arrays) -> None:
        try:
            self.op: str = data["op"]
            self.gives: str = data["gives"]
            self.width: int = data["width"]
        except (KeyError, TypeError) as error:
            raise ProgramError("A step of the program has no op, gives or width.") from error
        if type(self.width) is not int or not 0 <= self.width <= _MOST_VALUES.get(self.gives, -1):
            raise ProgramError(
                f"The step {self.op!r} gives {self.width!r} values of the kind {self.gives!r},"
                " which this golive does not."
            )
        self.args: dict[str, Any] = data.get("args", {})
        self.children: list[Node] = [Node(child, arrays) for child in data.get("children", ())]
        self._names: dict[str, str] = data.get("arrays", {})
        self._arrays = arrays
        self.memory: dict[str, Any] = {}

    def later(self, task: Callable[[], Iterator[None]]) -> None:
        """Keep work that makes the step answer faster and is not needed for its first answers.

        Each `next` of what it gives does a little of it, so that nobody waits long.
        """
        self._arrays.tasks.append(task)

    def tasks(self) -> Iterator[None]:
        """All such work of the whole program, a little at each `next`; each part is done once."""
        arrays = self._arrays
        while arrays.tasks:
            task = arrays.tasks.pop(0)
            arrays.begun.append(task)
            yield from task()
            arrays.begun.remove(task)

    def take_up(self) -> None:
        """Keep for later again what was begun and will not be ended by who began it."""
        arrays = self._arrays
        arrays.tasks[:0] = arrays.begun
        arrays.begun.clear()

    def has(self, name: str) -> bool:
        """Whether the step has an array of this name."""
        return name in self._names

    def view(self, name: str) -> memoryview:
        """The step's array of this name, mapped: nothing is copied, each item is read on demand."""
        if name not in self._names:
            raise ProgramError(f"The step {self.op} has no array {name!r}.")
        return self._arrays.view(self._names[name])

    def list(self, name: str) -> list[Any]:
        """The step's array of this name as a list: three times as fast, but all in memory."""
        return self.view(name).tolist()


def node_of(data: dict[str, Any], arrays: Arrays) -> Node:
    """The tree of steps below `data`.

    Raises:
        ProgramError: A step is not one.
    """
    return Node(data, arrays)
