"""A fake model: answers from its inputs by simple arithmetic, or fails as told."""

from __future__ import annotations

import json
import time
import zlib
from collections.abc import Callable
from typing import Any

from golive.runtimes.protocols import Batch, Outputs
from golive.signature.model import JsonValue, Output

__all__ = ["FakeModel"]

_Record = tuple[Any, ...]


class FakeModel:
    """A deterministic model of any output kind.

    A record's score comes from the CRC-32 of its values, so it depends on nothing else.

    Attributes:
        sizes: The number of records of every call so far.
    """

    def __init__(
        self,
        output: Output,
        *,
        fails_on: Callable[[_Record], bool] | None = None,
        extra_outputs: int = 0,
        seconds: float = 0.0,
        answers: Callable[[_Record], JsonValue] | None = None,
    ) -> None:
        """Make a model.

        Args:
            output: The output of the signature it is used with.
            fails_on: A batch with a record for which this is true raises ValueError.
            extra_outputs: So many outputs more (or, negative, fewer) than records.
            seconds: How long each call takes.
            answers: Regression and custom: the value of a record instead of the score.
        """
        self.sizes: list[int] = []
        self._output = output
        self._fails_on = fails_on
        self._extra_outputs = extra_outputs
        self._seconds = seconds
        self._answers = _score_of if answers is None else answers

    def predict(self, batch: Batch) -> Outputs:
        """Answer every record of the batch, in order.

        Raises:
            ValueError: The batch holds a record that the model was told to fail on.
        """
        self.sizes.append(batch.size)
        time.sleep(self._seconds)
        records = list(zip(*batch.columns, strict=True))
        for record in records:
            if self._fails_on is not None and self._fails_on(record):
                raise ValueError(f"cannot handle {record!r}")
        return self._answered(self._resized(records))

    def _resized(self, records: list[_Record]) -> list[_Record]:
        if self._extra_outputs < 0:
            return records[: self._extra_outputs]
        return records + records[:1] * self._extra_outputs

    def _answered(self, records: list[_Record]) -> Outputs:
        classes = self._output.classes
        if not classes:
            return Outputs(values=[self._answers(record) for record in records])
        labels = [classes[int(_score_of(record) * len(classes))] for record in records]
        if not self._output.has_probabilities:
            return Outputs(labels=labels)
        rows = [_probabilities(_score_of(record), len(classes)) for record in records]
        wants_labels = self._output.label_source == "predict"
        return Outputs(probabilities=rows, labels=labels if wants_labels else None)


def _score_of(record: _Record) -> float:
    """A number from 0 up to, not including, 1 that depends on the record alone."""
    text = json.dumps(record, default=repr)
    return zlib.crc32(text.encode()) / 2**32


def _probabilities(score: float, n_classes: int) -> list[float]:
    """Probabilities that sum to 1; the score is that of the last class."""
    rest = (1.0 - score) / (n_classes - 1)
    return [rest] * (n_classes - 1) + [score]
