"""Compiled models: a scorer's program answers, with the standard library alone.

Records are answered one by one. From some number on they are answered all at once with NumPy, if
it is installed and faster; see `golive.runtimes.compiled_batches`.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from functools import partial
from operator import itemgetter
from pathlib import Path
from threading import Thread
from time import sleep
from typing import Any

from golive.bundle.layout import PROGRAM_FOLDER
from golive.errors import ModelLoadError, ModelOutputError
from golive.forks import call_in_children
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
_log = logging.getLogger(__name__)

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
        predict_one: Answers one record, given by its values in the order of the columns: gives a
            value, a label, a row of probabilities or a pair of row and label; see `Model`.
        has_batches: Whether NumPy may answer batches, where that is faster.
    """

    answers_at_once = True
    predict_one: Callable[[list[Any]], Any]

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
        self._answer_one = _answer_one(program, signature.output)
        self._outputs = _outputs_of(signature.output)
        self._count_anew()
        call_in_children(self._begin_anew)

    def _begin_anew(self) -> None:
        """Make it faster again, if need be: the threads that were to do it are the parent's."""
        self._program.take_up()
        self._large.take_up()
        self._count_anew()

    def predict(self, batch: Batch) -> Outputs:
        """Answer every record of the batch, in order."""
        size = batch.size
        if size == 1:
            return self._outputs([self.predict_one([*map(_first, batch.columns)])])
        records = list(map(list, zip(*batch.columns, strict=True)))
        if size >= FEWEST:
            return self._many(records)
        return self._answer(records)

    def warm(self, *, rest: float = 0.0) -> None:
        """Make single answers faster, where the program knows how, before going on.

        Args:
            rest: Seconds that are left to other threads after each few milliseconds of it.
        """
        self.predict_one = self._answer_one
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
        self._hasten()
        self._large.settle(records, self._answer)

    def _hasten(self) -> None:
        """Make single answers faster on a thread; if that fails, they stay as they are."""
        try:
            self.warm(rest=_REST)
        except Exception as error:  # noqa: BLE001 - nobody waits for this
            _log.warning("The program cannot be made faster, and answers as before: %s", error)

    def _answer(self, records: list[list[Any]]) -> Outputs:
        return self._outputs([*map(self._answer_one, records)])

    def _count_anew(self) -> None:
        self._answers_to_count = iter(range(_WARM_AFTER, 0, -1))
        self.predict_one = self._count_one

    def _count_one(self, record: list[Any]) -> Any:
        """The first answers are counted; then the program is made faster while others wait not."""
        if next(self._answers_to_count, 0) == 1:
            self._start(self._hasten)
        return self._answer_one(record)


class _WithNumPy:
    """Answers with NumPy where it might ever do so in service."""

    def __init__(self, rows: CompiledModel, answer: Callable[[list[list[Any]]], Outputs]) -> None:
        self._rows, self._answer = rows, answer

    def predict(self, batch: Batch) -> Outputs:
        """Answer every record of the batch, in order."""
        if batch.size < FEWEST:
            return self._rows.predict(batch)
        return self._answer(list(map(list, zip(*batch.columns, strict=True))))


def _answer_one(program: Program, output: Output) -> Callable[[list[Any]], Any]:
    """The function of one record, by what the signature says of the output; see `Model`."""
    classes = output.classes
    match output.kind:
        case "regression":
            value = _method(program, "value")
            return lambda record: _number(value(record))
        case "custom":
            from golive.runtimes.outputs import json_value

            value = _method(program, "value")
            return lambda record: json_value(value(record))
        case _ if not output.has_probabilities:
            label = _method(program, "label")
            return lambda record: classes[label(record)]
        case _ if output.label_source == "argmax":
            return _method(program, "probabilities")
        case _:
            return _labelled(program, classes)


def _labelled(
    program: Program, classes: tuple[JsonValue, ...]
) -> Callable[[list[Any]], tuple[list[float], JsonValue]]:
    labelled = _method(program, "labelled")

    def answer(record: list[Any]) -> tuple[list[float], JsonValue]:
        row, at = labelled(record)
        return row, classes[at]

    return answer


def _outputs_of(output: Output) -> Callable[[list[Any]], Outputs]:
    """The outputs that are made of what each record has given."""
    if output.kind in ("regression", "custom"):
        return lambda found: Outputs(values=found)
    if not output.has_probabilities:
        return lambda found: Outputs(labels=found)
    if output.label_source == "argmax":
        return lambda found: Outputs(probabilities=found)
    return lambda found: Outputs(
        probabilities=[row for row, _ in found], labels=[label for _, label in found]
    )


def _number(value: Any) -> float:
    if type(value) is float:
        return value
    if isinstance(value, list):
        if len(value) != 1:
            raise ModelOutputError(f"The program gave {len(value)} numbers for one record.")
        return float(value[0])
    return float(value)


def _method(program: Program, method: str) -> Callable[[list[Any]], Any]:
    if not program.gives(method):
        raise ModelLoadError(
            f"The compiled program gives no {method}, and the signature says that it does.",
            hint="answer with the original instead: --original",
        )
    return program.single(method)
