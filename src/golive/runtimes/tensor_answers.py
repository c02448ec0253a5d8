"""The answers in a tensor program's outputs: which array, its activation, its shape."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from golive.errors import ModelLoadError, ModelOutputError
from golive.runtimes import outputs
from golive.runtimes.protocols import Outputs
from golive.runtimes.tensor_program import TensorFacts
from golive.signature.model import JsonValue, Output

__all__ = ["answer_position", "answer_reader", "label_position"]

_Array = np.ndarray[Any, Any]
_Read = Callable[[list[_Array], int], Outputs]


def answer_reader(output: Output, facts: TensorFacts) -> _Read:
    """A function that turns the arrays of n records into outputs.

    Args:
        output: The output side of the signature.
        facts: What the program gives.

    Raises:
        ModelLoadError: The program has no array of the name that the signature says.
    """
    names = [spec.name for spec in facts.outputs]
    if output.kind == "custom" and not output.tensor and len(names) > 1:
        return lambda arrays, size: Outputs(values=_all_values(names, arrays, size))
    at = answer_position(output, facts)
    match output.kind:
        case "custom":
            return lambda arrays, size: Outputs(values=outputs.values(arrays[at], size))
        case "regression":
            return lambda arrays, size: Outputs(values=outputs.numbers(arrays[at], size))
        case _ if not output.has_probabilities:
            return lambda arrays, size: Outputs(labels=_labels(arrays[at], size, output))
        case _ if output.label_source == "argmax":
            return lambda arrays, size: Outputs(
                probabilities=_probabilities(arrays[at], size, output)
            )
        case _:
            own = label_position(output, facts)
            return lambda arrays, size: Outputs(
                probabilities=_probabilities(arrays[at], size, output),
                labels=_labels(arrays[own], size, output),
            )


def answer_position(output: Output, facts: TensorFacts) -> int:
    """The position of the array that is the answer: the only one, or the one that is named.

    Raises:
        ModelLoadError: There is none.
    """
    names = [spec.name for spec in facts.outputs]
    if not output.tensor and len(names) == 1:
        return 0
    if output.tensor not in names:
        raise ModelLoadError(
            f"The model gives the arrays {', '.join(names)}; the signature names"
            f" {output.tensor or 'none of them'!r} as its answer."
        )
    return names.index(output.tensor)


def label_position(output: Output, facts: TensorFacts) -> int:
    """The position of the array with the model's own labels: one text or whole number a record.

    Raises:
        ModelLoadError: There is none beside the answer.
    """
    answer = answer_position(output, facts)
    for at, spec in enumerate(facts.outputs):
        is_flat = all(size == 1 for size in spec.shape)
        if at != answer and is_flat and np.dtype(spec.dtype).kind in "iubOSU":
            return at
    raise ModelLoadError("The signature says the model's own labels, and it gives none.")


def _all_values(names: list[str], arrays: list[_Array], size: int) -> list[JsonValue]:
    columns = [outputs.values(array, size) for array in arrays]
    return [dict(zip(names, values, strict=True)) for values in zip(*columns, strict=True)]


def _labels(array: _Array, size: int, output: Output) -> list[JsonValue]:
    """Labels; whole numbers are positions where the classes have names."""
    found = outputs.labels(array, size, output.classes)
    if array.dtype.kind not in "iu" or not all(isinstance(c, str) for c in output.classes):
        return found
    if any(not 0 <= number < len(output.classes) for number in found):
        raise ModelOutputError(
            f"The model gave a class number outside the {len(output.classes)} classes of the"
            " signature."
        )
    return [output.classes[number] for number in found]


def _probabilities(array: _Array, size: int, output: Output) -> list[list[float]]:
    if array.dtype == object:
        return _rows_of_maps(array, size, output)
    classes = len(output.classes)
    numbers = array.astype(np.float64)
    if classes == 2 and numbers.shape in ((size,), (size, 1)):
        return _two_columns(numbers.reshape(size), output.activation)
    return outputs.probability_rows(_activated(numbers, output.activation), size, classes)


def _two_columns(scores: _Array, activation: str) -> list[list[float]]:
    """P(first class) and P(second class) from one number a record."""
    if activation == "sigmoid":
        both = np.column_stack([_sigmoid(-scores), _sigmoid(scores)])
    else:
        both = np.column_stack([1.0 - scores, scores])
    rows: list[list[float]] = both.tolist()
    return rows


def _activated(numbers: _Array, activation: str) -> _Array:
    match activation:
        case "softmax":
            return _softmax(numbers)
        case "sigmoid":
            return _sigmoid(numbers)
        case _:
            return numbers


def _softmax(numbers: _Array) -> _Array:
    """Over the last axis, without overflow; what is not finite becomes NaN."""
    with np.errstate(invalid="ignore"):
        powers = np.exp(numbers - numbers.max(axis=-1, keepdims=True))
        return np.asarray(powers / powers.sum(axis=-1, keepdims=True))


def _sigmoid(numbers: _Array) -> _Array:
    """Without overflow, and with full precision where it is small."""
    power = np.exp(-np.abs(numbers))
    return np.where(numbers >= 0, 1.0, power) / (1.0 + power)


def _rows_of_maps(array: _Array, size: int, output: Output) -> list[list[float]]:
    """Rows from one dict, class to probability, a record."""
    if array.shape != (size,) or not all(isinstance(value, dict) for value in array):
        raise ModelOutputError(
            f"The model gave objects of shape {array.shape} for {size} records; a classifier"
            " gives one map from class to probability each."
        )
    try:
        return [[float(value[c]) for c in output.classes] for value in array]
    except KeyError as error:
        raise ModelOutputError(
            f"The model gives no probability for the class {error.args[0]!r}."
        ) from error
