"""Programs: a compiled model, ready to answer."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, TypeVar

from golive.scorer.node import Node
from golive.scorer.rows.building import parts_of
from golive.scorer.rows.composing import same

__all__ = ["Program"]

T = TypeVar("T")


class Program:
    """A compiled model that answers one record at a time.

    A record is the list of its values in the order of the signature's columns: int, float, bool,
    str or None. Safe to use from several threads.

    Attributes:
        root: The step that gives the answer.
        classes: The number of classes, or None for regression.
        has_batches: Whether NumPy may answer batches; where not, it was found to be wrong.
    """

    def __init__(self, root: Node, *, classes: int | None, has_batches: bool = True) -> None:
        self.root = root
        self.classes = classes
        self.has_batches = has_batches
        prepare, estimator = parts_of(root)
        self._estimator = estimator if prepare is same else estimator.after(prepare)

    def gives(self, method: str) -> bool:
        """Whether it answers `probabilities`, `label`, `labelled` or `value`."""
        return getattr(self._estimator, method) is not None

    def single(self, method: str) -> Callable[[list[Any]], Any]:
        """The function of one record behind `probabilities`, `label`, `labelled` or `value`."""
        answer: Callable[[list[Any]], Any] | None = getattr(self._estimator, method)
        assert answer is not None
        return answer

    def warm(self) -> Iterator[None]:
        """Do what makes later answers faster: each `next` does a few milliseconds of it.

        Answers are the same before, meanwhile and after, and may be asked for by other threads.
        Run it after the first answers, while nothing else is to be done.
        """
        return self.root.tasks()

    def take_up(self) -> None:
        """Have the next `warm` do again what another one has begun and will not end.

        In a forked child the parent's threads are gone, whatever they were at.
        """
        self.root.take_up()

    def probabilities(self, records: list[list[Any]]) -> list[list[float]]:
        """P(class) of each record, in the order of the classes.

        Raises:
            ValueError: The original would refuse one of the records.
            TypeError: Likewise.
        """
        return _answers(self._estimator.probabilities, records)

    def labels(self, records: list[list[Any]]) -> list[int]:
        """The position of each record's class, as the original's `predict` gives it.

        Raises:
            ValueError: The original would refuse one of the records.
            TypeError: Likewise.
        """
        return _answers(self._estimator.label, records)

    def labelled(self, records: list[list[Any]]) -> list[tuple[list[float], int]]:
        """Both of each record, prepared once.

        Raises:
            ValueError: The original would refuse one of the records.
            TypeError: Likewise.
        """
        return _answers(self._estimator.labelled, records)

    def values(self, records: list[list[Any]]) -> list[Any]:
        """The value of each record: a float, or a list of floats for several outputs.

        Raises:
            ValueError: The original would refuse one of the records.
            TypeError: Likewise.
        """
        return _answers(self._estimator.value, records)


def _answers(method: Callable[[Any], T] | None, records: list[list[Any]]) -> list[T]:
    assert method is not None
    return list(map(method, records))
