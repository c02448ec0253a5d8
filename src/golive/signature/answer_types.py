"""JSON Schemas of what function models return, errors in place of items included."""

from __future__ import annotations

from types import NoneType, UnionType
from typing import Any, Union, get_args, get_origin

from golive.errors import RecordError
from golive.signature.model import JsonValue
from golive.signature.type_schema import type_schema

__all__ = ["ERROR_SCHEMA", "answer_type_schema"]

ERROR_SCHEMA: dict[str, JsonValue] = {
    "type": "object",
    "required": ["error"],
    "properties": {
        "error": {
            "type": "object",
            "required": ["code", "message"],
            "properties": {
                "code": {"type": "string"},
                "message": {"type": "string"},
                "field": {"type": "string"},
            },
        }
    },
}
"""What a `RecordError` in place of an item becomes."""


def answer_type_schema(described: Any) -> dict[str, JsonValue]:
    """The schema of a return annotation, in which `RecordError` may stand for an item.

    Args:
        described: Such as `Match`, `list[Match | RecordError]` or `dict[str, float]`.

    Raises:
        SignatureError: If the type has no JSON Schema.
    """
    origin, arguments = get_origin(described), get_args(described)
    if origin in (Union, UnionType) and RecordError in arguments:
        rest = tuple(a for a in arguments if a is not RecordError)
        return {"anyOf": [*(answer_type_schema(a) for a in rest), ERROR_SCHEMA]}
    if described is RecordError:
        return ERROR_SCHEMA
    if origin in (list, tuple, set, frozenset) and _mentions_errors(arguments):
        items = [answer_type_schema(a) for a in arguments if a is not Ellipsis]
        return {"type": "array", "items": items[0] if len(items) == 1 else {"anyOf": items}}
    if origin is dict and _mentions_errors(arguments):
        return {"type": "object", "additionalProperties": answer_type_schema(arguments[1])}
    return {"type": "null"} if described is NoneType else type_schema(described)


def _mentions_errors(arguments: tuple[Any, ...]) -> bool:
    return any(a is RecordError or _mentions_errors(get_args(a)) for a in arguments)
