"""Compiled models: a scorer's program answers, with the standard library alone.

Records are answered one by one. From some number on they are answered all at once with NumPy, if
it is installed and faster; see `golive.runtimes.compiled_batches`.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from operator import itemgetter
from pathlib import Path
from threading import Thread
from time import sleep
from typing import Any

from golive.bundle.layout import PROGRAM_FOLDER
from golive.errors import ModelLoadError, ModelOutputError
from golive.runtimes.compiled_batches import FEWEST, BatchAnswers, at_once
from golive.runtimes.protocols import Batch, Model, Outputs
from golive.scorer.format import ProgramError
from golive.scorer.loading import load_program
from golive.scorer.program import Program
from golive.signature.model import JsonValue, Output, Signature

__all__ = ["CompiledModel", "load_compiled", "start_apart"]

_first = itemgetter(0)
_WARM_AFTER = 64
"""Answers after which a program is made faster: fewer are not worth the work."""

_REST = 0.01

Start = Callable[[Callable[[], None]], None]


def start_apart(work: Callable[[], None]) -> None:
    """Run work on a thread of its own, which ends with the process."""
    Thread(target=work, name="golive-compiled", daemon=True).start()


def load_compiled(root: Path, signature: Signature, *, start: Start = start_apart) -> CompiledModel:
    """Load the program of the bundle (or staging directory) at `root`.

    Args:
        root: The directory.
        signature: What the program was compiled for.
        start: Runs work that no caller waits for.

    Raises:
        ModelLoadError: It is damaged, of a newer golive, or not for this signature.
    """
    folder = root / PROGRAM_FOLDER
    try:
        return CompiledModel(load_program(folder), signature, start=start)
    except (ProgramError, OSError) as error:
        raise ModelLoadError(
            f"The compiled program of the bundle cannot be loaded: {error}",
            hint="answer with the original instead: --original",
        ) from error


class CompiledModel:
    """Answers batches with a program. Safe to call from several threads.

    Attributes:
        answers_at_once: True: a record costs microseconds, so nothing is gained by waiting for
            others to make a batch.
        has_batches: Whether NumPy may answer batches, where that is faster.
    """

    answers_at_once = True

    def __init__(
        self, program: Program, signature: Signature, *, start: Start = start_apart
    ) -> None:
        """Wrap a program.

        Args:
            program: Compiled for this signature.
            signature: Decides what is asked of the program.
            start: Runs work that no caller waits for.

        Raises:
            ModelLoadError: The program does not give what the signature says.
        """
        self._program = program
        self._output = signature.output
        self._start = start
        self.has_batches = program.has_batches
        self._large = BatchAnswers(program, signature.output)
        self._answer = _answerer(program, signature.output)
        self._one = self._counting(self._answer)

    def predict(self, batch: Batch) -> Outputs:
        """Answer every record of the batch, in order."""
        size = batch.size
        if size == 1:
            return self._one([[*map(_first, batch.columns)]])
        records = list(map(list, zip(*batch.columns, strict=True)))
        if size >= FEWEST:
            return self._many(records)
        return self._answer(records)

    def warm(self, *, rest: float = 0.0) -> None:
        """Make single answers faster, where the program knows how, before going on.

        Args:
            rest: Seconds that are left to other threads after each few milliseconds of it.
        """
        self._one = self._answer
        for _ in self._program.warm():
            sleep(rest)

    def settle(self, batch: Batch) -> None:
        """Measure from what number of records on NumPy is faster, before going on."""
        self._large.settle(list(map(list, zip(*batch.columns, strict=True))), self._answer)

    def forgo_batches(self) -> None:
        """Answer every batch row by row from now on."""
        self.has_batches = False
        self._large.forgo()

    def with_numpy(self) -> Model:
        """The same program with NumPy for all but the smallest batches, be it faster or not.

        Raises:
            Exception: NumPy cannot run the program, whatever it says of it.
        """
        return _WithNumPy(self, at_once(self._program, self._output))

    def _many(self, records: list[list[Any]]) -> Outputs:
        large = self._large
        if large.claim():
            self._start(partial(self._settle, records))
        if len(records) >= large.crossover:
            return large.answer(records)
        return self._answer(records)

    def _settle(self, records: list[list[Any]]) -> None:
        """Both ways are measured when single answers are as fast as they will be."""
        self.warm(rest=_REST)
        self._large.settle(records, self._answer)

    def _counting(
        self, answer: Callable[[list[list[Any]]], Outputs]
    ) -> Callable[[list[list[Any]]], Outputs]:
        """The first answers are counted; then the program is made faster while others wait not."""
        left = iter(range(_WARM_AFTER, 0, -1))

        def count(records: list[list[Any]]) -> Outputs:
            if next(left, 0) == 1:
                self._start(partial(self.warm, rest=_REST))
            return answer(records)

        return count


class _WithNumPy:
    """Answers with NumPy where it might ever do so in service."""

    def __init__(self, rows: CompiledModel, answer: Callable[[list[list[Any]]], Outputs]) -> None:
        self._rows, self._answer = rows, answer

    def predict(self, batch: Batch) -> Outputs:
        """Answer every record of the batch, in order."""
        if batch.size < FEWEST:
            return self._rows.predict(batch)
        return self._answer(list(map(list, zip(*batch.columns, strict=True))))


def _answerer(program: Program, output: Output) -> Callable[[list[list[Any]]], Outputs]:
    """The function of some records, by what the signature says of the output."""
    match output.kind:
        case "regression":
            _need(program, "value")
            values = program.values
            return lambda records: Outputs(values=[*map(_number, values(records))])
        case "custom":
            _need(program, "value")
            from golive.runtimes.outputs import json_value

            return lambda records: Outputs(values=[*map(json_value, program.values(records))])
        case _ if not output.has_probabilities:
            _need(program, "label")
            classes, labels = output.classes, program.labels
            return lambda records: Outputs(labels=[classes[at] for at in labels(records)])
        case _ if output.label_source == "argmax":
            _need(program, "probabilities")
            probabilities = program.probabilities
            return lambda records: Outputs(probabilities=probabilities(records))
        case _:
            return _labelled(program, output.classes)


def _labelled(
    program: Program, classes: tuple[JsonValue, ...]
) -> Callable[[list[list[Any]]], Outputs]:
    _need(program, "labelled")

    def answer(records: list[list[Any]]) -> Outputs:
        pairs = program.labelled(records)
        return Outputs(
            probabilities=[row for row, _ in pairs], labels=[classes[at] for _, at in pairs]
        )

    return answer


def _number(value: Any) -> float:
    if type(value) is float:
        return value
    if isinstance(value, list):
        if len(value) != 1:
            raise ModelOutputError(f"The program gave {len(value)} numbers for one record.")
        return float(value[0])
    return float(value)


def _need(program: Program, method: str) -> None:
    if not program.gives(method):
        raise ModelLoadError(
            f"The compiled program gives no {method}, and the signature says that it does.",
            hint="answer with the original instead: --original",
        )
