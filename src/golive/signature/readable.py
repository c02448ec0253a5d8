"""Values as a person reads them: long base64 texts by their beginning and size."""

from __future__ import annotations

import re

from golive.signature.model import JsonValue

__all__ = ["readable"]

_LONG = 80
_BASE64 = re.compile(r"(data:[^,]{0,200};base64,)?[A-Za-z0-9+/_-]+={0,2}")


def readable(value: JsonValue) -> JsonValue:
    """The value with each long base64 text in it shortened, such as `iVBORw0KGgo… (1.2 kB)`.

    For people only: what a program reads is never shortened.
    """
    if isinstance(value, list):
        return [readable(item) for item in value]
    if isinstance(value, dict):
        return {key: readable(item) for key, item in value.items()}
    if isinstance(value, str) and len(value) > _LONG and _BASE64.fullmatch(value):
        encoded = value.rpartition(",")[2]
        return f"{encoded[:11]}… ({_size(len(encoded.rstrip('=')) * 3 // 4)})"
    return value


def _size(count: int) -> str:
    if count < 1000:
        return f"{count} bytes"
    return f"{count / 1000:.1f} kB" if count < 1_000_000 else f"{count / 1_000_000:.1f} MB"
