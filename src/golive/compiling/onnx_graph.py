"""ONNX graphs: what skl2onnx makes of an estimator, and a model that answers with one."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from math import nan
from typing import Any, Literal

import numpy as np

from golive.compiling.exporting import NotExportableError
from golive.optional import require
from golive.runtimes import outputs
from golive.runtimes.protocols import Batch, Outputs
from golive.signature.model import Column, Signature

__all__ = ["Floats", "OnnxGraphModel", "convert", "is_sayable", "parts_of"]

Floats = Literal["float64", "float32"]
_EXTRA = "onnx-export"
_MATRIX = "input"


def convert(estimator: Any, signature: Signature, floats: Floats) -> bytes:
    """The ONNX graph of a scikit-learn estimator.

    A frame becomes one input a column, but where all are numbers that no step picks from: they
    are one matrix, as the estimator itself takes them.

    Args:
        estimator: Fitted.
        signature: What it takes.
        floats: What the graph computes in, as far as its operators can.

    Raises:
        NotExportableError: skl2onnx cannot convert it, or its inputs have no type in ONNX.
        MissingExtraError: skl2onnx is not installed.
    """
    skl2onnx = require("skl2onnx", extra=_EXTRA)
    types = require("skl2onnx.common.data_types", extra=_EXTRA)
    _refuse_endless(estimator)
    options = {id(estimator): {"zipmap": False}} if signature.output.classes else None
    try:
        graph = skl2onnx.convert_sklearn(
            estimator, initial_types=_inputs(estimator, signature, floats, types), options=options
        )
    except Exception as error:  # a converter raises whatever its estimator makes it raise
        raise NotExportableError(f"skl2onnx: {' '.join(str(error).split())[:300]}") from error
    data: bytes = graph.SerializeToString()
    return data


def _inputs(
    estimator: Any, signature: Signature, floats: Floats, types: Any
) -> list[tuple[str, Any]]:
    number = types.DoubleTensorType if floats == "float64" else types.FloatTensorType
    columns = signature.columns
    are_numbers = all(c.type in ("integer", "number", "boolean") for c in columns)
    picks_columns = any(type(p).__name__ == "ColumnTransformer" for p in parts_of(estimator))
    match signature.form:
        case "matrix" | "frame" if are_numbers and not picks_columns:
            return [(_MATRIX, number([None, len(columns)]))]
        case "series":
            return [(columns[0].name, types.StringTensorType([None]))]
        case "frame":
            return [(c.name, _input_type(c, number, types)([None, 1])) for c in signature.columns]
    raise NotExportableError(f"inputs of the form {signature.form} have no ONNX types")


def _input_type(column: Column, number: Any, types: Any) -> Any:
    is_whole = column.type == "integer" or {type(c) for c in column.categories} == {int}
    is_text = column.type == "category" and all(isinstance(c, str) for c in column.categories)
    match column.type:
        case "string" | "text":
            return types.StringTensorType
        case "category" if is_text:
            return types.StringTensorType
        case "boolean" if column.on_null != "pass":
            return types.BooleanTensorType
        case "integer" | "category" if is_whole and column.on_null != "pass":
            return types.Int64TensorType
        case "number" | "integer" | "category":
            return number
    raise NotExportableError(f"column {column.name!r} of the type {column.type} has no ONNX type")


def parts_of(estimator: Any) -> Iterator[Any]:
    """An estimator and all that it is made of."""
    yield estimator
    inner = [step for _, step in getattr(estimator, "steps", ())]
    inner += [part for _, part, *_ in getattr(estimator, "transformers_", ())]
    inner += [part for _, part in getattr(estimator, "transformer_list", ())]
    for part in inner:
        yield from parts_of(part)


def _refuse_endless(estimator: Any) -> None:
    """Refuse trees that divide missing values from all others: their threshold is infinite.

    skl2onnx looks for the number of 32 bits beside each threshold and never finds it.
    """
    for part in parts_of(estimator):
        for member in (part, *np.ravel(getattr(part, "estimators_", ()))):
            tree = getattr(member, "tree_", None)
            if tree is None:
                continue
            if not np.isfinite(tree.threshold[tree.children_left >= 0]).all():
                raise NotExportableError(
                    f"a {type(member).__name__} divides missing values from all others, which"
                    " skl2onnx cannot write"
                )


def is_sayable(signature: Signature, row: list[Any]) -> bool:
    """Whether ONNX has a value for everything in a row: it has no null of a text."""
    return not any(
        value is None and column.type in ("string", "text", "category", "boolean")
        for value, column in zip(row, signature.columns, strict=True)
    )


class OnnxGraphModel:
    """Answers batches with a graph in ONNX Runtime, on one thread."""

    def __init__(self, graph: bytes, signature: Signature) -> None:
        """Load a graph.

        Raises:
            NotExportableError: ONNX Runtime cannot run it.
            MissingExtraError: ONNX Runtime is not installed.
        """
        runtime = require("onnxruntime", extra=_EXTRA)
        options = runtime.SessionOptions()
        options.intra_op_num_threads = options.inter_op_num_threads = 1
        options.log_severity_level = 4
        try:
            self._session = runtime.InferenceSession(
                graph, options, providers=["CPUExecutionProvider"]
            )
        except Exception as error:  # ONNX Runtime's errors have no common class of their own
            reason = " ".join(str(error).split())[:300]
            raise NotExportableError(f"ONNX Runtime cannot run the graph: {reason}") from error
        self._signature = signature
        self._feeds = [_feed(given) for given in self._session.get_inputs()]

    def predict(self, batch: Batch) -> Outputs:
        """Answer every record of the batch, in order."""
        output, size = self._signature.output, batch.size
        found = self._session.run(None, self._given(batch))
        if not output.classes:
            if output.kind == "regression":
                return Outputs(values=outputs.numbers(found[0].astype(float), size))
            return Outputs(values=outputs.values(found[0], size))
        rows = None
        if output.has_probabilities:
            rows = outputs.probability_rows(found[1].astype(float), size, len(output.classes))
            if output.label_source == "argmax":
                return Outputs(probabilities=rows)
        return Outputs(probabilities=rows, labels=outputs.labels(found[0], size, output.classes))

    def _given(self, batch: Batch) -> dict[str, Any]:
        names = [given.name for given in self._session.get_inputs()]
        if names == [_MATRIX]:
            columns = [[nan if v is None else v for v in values] for values in batch.columns]
            return {names[0]: self._feeds[0](list(zip(*columns, strict=True)))}
        shape = (batch.size,) if self._signature.form == "series" else (batch.size, 1)
        return {
            name: feed(values).reshape(shape)
            for name, feed, values in zip(names, self._feeds, batch.columns, strict=True)
        }


_DTYPES = {
    "tensor(double)": np.float64,
    "tensor(float)": np.float32,
    "tensor(int64)": np.int64,
    "tensor(bool)": np.bool_,
}


def _feed(given: Any) -> Callable[[list[Any]], Any]:
    if given.type == "tensor(string)":
        return lambda values: np.array(values, dtype=object)
    dtype = _DTYPES[given.type]
    return lambda values: np.array([nan if v is None else v for v in values], dtype=dtype)
