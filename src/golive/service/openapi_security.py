"""What the OpenAPI document says of keys."""

from __future__ import annotations

from golive.service.entrance import OPEN_PATTERNS
from golive.service.openapi_responses import key_responses, responses_with_keys
from golive.signature.model import JsonValue

__all__ = ["secured"]

_SCHEMES: dict[str, JsonValue] = {
    "key": {"type": "apiKey", "in": "header", "name": "x-api-key"},
    "bearer": {"type": "http", "scheme": "bearer", "description": "The same key."},
}


def secured(document: dict[str, JsonValue]) -> dict[str, JsonValue]:
    """The document of a service whose paths, but for those of health, need a key."""
    components, paths = document["components"], document["paths"]
    if not isinstance(components, dict) or not isinstance(paths, dict):
        raise TypeError("This is no OpenAPI document.")
    return document | {
        "components": components
        | {
            "securitySchemes": _SCHEMES,
            "responses": components["responses"] | key_responses(),
        },
        "security": [{"key": []}, {"bearer": []}],
        "paths": {
            path: _opened(item) if path in OPEN_PATTERNS else _locked(item)
            for path, item in paths.items()
        },
    }


def _locked(item: JsonValue) -> JsonValue:
    """What a path answers, with the problems of keys."""
    if not isinstance(item, dict):
        return item
    return {
        method: operation | {"responses": responses_with_keys(operation["responses"])}
        if isinstance(operation, dict) and "responses" in operation
        else operation
        for method, operation in item.items()
    }


def _opened(item: JsonValue) -> JsonValue:
    if not isinstance(item, dict):
        return item
    return {
        method: operation | {"security": []} if isinstance(operation, dict) else operation
        for method, operation in item.items()
    }
