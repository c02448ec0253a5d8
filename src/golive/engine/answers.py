"""Answers and faults: what the engine gives for each record."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Literal

import msgspec

from golive.signature.model import DefaultReason, JsonValue

__all__ = [
    "Answer",
    "Defaulted",
    "Fault",
    "FaultOrigin",
    "Options",
    "defaulted_to_json",
    "entry_to_json",
]

FaultOrigin = Literal["input", "model", "time"]


class Fault(msgspec.Struct, frozen=True):
    """Why one record has no answer.

    Attributes:
        code: Stable name: `missing_column`, `wrong_type`, `null_not_allowed`, `unseen_category`,
            `non_finite`, `out_of_range`, `extra_column`, `not_an_object`, `bad_base64`,
            `bad_image`, `too_large`, `too_deep`, `text_too_long`, `lookup_missed`,
            `lookup_failed`, `model_failed`, `deadline_exceeded`,
            `non_finite_output`, or a function model's own.
        message: What is wrong with which value and what would be right.
        field: The path of the field inside the record, such as `age` or `budgets[2].budget_id`.
        origin: Whose fault it is: the input's or the model's, or that of the time that was left.
        others: Further faults of the same record, each with code, message and field.
    """

    code: str
    message: str
    field: str | None = None
    origin: FaultOrigin = "input"
    others: tuple[Fault, ...] = ()


class Answer(msgspec.Struct, kw_only=True):  # a dataclass costs more, and each record has one
    """What the model says of one record; which members are set depends on the output's kind.

    Attributes:
        label: Classifiers: the label in the model's JSON type.
        score: Binary: P(positive class). Multiclass: P(label). Regression: the value.
        probabilities: Classifiers that give them: class (as a string) to probability.
        value: Custom: any JSON value.
    """

    label: JsonValue = None
    score: float | None = None
    probabilities: dict[str, float] | None = None
    value: Any = None


class Defaulted(msgspec.Struct, frozen=True, kw_only=True):
    """Columns of one record that could not be looked up, and have what they have by default.

    Attributes:
        lookup: In which they should have been.
        because: Why they were not.
        columns: Their names.
    """

    lookup: str
    because: DefaultReason
    columns: tuple[str, ...]


class Options(msgspec.Struct, frozen=True, kw_only=True):
    """What a caller may say beside the records.

    Attributes:
        threshold: Binary only, 0..1: overrides the signature's.
        top: Multiclass only, at least 1: so many of the largest probabilities.
        ids: One key a record, echoed in its answer; strings or integers.
    """

    threshold: float | None = None
    top: int | None = None
    ids: tuple[str | int, ...] | None = None


def entry_to_json(
    entry: Answer | Fault,
    key: str | int | None = None,
    defaults: Sequence[Defaulted] = (),
) -> dict[str, JsonValue]:
    """The JSON object that stands for one record in `predictions`.

    Args:
        entry: What the engine gave for the record.
        key: The caller's id of the record, echoed as `id`, or None.
        defaults: What could not be looked up for it.
    """
    body: dict[str, JsonValue] = {} if key is None else {"id": key}
    if isinstance(entry, Fault):
        body["error"] = _fault_to_json(entry)
        return body
    if entry.label is not None:
        body["label"] = entry.label
    if entry.score is not None:
        body["score"] = entry.score
    if entry.probabilities is not None:
        body["probabilities"] = entry.probabilities
    if entry.label is None and entry.score is None:
        body["value"] = entry.value
    if defaults:
        body["defaults"] = [defaulted_to_json(defaulted) for defaulted in defaults]
    return body


def defaulted_to_json(defaulted: Defaulted) -> dict[str, JsonValue]:
    """The JSON object that stands for it."""
    columns = list(defaulted.columns)
    return {"lookup": defaulted.lookup, "because": defaulted.because, "columns": columns}


def _fault_to_json(fault: Fault) -> dict[str, JsonValue]:
    body: dict[str, JsonValue] = {"code": fault.code, "message": fault.message}
    if fault.field is not None:
        body["field"] = fault.field
    if fault.others:
        body["others"] = [_fault_to_json(other) for other in fault.others]
    return body
