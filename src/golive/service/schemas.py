"""JSON Schemas of a model, gathered under one place of a document."""

from __future__ import annotations

import re

from golive.engine.accepted_schema import accepted_schema
from golive.signature.json_schema import answer_schema, record_schema, request_schema
from golive.signature.model import JsonValue, Signature

__all__ = ["DIALECT", "model_schemas"]

DIALECT = "https://json-schema.org/draft/2020-12/schema"

_LOCAL = "#/$defs/"
_DOCUMENT_KEYS = frozenset({"$schema", "$id", "$defs"})
_OUTSIDE_NAMES = re.compile(r"[^A-Za-z0-9._-]")


def model_schemas(
    signature: Signature, *, pointer: str, prefix: str = ""
) -> dict[str, dict[str, JsonValue]]:
    """The schemas `record`, `request` and `answer`, and what they refer to.

    That of a record has the canonical types; that of a request also what is coerced to them.

    Args:
        signature: Of the model.
        pointer: Where the result will stand in the document, such as `#/components/schemas/`.
        prefix: Before every name.
    """
    gathered: dict[str, dict[str, JsonValue]] = {}
    for name, schema in (
        ("record", record_schema(signature)),
        ("request", request_schema(signature, describe=accepted_schema)),
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
    definitions: dict[str, JsonValue] = {}
    gathered[name] = _point(schema, f"{pointer}{name}.", definitions)
    for key, definition in definitions.items():
        gathered[f"{name}.{_component(key)}"] = definition


def _point(value: JsonValue, target: str, definitions: dict[str, JsonValue]) -> JsonValue:
    """The value with its definitions taken out, and references to them pointing to `target`."""
    if isinstance(value, list):
        return [_point(item, target, definitions) for item in value]
    if not isinstance(value, dict):
        return value
    for key, definition in value.get("$defs", {}).items():
        definitions[key] = _point(definition, target, definitions)
    pointed = {
        key: _point(item, target, definitions)
        for key, item in value.items()
        if key not in _DOCUMENT_KEYS
    }
    reference = value.get("$ref")
    if isinstance(reference, str) and reference.startswith(_LOCAL):
        pointed["$ref"] = target + _component(reference.removeprefix(_LOCAL))
    return pointed


def _component(name: str) -> str:
    return _OUTSIDE_NAMES.sub("_", name)
