"""The engine: decoded records in, one answer or fault a record out, in order."""

from __future__ import annotations

import logging
from bisect import bisect_left
from collections.abc import Callable, Sequence
from itertools import chain, groupby
from typing import TYPE_CHECKING, cast

from msgspec.structs import replace

from golive.engine.answers import Answer, Fault, Options
from golive.engine.decode import Decoder
from golive.engine.decoded import NO_OPTIONS, Decoded
from golive.engine.isolation import exit_error, isolate, wrong_count
from golive.engine.labelling import labeller, labeller_of_one
from golive.engine.pace import Pace
from golive.engine.shortcut import Shortcut, SingleAnswers, shortcut_of
from golive.errors import BackendError, GoliveError, ModelOutputError, RecordError
from golive.runtimes.protocols import Batch, Model, Outputs
from golive.signature.model import Signature

if TYPE_CHECKING:
    from golive.engine.filling import Filler

__all__ = ["Engine", "cut"]

_log = logging.getLogger("golive.engine")
_Label = Callable[[Outputs], list[Answer | Fault]]


class Engine:
    """Answers decoded records with one model, each record on its own.

    Safe to call from several threads if the model is.

    Attributes:
        signature: What the model takes and gives.
        decoder: Reads requests for this signature.
        pace: How fast the model answers; set once it is measured.

    Args:
        signature: What the model takes and gives.
        model: The loaded model.
        decoder: Reads requests for this signature.
        pace: How fast the model answers, if that is known.
    """

    def __init__(
        self, signature: Signature, model: Model, *, decoder: Decoder, pace: Pace | None = None
    ) -> None:
        self.signature = signature
        self.decoder = decoder
        self.pace = pace or Pace()
        self._model = model
        self._label = labeller(signature.output, NO_OPTIONS)

    @property
    def model(self) -> Model:
        """What it answers with."""
        return self._model

    def wrap_model(self, wrap: Callable[[Model], Model]) -> None:
        """Answer from now on with what is given for its model, which is to answer likewise."""
        self._model = wrap(self._model)

    @property
    def answers_at_once(self) -> bool:
        """Whether the model gains nothing from records of several requests in one batch."""
        return bool(getattr(self._model, "answers_at_once", False))

    @property
    def shortcut(self) -> Shortcut | None:
        """Answers bodies that are one plain record, or None where the model has no quick way."""
        read, model = self.decoder.values_of_one, self._model
        if read is None or not hasattr(model, "predict_one"):
            return None
        return shortcut_of(
            read, cast("SingleAnswers", model), labeller_of_one(self.signature.output, NO_OPTIONS)
        )

    def fill_with(self, filler: Filler) -> None:
        """Give records the looked-up columns that they lack from now on; its pace is measured."""
        self.decoder.fill_with(filler)
        if filler.waits:  # not on the event loop
            self.pace = replace(self.pace, reads_quickly=False)

    def learn(self, decoded: Decoded) -> None:
        """Let the model find out on golden records by which way it answers the soonest."""
        learn = getattr(self._model, "try_matrices", None)
        if learn is not None:
            learn(decoded.batch)

    def answer(self, decoded: Decoded) -> list[Answer | Fault]:
        """One answer or fault for each record of the request, in its order."""
        label = self._labeller(decoded.options)
        if decoded.batch.size == 1 and not decoded.faults:
            return [self._answer_one(decoded.batch, label)]
        answered = self._answer_batch(decoded.batch, label)
        return answered if not decoded.faults else _placed(decoded, answered)

    def answer_all(self, requests: Sequence[Decoded]) -> list[list[Answer | Fault]]:
        """As `answer` of each request, but the model is asked once where it can be.

        The options of a request are for its own records; a record that the model fails on fails
        by itself.
        """
        if len(requests) == 1:
            return [self.answer(requests[0])]
        batches = [decoded.batch for decoded in requests]
        columns = zip(*(batch.columns for batch in batches), strict=True)
        size = sum(batch.size for batch in batches)
        merged = Batch(tuple([list(chain.from_iterable(parts)) for parts in columns]), size)
        answered = self._answer_merged(merged, requests)
        entries, start = [], 0
        for decoded, batch in zip(requests, batches, strict=True):
            own = answered[start : start + batch.size]
            start += batch.size
            entries.append(own if not decoded.faults else _placed(decoded, own))
        return entries

    def cut(self, decoded: Decoded, size: int) -> list[Decoded]:
        """The request in parts of at most `size` records, whose entries follow one another."""
        return cut(decoded, size)

    def _labeller(self, options: Options) -> _Label:
        if options.threshold is None and options.top is None:
            return self._label
        return labeller(self.signature.output, options)

    def _answer_merged(self, merged: Batch, requests: Sequence[Decoded]) -> list[Answer | Fault]:
        labels = {id(decoded): self._labeller(decoded.options) for decoded in requests}
        if all(label is self._label for label in labels.values()):
            return self._answer_batch(merged, self._label)
        label_of = [labels[id(decoded)] for decoded in requests for _ in range(decoded.batch.size)]

        def call(positions: list[int]) -> list[Answer | Fault]:
            outputs = self._model.predict(_taken(merged, positions))
            return _labelled(outputs, [label_of[position] for position in positions])

        return self._entries(isolate(merged.size, call))

    def _answer_one(self, batch: Batch, label: _Label) -> Answer | Fault:
        """What `_answer_batch` would give, for less."""
        try:
            entries = label(self._model.predict(batch))
        except (MemoryError, BackendError, KeyboardInterrupt):  # no record is at fault
            raise
        except Exception as error:  # noqa: BLE001 - whatever the model raises is the record's error
            return self._fault(error)
        except BaseException as error:  # noqa: BLE001 - as above
            return self._fault(exit_error(error))
        if len(entries) != 1:
            return self._fault(wrong_count(len(entries), 1))
        return entries[0]

    def _answer_batch(self, batch: Batch, label: _Label) -> list[Answer | Fault]:
        def call(positions: list[int]) -> list[Answer | Fault]:
            return label(self._model.predict(_taken(batch, positions)))

        return self._entries(isolate(batch.size, call))

    def _entries(self, results: list[Answer | Fault | Exception]) -> list[Answer | Fault]:
        return [self._fault(r) if isinstance(r, Exception) else r for r in results]

    def _fault(self, error: Exception) -> Fault:
        fault = _model_fault(error)
        if fault.code == "model_failed":
            _log.warning("The model failed on a record.", exc_info=error)
        return fault


