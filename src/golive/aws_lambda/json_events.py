"""JSON events: what Lambda has already decoded becomes the JSON text that it was."""

from __future__ import annotations

import json
import re

from golive.signature.model import JsonValue

__all__ = ["json_text"]

_TOKEN = re.compile(r'"(?:[^"\\]|\\.)*"|-?Infinity')


def json_text(value: JsonValue) -> bytes:
    """The JSON text of a value, which the decoder reads as it reads every body.

    A number too large for a float has become infinity, and is written as such a number again; NaN
    is written as it is, for the decoder to refuse. A lone surrogate stays the escape that it was.

    Raises:
        RecursionError: It nests too deeply.
    """
    try:
        text = json.dumps(value, allow_nan=False, separators=(",", ":"))
    except ValueError:
        text = json.dumps(value, separators=(",", ":"))
        text = _TOKEN.sub(lambda found: _written(found[0]), text)
    return text.encode()


def _written(token: str) -> str:
    return token if token.startswith('"') else token.replace("Infinity", "1e999")
