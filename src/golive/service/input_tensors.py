"""Input tensors of the Open Inference Protocol, turned into records."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from typing import Any

import msgspec

from golive.engine.answers import Fault
from golive.engine.json_body import JsonBody, read_json
from golive.engine.record_limits import deep_fault
from golive.engine.values import describe
from golive.errors import RequestError
from golive.service.table_records import shape_error
from golive.signature.model import Column, JsonValue, Signature

__all__ = [
    "DATATYPES",
    "REQUEST_TENSOR",
    "Tensor",
    "TensorRecords",
    "read_tensors",
    "records_of",
]

REQUEST_TENSOR = "request"
"""The one input of a function model: each element is a request as JSON text."""

_MOST_DIMENSIONS = 16
_TEXTS: frozenset[type] = frozenset({str, type(None)})
_TRUTHS: frozenset[type] = frozenset({bool, type(None)})
_NUMBERS: frozenset[type] = frozenset({int, float, type(None)})
_BITS = {f"{kind}{bits}": bits for kind in ("INT", "UINT") for bits in (8, 16, 32, 64)}
DATATYPES: Mapping[str, frozenset[type]] = {
    "BOOL": _TRUTHS,
    **dict.fromkeys(_BITS, _NUMBERS),
    **dict.fromkeys(("FP16", "FP32", "FP64"), _NUMBERS),
    "BYTES": _TEXTS,
}
"""Datatype to what JSON may hold of it; a null is left to the column's policy."""


class Tensor(msgspec.Struct, frozen=True, kw_only=True):
    """One input.

    Attributes:
        name: Its name.
        datatype: One of `DATATYPES`.
        shape: Its sizes; the first is the number of records.
        data: Its elements, row by row.
    """

    name: str
    datatype: str
    shape: tuple[int, ...]
    data: list[Any]

    @property
    def size(self) -> int:
        """The number of records."""
        return self.shape[0]

    def values(self) -> list[Any]:
        """One value a record: an element, or nested lists where there are more dimensions."""
        values = self.data
        for length in reversed(self.shape[1:]):
            values = [values[at : at + length] for at in range(0, len(values), length)]
        return values


class TensorRecords(msgspec.Struct, frozen=True):
    """The records of a request's tensors.

    Attributes:
        records: One a record, or the fault of what cannot be one.
        has_infinity: A request in a text holds a number too large for a float.
    """

    records: list[JsonValue | Fault]
    has_infinity: bool = False


def read_tensors(value: JsonValue) -> list[Tensor]:
    """The tensors of `inputs`, which have the same number of records and different names.

    Raises:
        RequestError: `bad_request_shape`, or `unsupported_media_type` where data is to follow
            the JSON in binary.
    """
    if not isinstance(value, list) or not value:
        raise shape_error(
            f"`inputs` must be a list of tensors, got {describe(value)}.",
            hint='Send {"inputs": [{"name": "a", "shape": [1], "datatype": "FP64", "data": [1]}]}.',
        )
    tensors = [_read_tensor(item, at) for at, item in enumerate(value)]
    names = {tensor.name for tensor in tensors}
    if len(names) < len(tensors):
        raise shape_error("Every tensor of `inputs` must have a name of its own.")
    if len({tensor.size for tensor in tensors}) > 1:
        listed = ", ".join(f"{tensor.name} has {tensor.size}" for tensor in tensors[:10])
        raise shape_error(f"Every tensor must have the same number of records: {listed}.")
    return tensors


def records_of(
    tensors: list[Tensor], signature: Signature, check_size: Callable[[int], None]
) -> TensorRecords:
    """The records of tensors: one tensor a column, or one matrix in the columns' order.

    Args:
        tensors: As `read_tensors` gave them.
        signature: Of the model.
        check_size: Refuses too many records before they are made.

    Raises:
        RequestError: `bad_request_shape` or `too_many_records`.
    """
    check_size(tensors[0].size)
    if signature.form == "object":
        return _requests(tensors)
    tensors = _by_column(tensors, signature)
    _check_columns(tensors, signature)
    columns = {column.name: column for column in signature.columns}
    names = [tensor.name for tensor in tensors]
    lists = [_values_of(tensor, columns.get(tensor.name)) for tensor in tensors]
    rows = zip(*lists, strict=True)
    records: list[JsonValue | Fault] = [dict(zip(names, row, strict=True)) for row in rows]
    for tensor in reversed(tensors):
        for at, value in _misfits(tensor):
            message = (
                f'"{tensor.name}" must be {tensor.datatype}, as its tensor says, got '
                f"{describe(value)}; send such values, or another datatype"
            )
            records[at] = Fault("wrong_type", message, tensor.name)
    return TensorRecords(records)


def _read_tensor(item: JsonValue, at: int) -> Tensor:
    name = item.get("name") if isinstance(item, dict) else None
    if not isinstance(item, dict) or not isinstance(name, str):
        raise shape_error(f"`inputs[{at}]` must be an object with a `name`, got {describe(item)}.")
    _refuse_binary(item, name)
    datatype = item.get("datatype")
    if not isinstance(datatype, str) or datatype not in DATATYPES:
        raise shape_error(
            f"The tensor {name!r} must have a known `datatype`, got {describe(datatype)}.",
            hint=f"Known are {', '.join(DATATYPES)}.",
        )
    shape = _read_shape(item.get("shape"), name)
    return Tensor(name=name, datatype=datatype, shape=shape, data=_flat(item, shape, name))


