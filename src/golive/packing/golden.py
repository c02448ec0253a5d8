"""Golden records: a few telling inputs, chosen from the sample and made up around it."""

from __future__ import annotations

import json
import math
from collections.abc import Iterator, Sequence

from golive.packing.policies import spread, unseen_value
from golive.signature.model import Column, JsonValue, Signature

__all__ = ["choose_golden"]

_CANDIDATES = 1_000
_SAMPLED = 12
_VARIED = 3
_LIMIT = 25
_LONGEST = 20_000
_NUMBER_LENGTH = 8
_TEXTS = ("", "Ünïcødé ﬁ 文字 🚀 e\u0301\u200d", "The quick brown fox, 42 times!\n\tTwice?")


def choose_golden(rows: Sequence[JsonValue], signature: Signature) -> list[JsonValue]:
    """At most 25 records that the signature accepts, the same for the same sample.

    None is longer than about 20,000 characters, but where all rows of the sample are.

    Rows spread over the sample; the smallest and largest of all numbers at once; single nulls and
    all nulls that are allowed; categories that nobody knows; empty and unusual texts.

    Args:
        rows: Records of the sample, as `rows_of` gives them.
        signature: With its policies settled.
    """
    good = [row for row in rows if _is_usable(row, signature)] or _smallest(rows, signature)
    candidates = _distinct([good[i] for i in spread(len(good), _CANDIDATES)])
    chosen = [candidates[i] for i in spread(len(candidates), _SAMPLED)]
    if chosen and signature.form != "object":
        chosen += list(_variations(chosen, signature.columns))
    return _distinct(chosen)[:_LIMIT]


def _smallest(rows: Sequence[JsonValue], signature: Signature) -> list[JsonValue]:
    """All rows, but where they hold bytes, images or long vectors, the few that are smallest."""
    held = {column.type for column in signature.columns}
    if signature.form != "object" and not held & {"bytes", "image", "vector"}:
        return list(rows)
    return sorted(rows, key=_length)[:_VARIED]


def _length(value: JsonValue) -> int:
    """About how many characters the value has in JSON."""
    match value:
        case str():
            return len(value)
        case list():
            return sum(map(_length, value))
        case dict():
            return sum(map(_length, value.values()))
    return _NUMBER_LENGTH


def _longest_text(value: JsonValue) -> int:
    match value:
        case str():
            return len(value)
        case list():
            return max(map(_longest_text, value), default=0)
        case dict():
            return max(map(_longest_text, value.values()), default=0)
    return 0


def _distinct(records: Sequence[JsonValue]) -> list[JsonValue]:
    found = {json.dumps(record, sort_keys=True, default=str): record for record in records}
    return list(found.values())


def _is_usable(row: JsonValue, signature: Signature) -> bool:
    if signature.form == "object":
        return _longest_text(row) <= _LONGEST
    for column in signature.columns:
        value = row[column.name]
        if value is None and column.on_null == "error":
            return False
        if isinstance(value, float) and not math.isfinite(value):
            return False
    return _length([row[column.name] for column in signature.columns]) <= _LONGEST


def _variations(chosen: list[JsonValue], columns: Sequence[Column]) -> Iterator[JsonValue]:
    base, other = chosen[0], chosen[len(chosen) // 2]
    ranged = [column for column in columns if column.minimum is not None]
    nullable = sorted((c for c in columns if c.on_null == "pass"), key=lambda c: not c.nullable)
    unseen = [c for c in columns if c.type == "category" and c.on_unseen == "pass"]
    texts = [column for column in columns if column.type == "text"]
    if ranged:
        yield base | {column.name: column.minimum for column in ranged}
        yield other | {column.name: column.maximum for column in ranged}
    if nullable:
        yield base | {column.name: None for column in nullable}
    if unseen:
        yield base | {column.name: unseen_value(column) for column in unseen}
    for column in unseen[:_VARIED]:
        yield other | {column.name: unseen_value(column)}
    for column in nullable[:_VARIED]:
        yield other | {column.name: None}
    for text in _TEXTS if texts else ():
        yield base | {column.name: text for column in texts}
