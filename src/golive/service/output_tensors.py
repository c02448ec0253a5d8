"""Output tensors of the Open Inference Protocol, and the metadata of both sides."""

from __future__ import annotations

from collections.abc import Sequence
from typing import assert_never

from golive.engine.answers import Answer
from golive.engine.labelling import class_key
from golive.service.input_tensors import REQUEST_TENSOR
from golive.service.json_text import encode_json
from golive.service.output_choice import output_names
from golive.signature.model import Column, JsonValue, Output, Signature

__all__ = ["CLASSES", "input_metadata", "output_metadata", "output_tensors"]

CLASSES = "classes"
"""The output that names the class of each probability."""


def input_metadata(signature: Signature) -> list[dict[str, JsonValue]]:
    """Name, datatype and shape of each input; -1 stands for any size, as for the records."""
    if signature.form == "object":
        return [_described(REQUEST_TENSOR, "BYTES", -1)]
    columns = [
        _described(column.name, _datatype_of(column), -1, *_dimensions(column))
        for column in signature.columns
    ]
    return columns + [_described(key, "BYTES", -1) for key in signature.key_names]


def output_metadata(output: Output) -> list[dict[str, JsonValue]]:
    """The same of each output that can be asked for; the first is the one given by itself."""
    described = [
        _described(name, _output_datatype(name, output), -1, *_width(name, output))
        for name in output_names(output)
    ]
    if "probabilities" in output_names(output):
        described.append(_described(CLASSES, "BYTES", -1, *_width("probabilities", output)))
    return described


def output_tensors(
    answers: Sequence[Answer], names: Sequence[str], output: Output, *, top: int | None
) -> list[dict[str, JsonValue]]:
    """The tensors of answers, none of which is a fault.

    Args:
        answers: One a record.
        names: Of the outputs that are wanted; of cut probabilities the classes come, too.
        output: Of the signature.
        top: So many of the largest probabilities, or None for all.
    """
    names = list(dict.fromkeys(names))
    if top is not None and "probabilities" in names and CLASSES not in names:
        names.append(CLASSES)
    return [_tensor(name, answers, output, top) for name in names]


def _tensor(
    name: str, answers: Sequence[Answer], output: Output, top: int | None
) -> dict[str, JsonValue]:
    width = len(output.classes) if top is None else min(top, len(output.classes))
    shape = [len(answers)]
    data: list[JsonValue] = []
    datatype = "BYTES" if name == CLASSES else _output_datatype(name, output)
    match name:
        case "label":
            labels = [answer.label for answer in answers]
            data = [class_key(label) for label in labels] if datatype == "BYTES" else labels
        case "score":
            data = [answer.score for answer in answers]
        case "probabilities":
            shape = [len(answers), width]
            data = [p for answer in answers for p in (answer.probabilities or {}).values()]
        case "classes":
            shape = [len(answers), width]
            data = [key for answer in answers for key in answer.probabilities or {}]
        case _:
            data = [encode_json(answer.value).decode() for answer in answers]
    return {"name": name, "shape": shape, "datatype": datatype, "data": data}


def _described(name: str, datatype: str, *shape: int) -> dict[str, JsonValue]:
    return {"name": name, "datatype": datatype, "shape": list(shape)}


def _width(name: str, output: Output) -> tuple[int, ...]:
    return (len(output.classes),) if name == "probabilities" else ()


def _output_datatype(name: str, output: Output) -> str:
    if name == "label":
        return _datatype_of_values(output.classes)
    return "BYTES" if name == "value" else "FP64"


def _dimensions(column: Column) -> tuple[int, ...]:
    if column.type != "vector":
        return ()
    return tuple(-1 if size is None else size for size in column.dimensions)


def _datatype_of(column: Column) -> str:
    match column.type:
        case "integer":
            return "INT64"
        case "number" | "vector":
            return "FP64"
        case "boolean":
            return "BOOL"
        case "category":
            return _datatype_of_values(column.categories)
        case "string" | "text" | "datetime" | "bytes" | "image":
            return "BYTES"
        case _:
            assert_never(column.type)


def _datatype_of_values(values: Sequence[JsonValue]) -> str:
    kinds = {type(value) for value in values}
    if kinds == {bool}:
        return "BOOL"
    if kinds == {int}:
        return "INT64"
    return "FP64" if kinds and kinds <= {int, float} else "BYTES"
