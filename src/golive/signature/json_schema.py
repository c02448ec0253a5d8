"""JSON Schemas (2020-12) of what a model takes and gives."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, get_args

from golive.signature.model import (
    MAX_BYTES,
    Column,
    DefaultReason,
    JsonValue,
    Output,
    Signature,
    integer_bounds,
)

__all__ = ["answer_schema", "column_schema", "element_schema", "record_schema", "request_schema"]

Schema = dict[str, JsonValue]
Describe = Callable[[Column], Schema]
_PROBABILITY: Schema = {"type": "number", "minimum": 0, "maximum": 1}
_RECORD: Schema = {"$ref": "#/$defs/one"}
_RECORDS: Schema = {"type": "array", "items": _RECORD}
_SOME_RECORDS: Schema = {
    "type": "array",
    "contains": _RECORD,
    "description": "A list in which not every record is valid: those get an error in their place.",
}
_DEFAULTS: Schema = {
    "type": "array",
    "description": "Columns that could not be looked up, and have what they have by default.",
    "items": {
        "type": "object",
        "required": ["lookup", "because", "columns"],
        "properties": {
            "lookup": {"type": "string"},
            "because": {"enum": list(get_args(DefaultReason))},
            "columns": {"type": "array", "items": {"type": "string"}},
        },
    },
}
_TYPES: dict[type, str] = {str: "string", bool: "boolean", int: "integer", float: "number"}


def column_schema(column: Column) -> Schema:
    """The schema of one column's values: the canonical type, without what is coerced to it."""
    schema = _BY_TYPE[column.type](column)
    if column.description:
        schema["description"] = column.description
    if column.example is not None:
        schema["examples"] = [column.example]
    if column.default is not None and "default" in (column.on_missing, column.on_null):
        schema["default"] = column.default
    return _nullable(schema) if column.on_null != "error" else schema


def record_schema(signature: Signature, *, describe: Describe = column_schema) -> Schema:
    """The schema of one record.

    Args:
        signature: Of the model.
        describe: Gives the schema of a column's values.
    """
    if signature.form == "object":
        return dict(signature.json_schema or {"type": "object"})
    looked_up = signature.looked_up
    record: Schema = {
        "type": "object",
        "properties": {column.name: describe(column) for column in signature.columns},
        "required": [
            c.name for c in signature.columns if _is_required(c) and c.name not in looked_up
        ],
        "additionalProperties": signature.on_extra == "ignore",
    }
    if signature.lookups:
        record = _with_keys(record, signature)
    if signature.form != "series" or len(signature.columns) != 1:
        return record
    return _text_record(signature.columns[0], record)


def request_schema(signature: Signature, *, describe: Describe = column_schema) -> Schema:
    """The schema of a body: a record, a list of records or an envelope around a list.

    Args:
        signature: Of the model.
        describe: Gives the schema of a column's values.
    """
    record = record_schema(signature, describe=describe)
    definitions = record.pop("$defs", {})
    lists = [_RECORDS, _SOME_RECORDS]
    envelope = _envelope(signature.output, {"anyOf": lists})
    is_list = record.get("type") == "array"  # a list is one record
    alternatives = [_RECORD, envelope] if is_list else [_RECORD, *lists, envelope]
    return {"anyOf": alternatives, "$defs": {"one": record, **definitions}}


def answer_schema(signature: Signature) -> Schema:
    """The schema of one record's answer; a failed record's error is not part of it."""
    answer = _plain_answer(signature.output)
    if signature.lookups:
        answer["properties"]["defaults"] = dict(_DEFAULTS)
    return answer


def _plain_answer(output: Output) -> Schema:
    match output.kind:
        case "regression":
            return _answer({"score": {"type": "number"}}, required=["score"])
        case "binary" | "multiclass":
            return _classifier_answer(output)
        case "custom":
            return _answer({"value": dict(output.json_schema or {})}, required=["value"])


def _with_keys(record: Schema, signature: Signature) -> Schema:
    """A record may have, in place of looked-up columns, the key to look them up by."""
    for name in signature.key_names:
        record["properties"][name] = {
            "type": ["string", "integer", "null"],
            "minimum": -(2**63),
            "maximum": 2**63 - 1,
            "description": _key_description(name, signature),
        }
    either: list[JsonValue] = [
        {"anyOf": [{"required": [lookup.key]}, {"required": list(lookup.columns)}]}
        for lookup in signature.lookups
    ]
    return record | {"allOf": either}


def _key_description(key: str, signature: Signature) -> str:
    lookups = [lookup for lookup in signature.lookups if lookup.key == key]
    columns = ", ".join(name for lookup in lookups for name in lookup.columns)
    return f"The key by which {columns} are looked up where they are not sent."


def _is_required(column: Column) -> bool:
    if column.on_missing == "null":
        return column.on_null == "error"
    return column.on_missing == "error"


def _nullable(schema: Schema) -> Schema:
    if "enum" in schema:
        schema["enum"] = [*schema["enum"], None]
    if "type" in schema:
        kinds = schema["type"] if isinstance(schema["type"], list) else [schema["type"]]
        schema["type"] = [*kinds, "null"]
    return schema


