"""The output of a tensor program's signature, decided from what it gives for the sample."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from golive.errors import SignatureError
from golive.packing.classes import (
    Classes,
    as_known,
    classes_of_columns,
    positive_of,
    same_kind_as,
    sorted_labels,
    target_notes,
    target_values,
)
from golive.packing.data import plain_value
from golive.packing.outputs import OutputWishes
from golive.packing.tensor_direct import label_values
from golive.runtimes.tensor_program import TensorFacts
from golive.signature.model import Activation, JsonValue, Output

__all__ = ["infer_tensor_output"]

_Array = np.ndarray[Any, Any]
_Found = tuple[Output, list[str]]
_ROUNDING = 1e-3  # float16 probabilities of many classes sum to 1 no better than this


@dataclass(frozen=True, slots=True)
class _Answer:
    """The array that holds the answer, and the one with the model's own labels if there is one.

    `rows` are the positions in the sample of the rows that were asked.
    """

    rows: pd.Index
    array: _Array
    tensor: str = ""
    labels: _Array | None = None


def infer_tensor_output(
    facts: TensorFacts, arrays: Sequence[_Array], wishes: OutputWishes, rows: pd.Index
) -> _Found:
    """Infer what a program gives: classes, numbers or any arrays, and what makes probabilities.

    Rows from 0 to 1 that sum to 1 are probabilities. Where the classes or a target of few values
    say that it classifies, other numbers are logits. What is neither is a number or an array.

    Args:
        facts: What the program says of its arrays.
        arrays: What it gave for rows of the sample.
        wishes: What the packer said.
        rows: The labels of those rows in the target's index.

    Returns:
        The output and notes.

    Raises:
        SignatureError: The classes that were given do not fit the model.
    """
    answer = _answer_of(facts, arrays, rows)
    if answer is None:
        return _custom(wishes, "", _names_note(facts))
    array = answer.array
    if array.dtype == object and all(isinstance(value, dict) for value in array.flat):
        stated = tuple(array.flat[0])
        shares = np.array([[float(row[label]) for label in stated] for row in array.flat])
        return _classified(answer, shares, stated, wishes, "none")
    if array.dtype.kind != "f":
        return _labelled(answer, wishes)
    return _numeric(answer, wishes)


def _answer_of(facts: TensorFacts, arrays: Sequence[_Array], rows: pd.Index) -> _Answer | None:
    """The only array, or of a label and its probabilities these; None if that is not it."""
    if len(arrays) == 1:
        return _Answer(rows, arrays[0])
    labels = [at for at, array in enumerate(arrays) if _are_labels(array)]
    if len(arrays) != 2 or len(labels) != 1:
        return None
    other = 1 - labels[0]
    return _Answer(rows, arrays[other], facts.outputs[other].name, arrays[labels[0]])


def _are_labels(array: _Array) -> bool:
    is_flat = array.size == len(array)
    is_text = array.dtype == object and all(isinstance(value, str) for value in array.flat)
    return is_flat and (is_text or array.dtype.kind in "iub")


def _numeric(answer: _Answer, wishes: OutputWishes) -> _Found:
    array = answer.array
    width = 1 if array.size == len(array) else array.shape[1]
    if array.ndim > 2 and width != 1:
        return _custom(wishes, answer.tensor, [])
    rows = array.reshape(len(array), width).astype(float)
    classifies = answer.labels is not None or _says_classes(wishes, max(width, 2))
    if width == 1 and not classifies:
        return _regression(wishes, answer.tensor)
    are_shares = bool(np.all((rows >= 0) & (rows <= 1)))
    sums_to_1 = width > 1 and bool(np.allclose(rows.sum(axis=1), 1, atol=_ROUNDING))
    if are_shares and (sums_to_1 or (width == 1 and classifies)):
        return _classified(answer, _two_columns(rows), (), wishes, "none")
    if not classifies:
        return _custom(wishes, answer.tensor, [])
    if are_shares:
        output, notes = _classified(answer, rows, (), wishes, "none")
        return output, [*notes, "The model's probabilities of a record do not sum to 1."]
    return _classified(
        answer, _two_columns(rows), (), wishes, "sigmoid" if width == 1 else "softmax"
    )


def _two_columns(rows: _Array) -> _Array:
    """One score as two columns whose larger one is the label's; more columns as they are."""
    if rows.shape[1] > 1:
        return rows
    middle = 0.5 if np.all((rows >= 0) & (rows <= 1)) else 0.0
    return np.hstack([2 * middle - rows, rows])


def _says_classes(wishes: OutputWishes, width: int) -> bool:
    """Whether the packer gave classes, or a target of at most as many texts or whole numbers."""
    if wishes.classes:
        return True
    truths = target_values(wishes.target)
    discrete = all(not isinstance(value, float) or value.is_integer() for value in truths)
    return bool(truths) and len(truths) <= width and discrete


