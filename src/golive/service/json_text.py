"""JSON text of answers and log lines: strict, whatever a model or a caller put into them."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import msgspec

from golive.signature.model import JsonValue

__all__ = ["encode_json", "format_time"]

_encoder = msgspec.json.Encoder()


def encode_json(value: JsonValue) -> bytes:
    """The value as JSON in UTF-8; a lone surrogate, which has no UTF-8, becomes `?`."""
    try:
        return _encoder.encode(value)
    except UnicodeEncodeError:
        text = json.dumps(value, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
        return text.encode("utf-8", "replace")


def format_time(time: datetime) -> str:
    """ISO 8601 in UTC with milliseconds."""
    utc = time if time.tzinfo is UTC else time.astimezone(UTC)
    return f"{utc.isoformat(timespec='milliseconds')[:-6]}Z"
