"""The signature that a tensor program and a sample of its data agree on."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from golive.errors import SignatureError
from golive.packing.corrections import TextFrame
from golive.packing.direct import without_nulls
from golive.packing.inferred import Inference
from golive.packing.model_knowledge import ModelKnowledge
from golive.packing.outputs import OutputWishes
from golive.packing.pictures import Picture
from golive.packing.selection import select_columns
from golive.packing.tensor_columns import tensor_column
from golive.packing.tensor_direct import program_arrays
from golive.packing.tensor_outputs import infer_tensor_output
from golive.runtimes.tensor_program import TensorFacts, TensorProgram, TensorSpec
from golive.signature.model import InputForm, Signature

__all__ = ["infer_tensor_signature"]

_SAMPLE = 2_000
_Chosen = tuple[list[str], list[str], InputForm]


def infer_tensor_signature(
    program: TensorProgram,
    table: pd.DataFrame,
    target: str | None,
    wishes: OutputWishes,
    text_frame: TextFrame | None = None,
) -> Inference:
    """Infer the signature of a tensor program.

    Columns are inputs of the same name; or all columns stand side by side in the one input of
    features; or the one column holds the one input's array.

    Args:
        program: The loaded model.
        table: The sample.
        target: The column that holds the truths; no input.
        wishes: What the packer said of the output.
        text_frame: Reads columns of the sample's file again as text.

    Raises:
        SignatureError: The program and the sample do not fit each other.
    """
    facts = program.facts
    names, notes, form = _chosen(table, target, facts)
    specs = facts.inputs * len(names) if form == "matrix" else facts.inputs
    typed = [
        tensor_column(table[name], spec, text_frame, is_feature=form == "matrix")
        for name, spec in zip(names, specs, strict=True)
    ]
    inputs = pd.DataFrame({str(series.name): series for _, series in typed})
    rows, arrays = _outputs_for(program, inputs, form)
    output, found = infer_tensor_output(facts, arrays, wishes, rows)
    return Inference(
        signature=Signature(form=form, columns=tuple(column for column, _ in typed), output=output),
        frame=inputs,
        target=wishes.target,
        notes=(*notes, *found),
    )


def _chosen(table: pd.DataFrame, target: str | None, facts: TensorFacts) -> _Chosen:
    """The columns in the inputs' order, notes, and the form."""
    inputs = tuple(spec.name for spec in facts.inputs)
    others = [str(name) for name in table.columns if name != target]
    if set(inputs) <= set(others):
        return *select_columns(table, target, ModelKnowledge(feature_names=inputs)), "tensors"
    if len(inputs) > 1:
        raise SignatureError(
            f"The model takes the arrays {_named(facts.inputs)}, and the data has the columns"
            f" {', '.join(map(repr, others))}.",
            hint="Name one column for each of the arrays; name the target with --target.",
        )
    [spec] = facts.inputs
    if len(others) == 1 and (len(spec.shape) != 1 or _is_array(table[others[0]])):
        return *select_columns(table, target, ModelKnowledge(n_features=1)), "tensors"
    if len(spec.shape) != 1:
        raise SignatureError(
            f"The model takes one array, {_named(facts.inputs)}, and the data has the columns"
            f" {', '.join(map(repr, others))}.",
            hint="Give it as one column of nested lists, in a .jsonl or .parquet file or a"
            " DataFrame; name the target with --target.",
        )
    return *select_columns(table, target, ModelKnowledge(n_features=spec.shape[0])), "matrix"


def _is_array(series: pd.Series) -> bool:
    kinds = (list, tuple, np.ndarray, Picture)
    return any(isinstance(value, kinds) for value in series.head(100))


def _named(specs: tuple[TensorSpec, ...]) -> str:
    return ", ".join(f"{spec.name!r} {spec.dtype} {_shape(spec)}" for spec in specs)


def _shape(spec: TensorSpec) -> str:
    return f"({', '.join(['n', *('any' if size is None else str(size) for size in spec.shape)])})"


def _outputs_for(
    program: TensorProgram, inputs: pd.DataFrame, form: InputForm
) -> tuple[pd.Index, list[np.ndarray[Any, Any]]]:
    """The rows of the sample that were tried and what the program gave for them.

    Raises:
        SignatureError: It gives nothing, or not one output a row.
    """
    tried = _spread(inputs)
    try:
        arrays = program_arrays(program, tried, form)
    except Exception as error:
        tried = _spread(without_nulls(inputs))
        if len(tried) in (0, len(inputs)):
            raise _cannot_run(error, inputs) from error
        try:
            arrays = program_arrays(program, tried, form)
        except Exception as again:
            raise _cannot_run(again, inputs) from again
    for spec, array in zip(program.facts.outputs, arrays, strict=True):
        if array.ndim == 0 or len(array) != len(tried):
            raise SignatureError(
                f"The model gives an array {spec.name!r} of the shape {array.shape} for"
                f" {len(tried)} rows: it does not answer each row by itself.",
                hint="Export it so that the first axis of each input and output is the batch.",
            )
    return tried.index, arrays


def _spread(frame: pd.DataFrame) -> pd.DataFrame:
    if len(frame) <= _SAMPLE:
        return frame
    return frame.iloc[np.linspace(0, len(frame) - 1, _SAMPLE).astype(int)]


def _cannot_run(error: Exception, inputs: pd.DataFrame) -> SignatureError:
    shown = ", ".join(map(repr, inputs.columns[:10]))
    return SignatureError(
        f"The model cannot answer the sample's rows (columns {shown}): {str(error)[:500]}",
        hint="Give the columns as they were when the model was trained; name the target with"
        " --target.",
    )
