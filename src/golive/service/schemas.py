"""JSON Schemas of a model, gathered under one place of a document."""

from __future__ import annotations

import re

from golive.signature.json_schema import answer_schema, record_schema, request_schema
from golive.signature.model import JsonValue, Signature

__all__ = ["DIALECT", "model_schemas"]

DIALECT = "https://json-schema.org/draft/2020-12/schema"

_LOCAL = "#/$defs/"
_OUTSIDE_NAMES = re.compile(r"[^A-Za-z0-9._-]")


def model_schemas(
    signature: Signature, *, pointer: str, prefix: str = ""
) -> dict[str, dict[str, JsonValue]]:
    """The schemas `record`, `request` and `answer`, and what they refer to.

    Args:
        signature: Of the model.
        pointer: Where the result will stand in the document, such as `#/components/schemas/`.
        prefix: Before every name.
    """
    gathered: dict[str, dict[str, JsonValue]] = {}
    for name, schema in (
        ("record", record_schema(signature)),
        ("request", request_schema(signature)),
        ("answer", answer_schema(signature)),
    ):
        _gather(gathered, schema, name=_component(prefix + name), pointer=pointer)
    return gathered


def _gather(
    gathered: dict[str, dict[str, JsonValue]],
    schema: dict[str, JsonValue],
    *,
    name: str,
    pointer: str,
) -> None:
    body = {key: value for key, value in schema.items() if key not in {"$schema", "$id", "$defs"}}
    target = f"{pointer}{name}."
    gathered[name] = _point(body, target)
    for key, definition in schema.get("$defs", {}).items():
        gathered[f"{name}.{_component(key)}"] = _point(definition, target)


def _point(value: JsonValue, target: str) -> JsonValue:
    """The value with every reference to a local definition pointing to `target` instead."""
    if isinstance(value, list):
        return [_point(item, target) for item in value]
    if not isinstance(value, dict):
        return value
    pointed = {key: _point(item, target) for key, item in value.items()}
    reference = value.get("$ref")
    if isinstance(reference, str) and reference.startswith(_LOCAL):
        pointed["$ref"] = target + _component(reference.removeprefix(_LOCAL))
    return pointed


def _component(name: str) -> str:
    return _OUTSIDE_NAMES.sub("_", name)
