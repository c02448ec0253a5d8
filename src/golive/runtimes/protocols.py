"""The seam between the engine and a loaded model."""

from __future__ import annotations

from typing import Any, Protocol

import msgspec

from golive.signature.model import JsonValue

__all__ = ["Batch", "Model", "Outputs"]


class Batch(msgspec.Struct):  # a dataclass costs more, and each request has one
    """Validated inputs of some records, by column.

    Attributes:
        columns: For each column of the signature, in its order, one Python value a record: int,
            float, bool, str, `datetime.datetime`, (nested) list of numbers, `bytes`,
            `PIL.Image.Image` in the column's mode and size, or None. For the form `object` one
            column of typed requests.
        size: The number of records.
    """

    columns: tuple[list[Any], ...]
    size: int

    def take(self, indices: list[int]) -> Batch:
        """The batch of the records at `indices`, in that order."""
        return Batch(tuple([c[i] for i in indices] for c in self.columns), len(indices))


class Outputs(msgspec.Struct, kw_only=True):
    """What a model gave for a batch of n records; lists of plain Python values.

    Attributes:
        probabilities: Classifiers: n rows of P(class), in the order of the signature's classes.
        labels: Classifiers, where the model's own label is wanted or nothing else is to be had:
            n labels in the JSON type of the signature's classes.
        values: Regression: n floats. Custom: n JSON values, or a `RecordError` in place of one.
    """

    probabilities: list[list[float]] | None = None
    labels: list[JsonValue] | None = None
    values: list[Any] | None = None


class Model(Protocol):
    """A loaded model. Implementations are safe to call from several threads.

    One that has a true attribute `answers_at_once` gains nothing from the records of several
    requests in one batch: a call costs no more than its records, and those take microseconds. If it
    has a method `predict_one`, that gives for the list of one record's values what `predict` gives
    for a batch of it: a value, a label, a row of probabilities, or a pair of row and label where
    the labels are the model's own and it has probabilities, too.
    """

    def predict(self, batch: Batch) -> Outputs:
        """Answer every record of the batch, in order.

        Raises:
            Exception: Whatever the model raises; the engine isolates the record that caused it.
        """
        ...
