"""JSON bodies: read strictly, with numbers beyond a float kept as infinities."""

from __future__ import annotations

import json
import re
from collections.abc import Callable

import msgspec

from golive.errors import RequestError
from golive.signature.model import JsonValue

__all__ = ["MAX_DEPTH", "JsonBody", "nests_deeper", "read_json"]

MAX_DEPTH = 100
"""Deepest nesting of lists and objects in a record: far below Python's own limit, which would
depend on who calls."""

_MAX_DIGITS = 4300
_POSITION = re.compile(r"\(byte (\d+)\)")
_LONE_SURROGATE = re.compile(r"(?:[^\\]|^)(?:\\\\)*(\\u[dD][89a-fA-F][0-9a-fA-F]{2})")


class JsonBody(msgspec.Struct, frozen=True):
    """What a body holds.

    Attributes:
        value: The value; a number too large for a float is an infinity.
        has_infinity: Whether there is such a number in it.
        is_deep: Whether it nests deeper than `MAX_DEPTH` levels.
    """

    value: JsonValue
    has_infinity: bool = False
    is_deep: bool = False


def read_json(body: bytes, *, nan_is_null: bool = False) -> JsonBody:
    """The value of a JSON body.

    Args:
        body: The body.
        nan_is_null: Read the words NaN and Infinity, which are not JSON but which Python and pandas
            write: NaN as null, Infinity as a number too large.

    Raises:
        RequestError: `malformed_json`, with what is wrong and where; `too_deep` where it nests so
            deeply that it cannot be told which record does.
    """
    try:
        text = body.decode()
        result = _decode(body, text, nan_is_null=nan_is_null)
    except UnicodeDecodeError as error:
        raise _malformed(f"it is not UTF-8 at byte {error.start}") from error
    except RecursionError as error:
        raise _too_deep() from error
    may_be_deep = body.count(b"[") + body.count(b"{") > MAX_DEPTH
    if may_be_deep and nests_deeper(result.value, MAX_DEPTH):
        return JsonBody(result.value, has_infinity=result.has_infinity, is_deep=True)
    return result


def nests_deeper(value: JsonValue, levels: int) -> bool:
    """Whether lists and objects nest deeper than so many levels; by level, not by recursion."""
    level = _children([value])
    for _ in range(levels):
        level = [child for item in level for child in _children(item)]
        if not level:
            return False
    return bool(level)


def _decode(body: bytes, text: str, *, nan_is_null: bool) -> JsonBody:
    read_word = _number_of if nan_is_null else _refuse_constant
    try:
        return JsonBody(msgspec.json.decode(body))
    except msgspec.ValidationError:
        return JsonBody(_decode_leniently(text, read_word), has_infinity=True)
    except msgspec.DecodeError as error:
        if nan_is_null and (b"NaN" in body or b"Infinity" in body):
            return JsonBody(_decode_leniently(text, read_word), has_infinity=True)
        raise _malformed(_explain(body, text, str(error))) from error


def _decode_leniently(text: str, read_word: Callable[[str], JsonValue]) -> JsonValue:
    """Decode with Python's own parser, which knows numbers and words that msgspec refuses."""
    try:
        value = json.loads(text, parse_constant=read_word, parse_int=_integer)
        json.dumps(value, ensure_ascii=False).encode()
    except json.JSONDecodeError as error:
        at = len(text[: error.pos].encode())
        raise _malformed(f"{error.msg[:1].lower()}{error.msg[1:]} at byte {at}") from error
    except UnicodeEncodeError as error:
        raise _malformed("it holds half of a surrogate pair") from error
    return value


def _integer(digits: str) -> int | float:
    if len(digits) > _MAX_DIGITS:
        return float("-inf") if digits.startswith("-") else float("inf")
    return int(digits)


def _refuse_constant(name: str) -> JsonValue:
    raise _malformed(f"{name} is not JSON; send null")


def _number_of(word: str) -> JsonValue:
    return None if word == "NaN" else float(word)


def _explain(body: bytes, text: str, reason: str) -> str:
    if not text.strip():
        return "it is empty"
    if text.startswith("\ufeff"):
        return "it begins with a byte order mark; send UTF-8 without one"
    found = _POSITION.search(reason)
    if found is None:
        return _explain_end(text, len(body))
    at = int(found[1])
    if body[at : at + 3] in (b"NaN", b"Inf", b"-In"):
        return f"NaN and Infinity at byte {at} are not JSON; send null"
    detail = reason.removeprefix("JSON is malformed: ").replace(found[0], "").strip()
    return f"{detail} at byte {at}"


def _explain_end(text: str, size: int) -> str:
    for match in _LONE_SURROGATE.finditer(text):
        escape = ord(json.loads(f'"{match[1]}"'))
        follower = text[match.end(1) : match.end(1) + 4].lower()
        if escape >= 0xDC00 or not re.fullmatch(r"\\ud[c-f]", follower):
            at = len(text[: match.start(1)].encode())
            return f"half of a surrogate pair, {match[1]}, at byte {at}"
    return f"it ends too early, at byte {size}"


def _children(value: JsonValue) -> list[JsonValue]:
    children: list[JsonValue] = []
    if isinstance(value, list):
        children = value
    elif isinstance(value, dict):
        children = list(value.values())
    return [child for child in children if isinstance(child, (list, dict))]


def _too_deep() -> RequestError:
    return RequestError(
        f"The body nests far deeper than the {MAX_DEPTH} levels that a record may have.",
        code="too_deep",
        hint="Send lists and objects that nest less.",
    )


def _malformed(reason: str) -> RequestError:
    return RequestError(
        f"The body cannot be read as JSON: {reason}.",
        code="malformed_json",
        hint='Send a record such as {"column": 1}, or a list of records, as UTF-8 JSON.',
    )
