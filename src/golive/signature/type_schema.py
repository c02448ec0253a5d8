"""JSON Schemas of the request and answer types of function models."""

from __future__ import annotations

from typing import Any

import msgspec

from golive.errors import SignatureError
from golive.signature.json_schema import column_schema
from golive.signature.model import Column, JsonValue

__all__ = ["is_image_type", "type_schema"]

_LOCAL = "#/$defs/"
# Python's `$` also stands before a last line break.
_PADDED_BASE64 = r"^([A-Za-z0-9+/]{4})*([A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$(?!\n)"


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
        return msgspec.json.schema(described, schema_hook=_schema_of)
    except (TypeError, NameError) as error:
        name = getattr(described, "__name__", str(described))
        raise SignatureError(
            f"The type {name} has no JSON Schema: {error}",
            hint="Use a dataclass, TypedDict, msgspec Struct or pydantic model of JSON types.",
        ) from error


def is_image_type(described: object) -> bool:
    """Whether the type is `PIL.Image.Image`; told without importing Pillow."""
    module, name = getattr(described, "__module__", ""), getattr(described, "__name__", "")
    return isinstance(described, type) and (module, name) == ("PIL.Image", "Image")


def _schema_of(described: type) -> dict[str, Any]:
    """The schema of what msgspec itself does not know."""
    if is_image_type(described):
        return column_schema(Column(name="image", type="image", dtype="object"))
    raise NotImplementedError


def _with_pattern(schema: dict[str, Any]) -> dict[str, Any]:
    """Of a schema of bytes: say which texts are base64, as msgspec and pydantic read it."""
    is_bytes = schema.get("contentEncoding") == "base64" or schema.get("format") == "base64"
    if not is_bytes or "contentMediaType" in schema:
        return schema
    return schema | {"contentEncoding": "base64", "pattern": _PADDED_BASE64}


def _resolved(node: Any, definitions: dict[str, Any], inside: tuple[str, ...]) -> Any:
    if isinstance(node, list):
        return [_resolved(item, definitions, inside) for item in node]
    if not isinstance(node, dict):
        return node
    reference = node.get("$ref")
    if not isinstance(reference, str) or not reference.startswith(_LOCAL):
        resolved = {key: _resolved(item, definitions, inside) for key, item in node.items()}
        return _with_pattern(resolved)
    name = reference.removeprefix(_LOCAL)
    beside = {key: item for key, item in node.items() if key != "$ref"}
    if name in inside:
        return beside
    return _resolved(definitions[name], definitions, (*inside, name)) | beside
