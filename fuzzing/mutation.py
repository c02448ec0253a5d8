"""Mutation: inputs made of others, by the structure of the JSON that is in them. Pure."""

from __future__ import annotations

import json
import random
from collections.abc import Callable
from copy import deepcopy
from typing import Any

__all__ = ["bytes_changed", "mutated"]

_STRUCTURED = 0.6
_MOST_CHANGES = 3
_ODD: tuple[Any, ...] = (
    None, True, False, 0, 1, -1, 0.5, -0.0, 255, 2**31, 2**53, 2**63 - 1, 2**63, 2**64,
    -(2**63) - 1, 10**400, 1e308, 5e-324, float("nan"), float("inf"), "", "a", "0", "1.0", "1e400",
    "nan", "true", "\x00", "é", "\u2028", "\ud800", "2026-02-30T25:00:00Z", "AAAA", "../x",
    "x" * 300, [], {}, [[]],
)  # fmt: skip

Blind = Callable[[bytes, int], bytes]
"""Changes bytes without a look at what they mean; is given the most bytes there may be."""


def mutated(data: bytes, *, most: int, seed: int, blind: Blind) -> bytes:
    """Another input.

    Args:
        data: The input before.
        most: Bytes that it may have.
        seed: Of what is random.
        blind: Changes what holds no JSON, and now and then what does.
    """
    chosen = random.Random(seed)
    if chosen.random() < _STRUCTURED:
        for begin, end in _places(data):
            changed = _changed_json(data[begin:end], chosen)
            if changed is not None:
                whole = data[:begin] + changed + data[end:]
                return whole[:most]
    return blind(data, most)


def bytes_changed(data: bytes, most: int, chosen: random.Random, words: tuple[bytes, ...]) -> bytes:
    """Bytes with some added, removed or replaced: what stands in for a fuzzer's own mutations."""
    for _ in range(chosen.randint(1, 4)):
        at = chosen.randint(0, len(data))
        size = chosen.choice((0, 1, 1, 2, 8, 64))
        new = chosen.choice(words) if words and chosen.random() < 0.5 else chosen.randbytes(size)
        data = data[:at] + new + data[at + chosen.choice((0, size, size)) :]
    return data[:most]


def _places(data: bytes) -> list[tuple[int, int]]:
    """Where JSON may begin and end: after an empty line or a byte, before a NUL."""
    end = data.find(b"\x00")
    end = len(data) if end < 0 else end
    after_head = data.find(b"\n\n") + 2
    return [(begin, end) for begin in dict.fromkeys((0, 1, after_head)) if begin < end]


def _changed_json(text: bytes, chosen: random.Random) -> bytes | None:
    """The JSON with some changes, or None where it is none."""
    try:
        root = [json.loads(text)]
        for _ in range(chosen.randint(1, _MOST_CHANGES)):
            _change(root, chosen)
        return json.dumps(root[0], ensure_ascii=chosen.random() < 0.5).encode("utf-8", "replace")
    except (ValueError, RecursionError):
        return None


def _change(root: list[Any], chosen: random.Random) -> None:
    slots = list(_slots(root))
    holder, key = chosen.choice(slots)
    value = holder[key]
    match chosen.randrange(7):
        case 0:
            holder[key] = deepcopy(chosen.choice(_ODD))
        case 1 if holder is not root:
            del holder[key]
        case 2:
            other, place = chosen.choice(slots)
            if place in other or isinstance(other, list):
                holder[key] = json.loads(json.dumps(other[place]))
        case 3:
            holder[key] = _near(value, chosen)
        case 4:
            for _ in range(chosen.choice((1, 2, 60, 120, 2000))):
                value = [value] if chosen.random() < 0.5 else {"a": value}
            holder[key] = value
        case 5 if isinstance(holder, list) and holder is not root:
            holder.insert(key, deepcopy(value))
        case _:
            if isinstance(holder, dict):
                holder[chosen.choice([str(key), "", "x", *holder])] = deepcopy(chosen.choice(_ODD))
            else:
                holder[key] = deepcopy(chosen.choice(_ODD))


def _near(value: Any, chosen: random.Random) -> Any:
    if isinstance(value, bool) or value is None:
        return not value
    if isinstance(value, float):
        return value + chosen.choice((-1, 1, 0.5))
    if isinstance(value, int):
        return value + chosen.choice((-1, 1, 64))
    if isinstance(value, str):
        at = chosen.randint(0, len(value))
        return value[:at] + chosen.choice(("", "0", "\x00", "z", "é", '"')) + value[at + 1 :]
    return [value, deepcopy(value)]


def _slots(holder: Any) -> Any:
    """Every place of a value: what holds it, and its key or position there."""
    waiting = [holder]
    while waiting:
        each = waiting.pop()
        keys = range(len(each)) if isinstance(each, list) else list(each)
        for key in keys:
            yield each, key
            if isinstance(each[key], (list, dict)):
                waiting.append(each[key])
