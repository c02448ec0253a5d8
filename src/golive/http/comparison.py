"""A comparison of two versions' answers to the same request, record by record. Pure."""

from __future__ import annotations

from math import isfinite
from typing import Any

import msgspec

__all__ = ["Comparison", "compare"]

_SAME = 1e-9  # of scores without a label, relative


class Comparison(msgspec.Struct, kw_only=True):
    """How the answers of a candidate compare with those that were given.

    Attributes:
        agreed: Records with the same label or, where there are no labels, the same score.
        differed: Records with another one.
        failed: Records that the candidate alone did not answer.
        differences: How much the scores of the others differ, not negative.
    """

    agreed: int = 0
    differed: int = 0
    failed: int = 0
    differences: list[float] = msgspec.field(default_factory=list)


def compare(given: bytes, candidate: bytes) -> Comparison | None:
    """Compare two bodies with `predictions`; None where the one that was given has none.

    Records that were not answered are not compared.

    Args:
        given: What the caller got.
        candidate: What the candidate would have answered.
    """
    usual, other = _predictions(given), _predictions(candidate)
    if usual is None:
        return None
    found = Comparison()
    if other is None or len(other) != len(usual):
        found.failed = sum(1 for entry in usual if _is_answered(entry))
        return found
    for before, after in zip(usual, other, strict=True):
        if _is_answered(before):
            _add(found, before, after)
    return found


def _add(found: Comparison, before: Any, after: Any) -> None:
    if not _is_answered(after):
        found.failed += 1
        return
    label, other_label = _part(before, "label"), _part(after, "label")
    score, other_score = _part(before, "score"), _part(after, "score")
    has_scores = _is_number(score) and _is_number(other_score)
    if has_scores:
        found.differences.append(abs(score - other_score))
    if label is None and other_label is None and has_scores:
        is_same = abs(score - other_score) <= _SAME * max(1.0, abs(score))
    else:
        is_same = label == other_label
    if is_same:
        found.agreed += 1
    else:
        found.differed += 1


def _part(entry: Any, name: str) -> Any:
    """The label or the score of an entry; numbers are scores where an entry is a plain value."""
    if isinstance(entry, dict):
        if "value" not in entry:
            return entry.get(name)
        entry = entry["value"]
    return entry if (name == "score") == _is_number(entry) else None


def _is_number(value: Any) -> bool:
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    return is_number and isfinite(value)


def _is_answered(entry: Any) -> bool:
    return entry is not None and not (isinstance(entry, dict) and "error" in entry)


def _predictions(body: bytes) -> list[Any] | None:
    try:
        decoded = msgspec.json.decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError):
        return None
    found = decoded.get("predictions") if isinstance(decoded, dict) else None
    return found if isinstance(found, list) else None
