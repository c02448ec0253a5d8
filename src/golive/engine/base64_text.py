"""Base64 texts: the bytes that a value stands for, or what is wrong with it."""

from __future__ import annotations

import binascii
import re

from golive.engine.answers import Fault
from golive.engine.values import describe
from golive.signature.model import JsonValue

__all__ = ["BASE64_PATTERN", "DATA_URL_PATTERN", "coerce_bytes", "too_large"]

_STANDARD = "[A-Za-z0-9+/]"
_URL_SAFE = "[A-Za-z0-9_-]"
_DATA_URL = "data:[!-+.-~-]{0,200};base64,"
_SPACE = r"[ \t\r\n]*"  # many encoders break lines after 76 characters


def _encoded(alphabet: str) -> str:
    letter, end = f"{alphabet}{_SPACE}", f"={_SPACE}"
    return f"{_SPACE}(({letter}){{4}})*(({letter}){{2}}({end}{end})?|({letter}){{3}}({end})?)?"


_EITHER = f"({_encoded(_STANDARD)}|{_encoded(_URL_SAFE)})"
_END = r"$(?!\n)"  # Python's `$` also stands before a last line break
BASE64_PATTERN = f"^{_EITHER}{_END}"
"""What base64 is accepted: one of two alphabets, with its padding or without, in lines or not."""
DATA_URL_PATTERN = f"^{_DATA_URL}{_EITHER}{_END}"
"""The same in a `data:` URL."""
_URL_HEAD = re.compile(_DATA_URL)
_FOREIGN = re.compile("[^A-Za-z0-9+/_=-]")
_TO_STANDARD = str.maketrans("-_", "+/")
_WITHOUT_SPACE = dict.fromkeys(map(ord, " \t\r\n"))


def coerce_bytes(value: JsonValue, name: str, max_bytes: int) -> bytes | Fault:
    """Bytes: from base64 text, from a `data:` URL, or from bytes that a Python caller passes.

    The standard and the URL-safe alphabet are read, but not mixed; padding may be left out, but
    not be wrong; spaces, tabs and line breaks are skipped. The size is checked before decoding.

    Args:
        value: The value, not null.
        name: The field's name in messages and in the fault.
        max_bytes: The most bytes after decoding.
    """
    if isinstance(value, (bytes, bytearray, memoryview)):
        return too_large(memoryview(value).nbytes, name, max_bytes) or bytes(value)
    if not isinstance(value, str):
        message = f'"{name}" must be bytes as base64 text, got {describe(value)}'
        return Fault("wrong_type", message, name)
    text = value
    if value.startswith("data:"):
        head = _URL_HEAD.match(value)
        if head is None:
            return _bad(name, 'it is a data: URL whose head does not end in ";base64,"')
        text = value[head.end() :]
    return _decoded(text.translate(_WITHOUT_SPACE), name, max_bytes)


def too_large(size: int, name: str, max_bytes: int) -> Fault | None:
    """The fault of more bytes than are allowed."""
    if size <= max_bytes:
        return None
    message = f'"{name}" has {size} bytes; at most {max_bytes} are allowed'
    return Fault("too_large", message, name)


def _decoded(text: str, name: str, max_bytes: int) -> bytes | Fault:
    stripped = text.rstrip("=")
    padding = len(text) - len(stripped)
    size = len(stripped) * 3 // 4
    if (fault := too_large(size, name, max_bytes)) is not None:
        return fault
    foreign = _FOREIGN.search(stripped)
    if foreign is not None:
        found = describe(foreign[0])
        return _bad(name, f"at position {foreign.start()} it holds {found}")
    if "=" in stripped:
        return _bad(name, f"at position {stripped.index('=')} it holds padding before its end")
    if len(stripped) % 4 == 1:
        return _bad(name, f"it has {len(stripped)} characters and must have been cut")
    if padding and padding != -len(stripped) % 4:
        return _bad(name, f'it ends in {padding} "=" and {-len(stripped) % 4} are right')
    return _of_one_alphabet(stripped, name)


def _of_one_alphabet(text: str, name: str) -> bytes | Fault:
    if "-" in text or "_" in text:
        if "+" in text or "/" in text:
            return _bad(name, "it mixes the standard alphabet (+ /) with the URL-safe one (- _)")
        text = text.translate(_TO_STANDARD)
    return binascii.a2b_base64(text + "=" * (-len(text) % 4), strict_mode=True)


def _bad(name: str, reason: str) -> Fault:
    message = f'"{name}" must be base64, but {reason}; send what Python\'s base64.b64encode gives'
    return Fault("bad_base64", message, name)