def _refuse_binary(item: dict[str, Any], name: str) -> None:
    parameters = item.get("parameters")
    if isinstance(parameters, dict) and "binary_data_size" in parameters:
        raise RequestError(
            f"The data of the tensor {name!r} is announced in binary, which is not read here.",
            code="unsupported_media_type",
            hint="Send it in `data`, as JSON (binary_data=False in most clients).",
        )


def _read_shape(value: JsonValue, name: str) -> tuple[int, ...]:
    sizes = value if isinstance(value, list) else []
    is_right = all(type(size) is int and size >= 0 for size in sizes) and 0 not in sizes[1:]
    if not 1 <= len(sizes) <= _MOST_DIMENSIONS or not is_right:
        raise shape_error(
            f"The tensor {name!r} must have a `shape` that begins with the number of records, "
            f"got {describe(value)}."
        )
    return tuple(sizes)


def _flat(item: dict[str, Any], shape: tuple[int, ...], name: str) -> list[Any]:
    """The elements row by row: the data is nested as the shape says, or flat already."""
    data = item.get("data")
    is_fit = isinstance(data, list)
    if isinstance(data, list) and any(isinstance(element, list) for element in data):
        level: list[Any] = [data]
        for size in shape:
            is_fit = is_fit and all(isinstance(each, list) and len(each) == size for each in level)
            level = [element for each in level for element in each] if is_fit else []
        data, is_fit = level, is_fit and not any(isinstance(element, list) for element in level)
    elif isinstance(data, list):
        is_fit = len(data) == math.prod(shape)
    if not is_fit or not isinstance(data, list):
        raise shape_error(
            f"The tensor {name!r} must have {math.prod(shape)} elements in `data`, as its shape "
            f"{list(shape)} says, flat or nested.",
        )
    return data


def _by_column(tensors: list[Tensor], signature: Signature) -> list[Tensor]:
    """The tensors with the columns' names: a matrix is cut, a lone column needs no name."""
    names, first = signature.column_names, tensors[0]
    if len(tensors) > 1 or first.name in (*names, *signature.key_names):
        return tensors
    if len(names) == 1:
        return [_named(names[0], first, first.shape, first.data)]
    if first.shape[1:] != (len(names),):
        raise shape_error(
            f"The tensor {first.name!r} is no column of the model, and no matrix of the shape "
            f"[n, {len(names)}] either.",
            hint=f"Send one tensor for each column: {', '.join(names[:20])}.",
        )
    shape, width = first.shape[:1], len(names)
    return [_named(name, first, shape, first.data[at::width]) for at, name in enumerate(names)]


def _check_columns(tensors: list[Tensor], signature: Signature) -> None:
    """Refuse no records without their columns; where there are records, each tells its own."""
    given = signature.looked_up.union(tensor.name for tensor in tensors)
    missing = [c.name for c in signature.columns if c.on_missing == "error" and c.name not in given]
    if missing and not tensors[0].size:
        raise shape_error(f"There is no tensor for the column {missing[0]!r}.")


def _named(name: str, tensor: Tensor, shape: tuple[int, ...], data: list[Any]) -> Tensor:
    return Tensor(name=name, datatype=tensor.datatype, shape=shape, data=data)


def _values_of(tensor: Tensor, column: Column | None) -> list[Any]:
    """One value a record; a column of single values takes the shape [n, 1], too."""
    is_single = column is None or column.type != "vector"
    return tensor.data if is_single and tensor.shape[1:] == (1,) else tensor.values()


def _misfits(tensor: Tensor) -> list[tuple[int, Any]]:
    """The records with an element that is not of the tensor's datatype, each with the first."""
    kinds, bits = DATATYPES[tensor.datatype], _BITS.get(tensor.datatype)
    if bits is None and kinds.issuperset(map(type, tensor.data)):
        return []
    width = math.prod(tensor.shape[1:])
    found: dict[int, Any] = {}
    for at, element in enumerate(tensor.data):
        if not (type(element) in kinds and (bits is None or _is_integer(element, tensor.datatype))):
            found.setdefault(at // width, element)
    return list(found.items())


def _is_integer(element: float | None, datatype: str) -> bool:
    if element is None:
        return True
    bits, is_signed = _BITS[datatype], datatype.startswith("INT")
    low, high = (-(1 << (bits - 1)), 1 << (bits - 1)) if is_signed else (0, 1 << bits)
    return low <= element < high and element == int(element)


def _requests(tensors: list[Tensor]) -> TensorRecords:
    tensor = tensors[0]
    if len(tensors) > 1 or tensor.datatype != "BYTES" or math.prod(tensor.shape[1:]) != 1:
        raise shape_error(
            "A function model takes one tensor of the datatype BYTES and the shape [n]: each "
            "element is a request as JSON text.",
        )
    read = [_request(element) for element in tensor.data]
    return TensorRecords(
        [each.value if isinstance(each, JsonBody) else each for each in read],
        has_infinity=any(isinstance(each, JsonBody) and each.has_infinity for each in read),
    )


def _request(element: JsonValue) -> JsonBody | Fault:
    try:
        read = read_json(element.encode() if isinstance(element, str) else b"")
    except RequestError as error:
        if error.code == "too_deep":
            return deep_fault(REQUEST_TENSOR)
        message = f"A request must be JSON text, got {describe(element)}"
        return Fault("wrong_type", message, REQUEST_TENSOR)
    return deep_fault(REQUEST_TENSOR) if read.is_deep else read
