"""Batches of compiled models: from what number of records on NumPy answers them faster.

NumPy is imported, and both ways are measured, when the first large batch comes: a service of
single records never pays for it. Where NumPy is absent, slower, or answers otherwise, or the
program says that it does, the records are answered one by one.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from importlib.util import find_spec
from math import inf, isclose, isnan
from threading import Lock
from time import thread_time
from typing import Any

from golive.runtimes.protocols import Outputs
from golive.scorer.program import Program
from golive.signature.model import Output

__all__ = ["FEWEST", "BatchAnswers", "at_once", "same_outputs"]

FEWEST = 64
"""Smaller batches are never worth NumPy's overhead."""
_SIZES = (64, 256, 1024)
_ROUNDS = 2
_log = logging.getLogger(__name__)
_COMPARED = 256
_TOLERANCE = 1e-12

Records = list[list[Any]]


class BatchAnswers:
    """Answers large batches with NumPy once it was measured to be worth it.

    Attributes:
        crossover: From so many records on it is; infinite as long as that is not known.
    """

    def __init__(self, program: Program, output: Output) -> None:
        self.crossover: float = inf
        self._program = program
        self._output = output
        self._lock = Lock()
        self._is_forgone = not program.has_batches
        self._is_claimed = self._is_forgone
        self._answer: Callable[[Records], Outputs] | None = None

    def claim(self) -> bool:
        """Whether the caller is the one who is to have it settled; true once."""
        if self._is_claimed:
            return False
        with self._lock:
            claimed, self._is_claimed = self._is_claimed, True
        return not claimed

    def take_up(self) -> None:
        """Let it be claimed again where it was not settled by who claimed it."""
        self._lock = Lock()
        self._is_claimed = self._is_forgone or self.crossover < inf

    def answer(self, records: Records) -> Outputs:
        """Answer the records at once; only from `crossover` on."""
        assert self._answer is not None
        return self._answer(records)

    def forgo(self) -> None:
        """Answer records one by one from now on."""
        self._is_forgone = self._is_claimed = True
        self.crossover = inf

    def settle(self, records: Records, one_by_one: Callable[[Records], Outputs]) -> None:
        """Find the crossover with these records.

        Args:
            records: At least one, of which none is refused; else it stays unknown.
            one_by_one: Answers records one after another.
        """
        self._is_claimed = True
        if not self._program.has_batches or find_spec("numpy") is None:
            return
        some = records[:_COMPARED]
        try:
            expected = one_by_one(some)
        except Exception:  # noqa: BLE001 - a record is refused: another batch will tell
            self._is_claimed = False
            return
        try:
            answer = at_once(self._program, self._output)
            if same_outputs(expected, answer(some)):
                crossover = _crossover(records, one_by_one, answer)
                self._answer = answer
                self.crossover = crossover
        except Exception:  # noqa: BLE001 - logged; records are answered one by one as before
            _log.warning("NumPy cannot answer batches of this model; records do.", exc_info=True)


def at_once(program: Program, output: Output) -> Callable[[Records], Outputs]:
    """A function that answers records with NumPy."""
    import numpy as np

    from golive.scorer.batches.building import parts_of

    prepare, estimator = parts_of(program.root)
    classes = output.classes

    def found(method: Callable[[Any], Any] | None, batch: Any) -> list[Any]:
        assert method is not None
        answers: list[Any] = np.asarray(method(batch)).tolist()
        return answers

    def answer(records: Records) -> Outputs:
        with np.errstate(all="ignore"):
            batch = prepare(records)
            if not output.classes:
                return Outputs(values=[*map(_plain, found(estimator.value, batch))])
            wants_labels = not output.has_probabilities or output.label_source == "predict"
            return Outputs(
                probabilities=found(estimator.probabilities, batch)
                if output.has_probabilities
                else None,
                labels=[classes[at] for at in found(estimator.label, batch)]
                if wants_labels
                else None,
            )

    def _plain(value: Any) -> Any:
        is_number = output.kind == "regression" and isinstance(value, list) and len(value) == 1
        return value[0] if is_number else value

    return answer


def same_outputs(expected: Outputs, found: Outputs) -> bool:
    """Whether labels are equal and numbers are within the tolerance of batches."""
    if expected.labels != found.labels:
        return False
    return all(
        _is_same(one, other)
        for one, other in (
            (expected.probabilities, found.probabilities),
            (expected.values, found.values),
        )
    )


def _is_same(one: Any, other: Any) -> bool:
    if isinstance(one, list) and isinstance(other, list):
        return len(one) == len(other) and all(map(_is_same, one, other))
    if isinstance(one, float) and isinstance(other, float):
        is_close = isclose(one, other, rel_tol=_TOLERANCE, abs_tol=1e-15)
        return is_close or (isnan(one) and isnan(other))
    return type(one) is type(other) and bool(one == other)


def _crossover(
    records: Records,
    one_by_one: Callable[[Records], Outputs],
    answer: Callable[[Records], Outputs],
) -> float:
    """The smallest number of records from which on NumPy was always faster."""
    crossover = inf
    each = _seconds(one_by_one, records[:FEWEST]) / min(len(records), FEWEST)
    for size in reversed(_SIZES):
        some = (records * (size // len(records) + 1))[:size]
        if _seconds(answer, some) >= each * size:
            break
        crossover = size
    return crossover


def _seconds(answer: Callable[[Records], Outputs], records: Records) -> float:
    times = []
    for _ in range(_ROUNDS):
        began = thread_time()
        answer(records)
        times.append(thread_time() - began)
    return min(times)
