"""Inference: the signature that a fitted model and a sample of its data agree on."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from golive.bundle.manifest import RuntimeKind
from golive.errors import SignatureError
from golive.packing.columns import column_of
from golive.packing.corrections import (
    TextFrame,
    as_frame_category,
    corrected,
    whole_categories,
)
from golive.packing.data import as_frame
from golive.packing.direct import choose_form
from golive.packing.inferred import Inference
from golive.packing.model_knowledge import ModelKnowledge, knowledge_of
from golive.packing.outputs import OutputWishes, infer_output
from golive.packing.pictures import Picture, given_of
from golive.packing.selection import select_columns, select_text_column
from golive.packing.tensor_inference import infer_tensor_signature
from golive.runtimes.tensor_program import TensorProgram
from golive.signature.model import Column, InputForm, JsonValue, Output, Signature

__all__ = ["Inference", "infer_signature"]


def infer_signature(  # noqa: PLR0913  # each is one of pack's own options
    estimator: object,
    kind: RuntimeKind,
    frame: object,
    *,
    target: str | None = None,
    classes: Sequence[JsonValue] | None = None,
    positive: JsonValue = None,
    request_type: type | None = None,
    answer_type: type | None = None,
    text_frame: TextFrame | None = None,
) -> Inference:
    """Infer the signature of a model from a sample of its data.

    Args:
        estimator: The fitted estimator, pipeline, booster or function.
        kind: The runtime that answers with it.
        frame: The sample: a frame, a matrix, a list of texts; a function's list of requests.
        target: The column that holds the truths; no input.
        classes: The labels in the order of the model's probabilities, where it does not say.
        positive: Binary only: the class whose probability is the score; the second if None.
        request_type: Function models: the type of the request.
        answer_type: Function models: the type of the answer.
        text_frame: Reads columns of the sample's file again as text (see `read_table`), for
            columns whose texts a CSV reader takes for numbers.

    Raises:
        SignatureError: The model and the sample do not fit each other.
    """
    if kind == "function":
        return _infer_function(frame, request_type, answer_type)
    table = as_frame(frame)
    if isinstance(estimator, TensorProgram):
        wishes = _wishes(table, target, classes, positive)
        return infer_tensor_signature(estimator, table, target, wishes, text_frame)
    names = [str(name) for name in table.columns if name != target]
    knowledge = knowledge_of(estimator, names)
    selected, notes, candidates = _select(table, target, knowledge)
    inputs, corrections = _correct(table[selected], knowledge, text_frame)
    form = choose_form(estimator, inputs, candidates)
    columns = tuple(_column(inputs[name], knowledge, form) for name in selected)
    wishes = _wishes(table, target, classes, positive)
    output, output_notes = infer_output(estimator, inputs, form, wishes)
    truths, target_notes = _truths(wishes.target, output, output_notes)
    return Inference(
        signature=Signature(form=form, columns=columns, output=output),
        frame=inputs,
        target=truths,
        notes=(*notes, *corrections, *target_notes),
    )


def _wishes(
    table: pd.DataFrame,
    target: str | None,
    classes: Sequence[JsonValue] | None,
    positive: JsonValue,
) -> OutputWishes:
    known = target if target in table.columns else None
    truths = None if known is None else table[known]
    return OutputWishes(classes=classes, positive=positive, target=truths)


def _infer_function(
    requests: object, request_type: type | None, answer_type: type | None
) -> Inference:
    from golive.signature.answer_types import answer_type_schema
    from golive.signature.type_schema import type_schema

    if not isinstance(requests, list) or not requests:
        raise SignatureError(
            "A function model needs a list of requests as its sample.",
            hint="Give a .jsonl file with one request a line, or a .json file with a list.",
        )
    output = Output(
        kind="custom",
        has_probabilities=False,
        json_schema=None if answer_type is None else answer_type_schema(answer_type),
    )
    schema = None if request_type is None else type_schema(request_type)
    signature = Signature(form="object", columns=(), output=output, json_schema=schema)
    return Inference(signature=signature, frame=requests)


def _select(
    table: pd.DataFrame, target: str | None, knowledge: ModelKnowledge
) -> tuple[list[str], list[str], tuple[InputForm, ...]]:
    """The input columns, notes, and the forms to try in turn."""
    if knowledge.is_text:
        return *select_text_column(table, target), ("series", "frame")
    names, notes = select_columns(table, target, knowledge)
    forms = _forms_of_cells(table[names[0]]) if len(names) == 1 else ()
    if forms:
        return names, notes, forms
    if knowledge.feature_names is not None:
        return names, notes, ("frame", "matrix")
    if knowledge.n_features is not None:
        return names, notes, ("matrix", "frame")
    one_text = len(names) == 1 and pd.api.types.is_string_dtype(table[names[0]].dtype)
    return names, notes, ("series", "frame") if one_text else ("frame", "matrix")


def _forms_of_cells(series: pd.Series) -> tuple[InputForm, ...]:
    """The forms to try in turn where the sole column holds images, bytes or nested arrays."""
    first = next((cell for cell in series.tolist() if cell is not None), None)
    given = given_of(first)
    if isinstance(given, np.ndarray) and (given.ndim > 1 or isinstance(first, Picture)):
        return ("tensors", "matrix", "frame")
    return ("series", "frame") if isinstance(first, Picture | bytes) else ()


def _correct(
    table: pd.DataFrame, knowledge: ModelKnowledge, text_frame: TextFrame | None
) -> tuple[pd.DataFrame, list[str]]:
    columns: dict[str, pd.Series] = {}
    notes: list[str | None] = []
    for name in map(str, table.columns):
        if name in knowledge.frame_categories:
            known = knowledge.frame_categories[name]
            if name in knowledge.cut_categories:
                known = whole_categories(table[name], knowledge.cut_categories[name])
            columns[name], note = as_frame_category(table[name], known, text_frame)
        else:
            known = knowledge.categories.get(name, ())
            columns[name], note = corrected(table[name], known, text_frame)
        notes.append(note)
    return pd.DataFrame(columns), [note for note in notes if note]


def _column(series: pd.Series, knowledge: ModelKnowledge, form: InputForm) -> Column:
    name = str(series.name)
    return column_of(
        series,
        categories=knowledge.categories.get(name),
        is_text=form == "series" or name in knowledge.texts,
    )


def _truths(
    target: pd.Series | None, output: Output, notes: list[str]
) -> tuple[pd.Series | None, list[str]]:
    """The target in the type of the classes: a CSV reads the label `"1"` as a number."""
    if target is None or not output.classes or not notes:
        return target, notes
    try:
        truths, note = corrected(target, output.classes)
    except SignatureError:
        return target, notes
    if note is None:
        return target, notes
    changed = f"The target {target.name!r} was turned into the type of the model's classes."
    return truths, [changed]
