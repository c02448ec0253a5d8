"""JSON text of answers: strict, whatever a model or a caller put into them."""

from __future__ import annotations

import json

import msgspec

from golive.signature.model import JsonValue

__all__ = ["encode_json"]

_encoder = msgspec.json.Encoder()


def encode_json(value: JsonValue) -> bytes:
    """The value as JSON in UTF-8; a lone surrogate, which has no UTF-8, becomes `?`."""
    try:
        return _encoder.encode(value)
    except UnicodeEncodeError:
        text = json.dumps(value, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
        return text.encode("utf-8", "replace")
