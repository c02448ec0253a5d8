"""How two bundles answer the golden records of both."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import Any

from golive.bundle.reading import Bundle
from golive.checking.answers_apart import answers_apart
from golive.checking.difference import AnswerChanges
from golive.engine.golden import compare
from golive.signature.model import JsonValue

__all__ = ["answer_changes", "compare_answers"]

Answered = tuple[JsonValue, JsonValue, JsonValue]
"""A record, the old answer and the new one."""


def answer_changes(before: Bundle, after: Bundle) -> AnswerChanges:
    """Answer the golden records of both with both, each in a process of its own.

    Where one does not run here, the outputs that were packed for equal records are compared.
    """
    records = _distinct(item.record for bundle in (before, after) for item in bundle.golden)
    with ThreadPoolExecutor(2) as both:
        answers = list(both.map(lambda b: answers_apart(b, records), (before, after)))
    for bundle, found in zip((before, after), answers, strict=True):
        if found.failure:
            obstacle = f"{bundle.name} {bundle.version} does not run here: {found.failure}"
            return replace(_stored(before, after), obstacle=obstacle)
    rows = list(zip(records, answers[0].outputs, answers[1].outputs, strict=True))
    return compare_answers(rows, tolerance=_tolerance(before, after))


def _tolerance(before: Bundle, after: Bundle) -> float:
    """The relative difference that is rounding for one of them."""
    return max(before.manifest.tolerance, after.manifest.tolerance)


def _stored(before: Bundle, after: Bundle) -> AnswerChanges:
    old = {_key(item.record): item.output for item in before.golden}
    rows = [
        (item.record, old[_key(item.record)], item.output)
        for item in after.golden
        if _key(item.record) in old
    ]
    return replace(compare_answers(rows, tolerance=_tolerance(before, after)), source="stored")


def compare_answers(rows: Sequence[Answered], *, tolerance: float) -> AnswerChanges:
    """What changed from the old answers to the new ones.

    Args:
        rows: Records with both answers.
        tolerance: The largest relative difference that is rounding.
    """
    differing, flipped, appeared, vanished = 0, [], [], []
    gaps: list[tuple[float, JsonValue]] = []
    for at, (record, old, new) in enumerate(rows):
        differing += bool(compare(at, old, new, tolerance=tolerance))
        if _is_error(old) or _is_error(new):
            if not _is_error(old):
                appeared.append(record)
            elif not _is_error(new):
                vanished.append(record)
            continue
        if old.get("label") != new.get("label"):
            flipped.append(record)
        if (gap := _gap(old, new)) is not None:
            gaps.append((gap, record))
    largest = max(gaps, key=lambda pair: pair[0], default=None)
    return AnswerChanges(
        records=len(rows),
        source="answered",
        differing=differing,
        flipped=tuple(flipped),
        mean_difference=sum(gap for gap, _ in gaps) / len(gaps) if gaps else None,
        max_difference=None if largest is None else largest[0],
        largest_at=None if largest is None or largest[0] == 0 else largest[1],
        appeared=tuple(appeared),
        vanished=tuple(vanished),
    )


def _is_error(answer: Any) -> bool:
    return isinstance(answer, dict) and "error" in answer


def _gap(old: dict[str, JsonValue], new: dict[str, JsonValue]) -> float | None:
    was, is_now = old.get("score"), new.get("score")
    if isinstance(was, int | float) and isinstance(is_now, int | float):
        return abs(was - is_now)
    return None


def _distinct(records: Iterable[JsonValue]) -> list[JsonValue]:
    return list({_key(record): record for record in records}.values())


def _key(record: JsonValue) -> str:
    return json.dumps(record, sort_keys=True)