def cut(decoded: Decoded, size: int) -> list[Decoded]:
    """The request in parts of at most `size` records, whose entries follow one another."""
    return [
        _part(decoded, start, min(start + size, decoded.size))
        for start in range(0, decoded.size, size)
    ]


def _taken(batch: Batch, positions: list[int]) -> Batch:
    return batch if len(positions) == batch.size else batch.take(positions)


def _labelled(outputs: Outputs, labels: list[_Label]) -> list[Answer | Fault]:
    """The entries where records have labellers of their own; of as many as the model gave."""
    entries: list[Answer | Fault] = []
    start = 0
    for label, group in groupby(labels):
        stop: int | None = start + sum(1 for _ in group)
        entries += label(_sliced(outputs, start, None if stop == len(labels) else stop))
        start = stop or start
    return entries


def _sliced(outputs: Outputs, start: int, stop: int | None) -> Outputs:
    given = outputs.probabilities, outputs.labels, outputs.values
    probabilities, labels, values = (m if m is None else m[start:stop] for m in given)
    return Outputs(probabilities=probabilities, labels=labels, values=values)


def _placed(decoded: Decoded, answered: list[Answer | Fault]) -> list[Answer | Fault]:
    """The answers and the faults of a request, each at its record's place."""
    entries: list[Answer | Fault | None] = [None] * decoded.size
    for position, fault in decoded.faults.items():
        entries[position] = fault
    for position, entry in zip(decoded.indices, answered, strict=True):
        entries[position] = entry
    return [_present(entry) for entry in entries]


def _part(decoded: Decoded, start: int, stop: int) -> Decoded:
    first, last = (bisect_left(decoded.indices, at) for at in (start, stop))
    columns = tuple([values[first:last] for values in decoded.batch.columns])
    faults = {at - start: f for at, f in decoded.faults.items() if start <= at < stop}
    return Decoded(
        batch=Batch(columns, last - first),
        indices=[at - start for at in decoded.indices[first:last]],
        faults=faults,
        size=stop - start,
        options=Options(threshold=decoded.options.threshold, top=decoded.options.top),
    )


def _present(entry: Answer | Fault | None) -> Answer | Fault:
    if entry is None:
        raise ModelOutputError("A record was neither decoded nor refused.")
    return entry


def _model_fault(error: Exception) -> Fault:
    """What a caller is told of an exception that one record caused inside the model."""
    if isinstance(error, RecordError):
        return Fault(error.code, error.message, error.field, origin="input")
    if isinstance(error, ModelOutputError):
        code = error.code if error.code == "non_finite_output" else "model_failed"
        return Fault(code, error.message, origin="model")
    reason = error.message if isinstance(error, GoliveError) else type(error).__name__
    return Fault(
        "model_failed",
        f"The model failed on this record ({reason}); the server's log has the details.",
        origin="model",
    )
