"""Direct calls of a tensor program, without golive's runtime in between."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pandas as pd
from scipy import special

from golive.packing.data import plain_value
from golive.packing.direct import DirectOutputs
from golive.packing.pictures import given_of
from golive.runtimes.tensor_answers import answer_position, label_position
from golive.runtimes.tensor_program import TensorFacts, TensorProgram, TensorSpec
from golive.signature.model import InputForm, JsonValue, Output, Signature

__all__ = ["label_values", "predict_program", "program_arrays"]

_Array = np.ndarray[Any, Any]


def predict_program(
    program: TensorProgram, signature: Signature, frame: pd.DataFrame
) -> DirectOutputs:
    """Run a program on the rows of a frame; whatever it raises comes through."""
    arrays = program_arrays(program, frame, signature.form)
    output = signature.output
    single = any(array.dtype in (np.float32, np.float16) for array in arrays)
    if output.kind == "custom" and not output.tensor and len(arrays) > 1:
        predicted = _objects(program.facts, arrays)
        return DirectOutputs(predicted=predicted, probabilities=None, is_single_precision=single)
    answer = arrays[answer_position(output, program.facts)]
    match output.kind:
        case "regression" | "custom":
            flat = answer.reshape(len(answer)) if output.kind == "regression" else answer
            return DirectOutputs(
                predicted=[plain_value(value) for value in flat.tolist()],
                probabilities=None,
                is_single_precision=single,
            )
        case _ if not output.has_probabilities:
            labels = label_values(answer, output.classes)
            return DirectOutputs(predicted=labels, probabilities=None)
        case _:
            own = None
            if output.label_source == "predict":
                labels_at = label_position(output, program.facts)
                own = label_values(arrays[labels_at], output.classes)
            return DirectOutputs(
                predicted=own,
                probabilities=_probabilities(answer, output),
                is_single_precision=single,
            )


def program_arrays(program: TensorProgram, frame: pd.DataFrame, form: InputForm) -> list[_Array]:
    """What a program gives for the rows of a frame; one row at a time if its batch is fixed."""
    inputs = _inputs(program.facts, frame, form)
    size = program.facts.batch_size
    if size is None:
        return program.run(inputs)
    rows = [
        program.run([np.repeat(array[at : at + 1], size, axis=0) for array in inputs])
        for at in range(len(frame))
    ]
    return [np.concatenate([array[:1] for array in arrays]) for arrays in zip(*rows, strict=True)]


def label_values(array: _Array, classes: tuple[JsonValue, ...]) -> list[JsonValue]:
    """The labels in an array of one a record; numbers are positions in classes that are texts."""
    values = [plain_value(value) for value in array.reshape(len(array)).tolist()]
    if array.dtype.kind in "iu" and classes and all(isinstance(label, str) for label in classes):
        return [classes[value] for value in values]
    return values


def _inputs(facts: TensorFacts, frame: pd.DataFrame, form: InputForm) -> list[_Array]:
    if form == "matrix" and frame.shape[1] > 1:
        [spec] = facts.inputs
        if spec.dtype == "object":
            return [frame.astype(str).to_numpy(dtype=object)]
        return [frame.to_numpy(dtype=_wide(spec)).astype(spec.dtype)]
    return [_input(frame[c], spec) for c, spec in zip(frame.columns, facts.inputs, strict=True)]


def _wide(spec: TensorSpec) -> str:
    return "float64" if np.dtype(spec.dtype).kind == "f" else spec.dtype


def _input(series: pd.Series, spec: TensorSpec) -> _Array:
    values = [given_of(cell) for cell in series.tolist()]
    whole = next((v for v in values if isinstance(v, list | tuple | np.ndarray)), None)
    if whole is not None:
        missing = np.full(np.shape(whole), np.nan)
        wide = np.stack([np.asarray(missing if plain_value(v) is None else v) for v in values])
        array = wide.astype(spec.dtype)
    elif spec.dtype == "object":
        array = np.array([str(value) for value in values], dtype=object)
    else:
        array = np.asarray(series.to_numpy(dtype=_wide(spec)), dtype=spec.dtype)
    sizes = [size for size in spec.shape if size is not None]
    if len(sizes) == len(spec.shape) and math.prod(sizes) == math.prod(array.shape[1:]):
        return array.reshape(len(array), *sizes)
    return array.reshape(len(array), *[1] * len(spec.shape)) if array.ndim == 1 else array


def _objects(facts: TensorFacts, arrays: list[_Array]) -> list[JsonValue]:
    names = [spec.name for spec in facts.outputs]
    rows = zip(*[array.tolist() for array in arrays], strict=True)
    return [dict(zip(names, map(plain_value, row), strict=True)) for row in rows]


def _probabilities(answer: _Array, output: Output) -> _Array:
    if answer.dtype == object:
        return np.array([[row[label] for label in output.classes] for row in answer], dtype=float)
    numbers = answer.astype(float)
    if len(output.classes) == 2 and numbers.size == len(numbers):
        scores = numbers.reshape(len(numbers))
        if output.activation == "sigmoid":
            return np.column_stack([special.expit(-scores), special.expit(scores)])
        return np.column_stack([1.0 - scores, scores])
    match output.activation:
        case "softmax":
            return np.asarray(special.softmax(numbers, axis=1))
        case "sigmoid":
            return np.asarray(special.expit(numbers))
        case _:
            return numbers