def _integer(column: Column) -> Schema:
    low, high = _bounds(column, -(2**63), 2**63 - 1)
    return {"type": "integer", "minimum": low, "maximum": high}


def _number(column: Column) -> Schema:
    low, high = _bounds(column, None, None)
    bounds = {"minimum": low, "maximum": high}
    return {"type": "number", **{key: bound for key, bound in bounds.items() if bound is not None}}


def _bounds(column: Column, low: Any, high: Any) -> tuple[Any, Any]:
    """The bounds of accepted values: the sample's only where those outside are refused."""
    if column.on_range == "count":
        return low, high
    return (
        low if column.minimum is None else column.minimum,
        high if column.maximum is None else column.maximum,
    )


def _datetime(_: Column) -> Schema:
    return {
        "type": "string",
        "description": "ISO 8601 date or time",
        "anyOf": [{"format": "date-time"}, {"format": "date"}],
    }


def _category(column: Column) -> Schema:
    kinds = {_TYPES[type(category)] for category in column.categories}
    if "number" in kinds:
        kinds.discard("integer")  # an integer is a number
    schema: Schema = {"type": sorted(kinds) if len(kinds) > 1 else kinds.pop()} if kinds else {}
    if column.categories and _refuses_unseen(column):
        schema["enum"] = list(column.categories)
        return schema
    if column.categories:
        schema["examples"] = list(column.categories[:10])
    if schema.get("type") in ("integer", "number"):
        schema |= {"minimum": -(2**63), "maximum": 2**63 - 1}
    return schema


def _refuses_unseen(column: Column) -> bool:
    if column.on_unseen == "null":
        return column.on_null == "error"
    return column.on_unseen == "error"


def _vector(column: Column) -> Schema:
    schema = element_schema(column)
    for size in reversed(column.dimensions):
        schema = {"type": "array", "items": schema}
        schema |= {} if size is None else {"minItems": size, "maxItems": size}
    return schema


def element_schema(column: Column) -> Schema:
    """The schema of one number of a vector column: an integer where the model takes integers."""
    bounds = integer_bounds(column.dtype)
    if bounds is None:
        return {"type": "number"}
    return {"type": "integer", "minimum": bounds[0], "maximum": bounds[1]}


def _bytes(column: Column) -> Schema:
    return {
        "type": "string",
        "contentEncoding": "base64",
        "maxLength": _base64_length(column.max_bytes or MAX_BYTES),
    }


def _image(column: Column) -> Schema:
    """An image of any size: what has another than the model's is resized."""
    return _bytes(column) | {
        "contentMediaType": "image/*",
        "description": "A PNG, JPEG, GIF, BMP, WebP or TIFF image as base64.",
    }


def _base64_length(size: int) -> int:
    return -(-size // 3) * 4


def _string(_: Column) -> Schema:
    return {"type": "string"}


_BY_TYPE: dict[str, Callable[[Column], Schema]] = {
    "integer": _integer,
    "number": _number,
    "boolean": lambda _: {"type": "boolean"},
    "string": _string,
    "text": _string,
    "category": _category,
    "datetime": _datetime,
    "vector": _vector,
    "bytes": _bytes,
    "image": _image,
}


def _text_record(column: Column, record: Schema) -> Schema:
    """A text model's record: a text, or an object with the column's name or `text` as its key."""
    objects = [record]
    if column.name != "text":
        text = {
            **record,
            "properties": {"text": record["properties"][column.name], column.name: False},
            "required": ["text"] if record["required"] else [],
        }
        objects.append(text)
    return {"anyOf": [{"type": "string"}, *objects]}


def _envelope(output: Output, records: Schema) -> Schema:
    properties: Schema = {
        "records": records,
        "ids": {
            "type": ["array", "null"],
            "items": {
                "type": ["string", "integer"],
                "minimum": -(2**63),
                "maximum": 2**63 - 1,
            },
            "description": "One key for each record, echoed in its answer.",
        },
    }
    if output.kind == "binary" and output.has_probabilities:
        properties["threshold"] = _nullable(dict(_PROBABILITY))
    if output.kind == "multiclass" and output.has_probabilities:
        properties["top"] = {"type": ["integer", "null"], "minimum": 1}
    return {
        "type": "object",
        "properties": properties,
        "required": ["records"],
        "additionalProperties": False,
    }


def _answer(properties: Schema, *, required: list[str]) -> Schema:
    return {
        "type": "object",
        "properties": {"id": {"type": ["string", "integer"]}, **properties},
        "required": required,
        "additionalProperties": False,
    }


def _classifier_answer(output: Output) -> Schema:
    label: Schema = {"enum": list(output.classes)} if output.classes else {}
    if not output.has_probabilities:
        return _answer({"label": label}, required=["label"])
    probabilities: Schema = {
        "type": "object",
        "description": "The probability of each class, by its text.",
        "additionalProperties": dict(_PROBABILITY),
    }
    properties = {"label": label, "score": dict(_PROBABILITY), "probabilities": probabilities}
    return _answer(properties, required=list(properties))