def _classified(
    answer: _Answer,
    rows: _Array,
    stated: Classes,
    wishes: OutputWishes,
    activation: Activation,
) -> _Found:
    best: list[int] = rows.argmax(axis=1).tolist()
    truths = target_values(wishes.target)
    own = (
        None if answer.labels is None else label_values(answer.labels, tuple(wishes.classes or ()))
    )
    classes = classes_of_columns(
        best, rows.shape[1], predicted=own, stated=stated, wished=wishes.classes, truths=truths
    )
    labels = [classes[column] for column in best]
    output = Output(
        kind="binary" if len(classes) == 2 else "multiclass",
        classes=classes,
        positive=positive_of(classes, wishes.positive),
        label_source="argmax" if own is None or own == labels else "predict",
        activation=activation,
        tensor=answer.tensor,
        name=_name(wishes),
    )
    notes = _activation_notes(activation)
    if own is None and not stated and not wishes.classes:
        notes += _class_notes(classes, truths)
    return output, [*notes, *_order_notes(labels, answer.rows, wishes.target, classes)]


def _activation_notes(activation: Activation) -> list[str]:
    if activation == "none":
        return []
    note = (
        f"The model gives logits, no probabilities: golive applies {activation} to them, as the "
        "signature's output says."
    )
    return [note]


def _class_notes(classes: Classes, truths: list[JsonValue]) -> list[str]:
    listed = ", ".join(map(repr, classes[:10])) + (", …" if len(classes) > 10 else "")
    if set(truths) == set(classes):
        note = (
            f"The classes are the target's values in their order ({listed}): if the model's "
            "outputs have another order, give it with --class."
        )
    else:
        note = (
            f"The classes are the numbers of the model's outputs ({listed}): name them with "
            "--class."
        )
    return [note]


def _order_notes(
    labels: list[JsonValue], rows: pd.Index, target: pd.Series | None, classes: Classes
) -> list[str]:
    """A note on truths that are no classes, or on labels that the target contradicts."""
    notes = target_notes(classes, target)
    if target is None or notes:
        return notes
    truths = [plain_value(value) for value in target.loc[rows].tolist()]
    right = sum(label == truth for label, truth in zip(labels, truths, strict=True))
    if right * len(classes) >= len(labels):
        return []
    note = (
        f"The model's label is the target's in {right} of {len(labels)} rows of the sample, "
        "fewer than by chance: are the classes in the order of its outputs?"
    )
    return [note]


def _labelled(answer: _Answer, wishes: OutputWishes) -> _Found:
    """Texts, booleans and whole numbers: labels where anything says so."""
    array = answer.array
    if not _are_labels(array):
        return _custom(wishes, answer.tensor, [])
    numbers = label_values(array, ())
    truths = target_values(wishes.target)
    known = (
        as_known(wishes.classes, [*truths, *numbers]) if wishes.classes else sorted_labels(truths)
    )
    if array.dtype.kind in "iu" and not known:
        return _custom(wishes, answer.tensor, [])
    are_numbers = array.dtype.kind in "iu" and all(isinstance(label, str) for label in known)
    if are_numbers and max(numbers) < len(known):
        return _labels_output(known, wishes, answer.tensor)
    if wishes.classes:
        return _labels_output(known, wishes, answer.tensor)
    if array.dtype.kind in "iu" and not set(numbers) <= set(known):
        return _regression(wishes, answer.tensor)
    classes = sorted_labels({*numbers, *same_kind_as(numbers, truths)})
    return _labels_output(classes, wishes, answer.tensor)


def _labels_output(classes: Classes, wishes: OutputWishes, tensor: str) -> _Found:
    output = Output(
        kind="binary" if len(classes) == 2 else "multiclass",
        classes=classes,
        positive=positive_of(classes, wishes.positive),
        has_probabilities=False,
        tensor=tensor,
        name=_name(wishes),
    )
    return output, target_notes(classes, wishes.target)


def _regression(wishes: OutputWishes, tensor: str) -> _Found:
    _refuse_classes(wishes, "one number")
    output = Output(kind="regression", has_probabilities=False, tensor=tensor, name=_name(wishes))
    return output, []


def _custom(wishes: OutputWishes, tensor: str, notes: list[str]) -> _Found:
    _refuse_classes(wishes, "arrays")
    output = Output(kind="custom", has_probabilities=False, tensor=tensor, name=_name(wishes))
    return output, notes


def _refuse_classes(wishes: OutputWishes, given: str) -> None:
    if wishes.classes or wishes.positive is not None:
        raise SignatureError(
            f"The model gives {given} a record, which are no probabilities or labels of classes.",
            hint="Leave out the classes, or export the model with the class output alone.",
        )


def _names_note(facts: TensorFacts) -> list[str]:
    names = ", ".join(repr(spec.name) for spec in facts.outputs)
    return [f"The model gives several arrays ({names}): an answer holds each under its name."]


def _name(wishes: OutputWishes) -> str:
    return "" if wishes.target is None else str(wishes.target.name)
