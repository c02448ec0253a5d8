"""Hostile requests for function models: every place of a request that is answered, varied."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from math import inf
from typing import Any

from golive.checking.column_values import EMOJI, UNICODE
from golive.checking.probes import Probe
from golive.checking.report import Severity
from golive.signature.model import JsonValue

__all__ = ["request_probes"]

_Place = tuple[str | int, ...]
_DROPPED: Any = object()
_MOST_PLACES = 60

_ANYWHERE: tuple[tuple[str, str, JsonValue, Severity], ...] = (
    ("null", "null", None, "error"),
    ("missing", "no such field", _DROPPED, "error"),
    ("wrong_type", "an object", {"a": 1}, "error"),
    ("wrong_type", "a list", ["a"], "error"),
    ("wrong_type", "a number", 7.5, "error"),
    ("wrong_type", "true", True, "error"),
    ("empty_text", "an empty text", "", "error"),
    ("unicode", "letters of many scripts", UNICODE, "error"),
    ("emoji", "emoji", EMOJI, "error"),
    ("huge", "1e15", 1e15, "error"),
    ("huge", "the text 1e15", "1e15", "error"),
    ("negative", "-1", -1, "error"),
    ("negative", "the text -1", "-1", "error"),
    ("non_finite", "1e400", inf, "error"),
    ("zero", "0", 0, "error"),
    ("extreme", "1e308", 1e308, "warning"),
    ("empty_list", "an empty list", [], "error"),
)
_WHOLE: tuple[tuple[str, JsonValue], ...] = (
    ("null", None),
    ("a number", 7),
    ("a text", "text"),
    ("an empty list", []),
    ("an empty object", {}),
    ("true", True),
)


def request_probes(requests: Sequence[JsonValue]) -> Iterator[Probe]:
    """Probes of every field of the first request, into its objects and first list elements.

    A function decides itself what it answers, so that an answer and an error that blames the input
    are both right; only a failure is not.

    Args:
        requests: Requests that are answered; at least one. The smallest of those with the
            most fields is varied.
    """
    base = max(requests, key=lambda request: (len(list(_places(request))), -len(str(request))))
    for words, value in _WHOLE:
        yield _probe("record", "", f"{words} in place of the request", value)
    if isinstance(base, dict):
        extra = {**base, "a_field_of_no_model": 1}
        yield _probe("extra", "", "a field that the request does not have", extra)
    for place in list(_places(base))[:_MOST_PLACES]:
        for check, what, value, severity in _ANYWHERE:
            if value is _DROPPED and isinstance(place[-1], int):
                continue
            changed = _replaced(base, place, value)
            yield _probe(check, _shown(place), what, changed, severity=severity)


def _probe(
    check: str, field: str, what: str, record: JsonValue, *, severity: Severity = "error"
) -> Probe:
    return Probe(
        check=check,
        field=field,
        what=what,
        record=record,
        may_fail=True,
        severity=severity,
        has_policies=False,
    )


def _places(value: JsonValue, place: _Place = ()) -> Iterator[_Place]:
    if place:
        yield place
    match value:
        case dict():
            for key, member in value.items():
                yield from _places(member, (*place, key))
        case list() if value:
            yield from _places(value[0], (*place, 0))


def _replaced(value: JsonValue, place: _Place, new: JsonValue) -> JsonValue:
    if not place:
        return new
    step, rest = place[0], place[1:]
    if isinstance(value, list):
        return [_replaced(value[0], rest, new), *value[1:]]
    if not rest and new is _DROPPED:
        return {key: member for key, member in value.items() if key != step}
    return {**value, step: _replaced(value[step], rest, new)}


def _shown(place: _Place) -> str:
    text = ""
    for step in place:
        text += f"[{step}]" if isinstance(step, int) else f".{step}" if text else str(step)
    return text
