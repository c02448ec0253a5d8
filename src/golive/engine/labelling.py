"""From a model's outputs to answers: labels, scores, thresholds and the finite check."""

from __future__ import annotations

from collections.abc import Callable
from math import isfinite
from typing import TypeVar, assert_never

from golive.engine.answers import Answer, Fault, Options
from golive.errors import ModelOutputError, RecordError
from golive.runtimes.protocols import Outputs
from golive.signature.model import JsonValue, Output

__all__ = ["class_key", "labeller"]

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
    match output.kind:
        case "regression":
            return _regression
        case "custom":
            return _custom
        case "binary" | "multiclass":
            return _classification(output, options)
        case _:
            assert_never(output.kind)


def _regression(outputs: Outputs) -> list[Entry]:
    return [_regression_entry(value) for value in _given(outputs.values, "values")]


def _regression_entry(value: object) -> Entry:
    if isinstance(value, RecordError):
        return _record_fault(value)
    if not isinstance(value, int | float):
        raise ModelOutputError(f"The model gave {type(value).__name__}, not a number.")
    return Answer(score=float(value)) if isfinite(value) else _non_finite(value)


def _custom(outputs: Outputs) -> list[Entry]:
    return [
        _record_fault(value) if isinstance(value, RecordError) else Answer(value=value)
        for value in _given(outputs.values, "values")
    ]


def _classification(output: Output, options: Options) -> Callable[[Outputs], list[Entry]]:
    if not output.has_probabilities:
        return lambda outputs: [Answer(label=v) for v in _given(outputs.labels, "labels")]
    threshold = output.threshold if options.threshold is None else options.threshold
    if output.kind == "binary" and threshold is not None:
        return _binary_at(output, threshold)
    return _own_labels(output, options.top)


def _binary_at(output: Output, threshold: float) -> Callable[[Outputs], list[Entry]]:
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

    return lambda outputs: [build(row) for row in _given(outputs.probabilities, "probabilities")]


def _own_labels(output: Output, top: int | None) -> Callable[[Outputs], list[Entry]]:
    keys = [class_key(c) for c in output.classes]
    index = {_typed(c): i for i, c in enumerate(output.classes)}
    positive = output.classes.index(output.positive) if output.kind == "binary" else None

    def build(row: list[float], label: JsonValue, *, own: bool) -> Entry:
        if not all(map(isfinite, row)):
            return _non_finite(row)
        best = index[_typed(label)] if own else row.index(max(row))
        return Answer(
            label=output.classes[best],
            score=row[best if positive is None else positive],
            probabilities=_cut(dict(zip(keys, row, strict=True)), top),
        )

    def build_all(outputs: Outputs) -> list[Entry]:
        rows = _given(outputs.probabilities, "probabilities")
        if output.label_source == "argmax":
            return [build(row, None, own=False) for row in rows]
        labels = _given(outputs.labels, "labels")
        return [build(r, label, own=True) for r, label in zip(rows, labels, strict=True)]

    return build_all


def _typed(label: JsonValue) -> tuple[type, JsonValue]:
    return type(label), label


def _cut(probabilities: dict[str, float], top: int | None) -> dict[str, float]:
    if top is None or top >= len(probabilities):
        return probabilities
    ordered = sorted(probabilities.items(), key=lambda pair: -pair[1])
    return dict(ordered[:top])


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
