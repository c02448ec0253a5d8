"""JSON Schemas of the request and answer types of function models."""

from __future__ import annotations

from typing import Any

import msgspec

from golive.errors import SignatureError
from golive.signature.model import JsonValue

__all__ = ["type_schema"]

_LOCAL = "#/$defs/"


def type_schema(described: Any) -> dict[str, JsonValue]:
    """The schema of a dataclass, TypedDict, msgspec Struct, pydantic model or other type.

    Definitions are written in place of the references to them, so that the schema can stand
    anywhere in a document; where a type holds itself, the inner one may be anything.

    Raises:
        SignatureError: If the type has no JSON Schema.
    """
    if hasattr(described, "model_json_schema"):
        schema = described.model_json_schema()
    else:
        schema = _msgspec_schema(described)
    definitions = schema.pop("$defs", {})
    resolved = _resolved(schema, definitions, ())
    return resolved if isinstance(resolved, dict) else {}


def _msgspec_schema(described: Any) -> dict[str, Any]:
    try:
        return msgspec.json.schema(described)
    except (TypeError, NameError) as error:
        name = getattr(described, "__name__", str(described))
        raise SignatureError(
            f"The type {name} has no JSON Schema: {error}",
            hint="Use a dataclass, TypedDict, msgspec Struct or pydantic model of JSON types.",
        ) from error


def _resolved(node: Any, definitions: dict[str, Any], inside: tuple[str, ...]) -> Any:
    if isinstance(node, list):
        return [_resolved(item, definitions, inside) for item in node]
    if not isinstance(node, dict):
        return node
    reference = node.get("$ref")
    if not isinstance(reference, str) or not reference.startswith(_LOCAL):
        return {key: _resolved(item, definitions, inside) for key, item in node.items()}
    name = reference.removeprefix(_LOCAL)
    beside = {key: item for key, item in node.items() if key != "$ref"}
    if name in inside:
        return beside
    return _resolved(definitions[name], definitions, (*inside, name)) | beside
