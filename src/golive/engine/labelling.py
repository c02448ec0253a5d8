"""From a model's outputs to answers: labels, scores, thresholds and the finite check."""

from __future__ import annotations

from collections.abc import Callable
from math import isfinite
from typing import Any, TypeVar, assert_never

from golive.engine.answers import Answer, Fault, Options
from golive.errors import ModelOutputError, RecordError
from golive.runtimes.protocols import Outputs
from golive.signature.model import JsonValue, Output

__all__ = ["class_key", "labeller", "labeller_of_one"]

Entry = Answer | Fault
T = TypeVar("T")


def class_key(label: JsonValue) -> str:
    """The key that stands for a class in `probabilities`: its text, as JSON writes it."""
    if isinstance(label, bool):
        return "true" if label else "false"
    return "null" if label is None else str(label)


def labeller(output: Output, options: Options) -> Callable[[Outputs], list[Entry]]:
    """A function that turns a batch's outputs into one answer or fault a record.

    Args:
        output: The output side of the signature.
        options: The caller's threshold and top.
    """
    label_one = labeller_of_one(output, options)
    if output.kind in ("regression", "custom"):
        return lambda outputs: [*map(label_one, _given(outputs.values, "values"))]
    if not output.has_probabilities:
        return lambda outputs: [*map(label_one, _given(outputs.labels, "labels"))]
    if output.label_source == "argmax":
        return lambda outputs: [*map(label_one, _rows(outputs))]
    if _threshold(output, options) is not None:
        return lambda outputs: [label_one((row, None)) for row in _rows(outputs)]
    return lambda outputs: [
        *map(label_one, zip(_rows(outputs), _given(outputs.labels, "labels"), strict=True))
    ]


def labeller_of_one(output: Output, options: Options) -> Callable[[Any], Entry]:
    """A function that turns what a model gives for one record into an answer or a fault.

    That is a value (regression, custom), a label (classifiers without probabilities), a row of
    probabilities, or, where the label's source is the model's `predict`, a pair of row and label.

    Args:
        output: The output side of the signature.
        options: The caller's threshold and top.
    """
    match output.kind:
        case "regression":
            return _regression_entry
        case "custom":
            return _custom_entry
        case "binary" | "multiclass":
            return _classification(output, options)
        case _:
            assert_never(output.kind)


def _regression_entry(value: object) -> Entry:
    if isinstance(value, RecordError):
        return _record_fault(value)
    if not isinstance(value, int | float):
        raise ModelOutputError(f"The model gave {type(value).__name__}, not a number.")
    return Answer(score=float(value)) if isfinite(value) else _non_finite(value)


def _custom_entry(value: Any) -> Entry:
    return _record_fault(value) if isinstance(value, RecordError) else Answer(value=value)


def _classification(output: Output, options: Options) -> Callable[[Any], Entry]:
    if not output.has_probabilities:
        return lambda label: Answer(label=label)
    threshold = _threshold(output, options)
    if threshold is None:
        return _own_labels(output, options.top)
    at_threshold = _binary_at(output, threshold)
    if output.label_source == "argmax":
        return at_threshold
    return lambda pair: at_threshold(pair[0])


def _threshold(output: Output, options: Options) -> float | None:
    """The score from which on the label is the positive one, or None where others decide."""
    if output.kind != "binary":
        return None
    return output.threshold if options.threshold is None else options.threshold


def _binary_at(output: Output, threshold: float) -> Callable[[list[float]], Entry]:
    first_key, second_key = (class_key(c) for c in output.classes)
    positive = output.classes.index(output.positive)
    label_of_positive, label_of_negative = output.positive, output.classes[1 - positive]

    def build(row: list[float]) -> Entry:
        first, second = row
        if not (isfinite(first) and isfinite(second)):
            return _non_finite(row)
        score = row[positive]
        return Answer(
            label=label_of_positive if score >= threshold else label_of_negative,
            score=score,
            probabilities={first_key: first, second_key: second},
        )

    return build


def _binary_largest(output: Output) -> Callable[[list[float]], Entry]:
    """As `_own_labels` of two classes, for less: there is nothing to cut."""
    first_key, second_key = (class_key(c) for c in output.classes)
    first_label, second_label = output.classes
    positive = output.classes.index(output.positive)

    def build(row: list[float]) -> Entry:
        first, second = row
        if not (isfinite(first) and isfinite(second)):
            return _non_finite(row)
        return Answer(
            label=second_label if second > first else first_label,
            score=row[positive],
            probabilities={first_key: first, second_key: second},
        )

    return build


def _own_labels(output: Output, top: int | None) -> Callable[[Any], Entry]:
    if output.kind == "binary" and output.label_source == "argmax":
        return _binary_largest(output)
    keys = [class_key(c) for c in output.classes]
    index = {_typed(c): i for i, c in enumerate(output.classes)}
    positive = output.classes.index(output.positive) if output.kind == "binary" else None

    def build(row: list[float], best: int) -> Entry:
        return Answer(
            label=output.classes[best],
            score=row[best if positive is None else positive],
            probabilities=_cut(dict(zip(keys, row, strict=True)), top),
        )

    def largest(row: list[float]) -> Entry:
        return build(row, row.index(max(row))) if all(map(isfinite, row)) else _non_finite(row)

    def own(pair: tuple[list[float], JsonValue]) -> Entry:
        row, label = pair
        return build(row, index[_typed(label)]) if all(map(isfinite, row)) else _non_finite(row)

    return largest if output.label_source == "argmax" else own


def _typed(label: JsonValue) -> tuple[type, JsonValue]:
    return type(label), label


def _cut(probabilities: dict[str, float], top: int | None) -> dict[str, float]:
    if top is None or top >= len(probabilities):
        return probabilities
    ordered = sorted(probabilities.items(), key=lambda pair: -pair[1])
    return dict(ordered[:top])


def _rows(outputs: Outputs) -> list[list[float]]:
    return _given(outputs.probabilities, "probabilities")


def _given(member: list[T] | None, name: str) -> list[T]:
    if member is None:
        raise ModelOutputError(f"The model gave no {name}.")
    return member


def _record_fault(error: RecordError) -> Fault:
    return Fault(error.code, error.message, error.field, origin="input")


def _non_finite(value: object) -> Fault:
    return Fault(
        "non_finite_output",
        f"The model's output for this record is not finite ({str(value)[:60]}).",
        origin="model",
    )
