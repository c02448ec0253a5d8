"""Comparing: two models on the same rows, each row for itself."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from math import isfinite
from typing import Any

from golive.bundle.proof import Deviation, Tried
from golive.compiling.trials import Trial
from golive.engine.answers import Answer, Fault, Options, entry_to_json
from golive.engine.isolation import isolate
from golive.engine.labelling import labeller
from golive.runtimes.protocols import Batch, Model, Outputs
from golive.signature.model import JsonValue, Output, Signature

__all__ = ["Comparison", "compare_models", "entries_of", "relative_difference"]

_CHUNK = 4_096
_REFUSED = 150
_LONGEST = 200
_FLOOR = 1e-3
"""Below it, differences count as if the numbers were this large."""

Entry = Answer | Fault | Exception


@dataclass(slots=True, kw_only=True)
class Comparison:
    """What was found; filled while rows are compared.

    Attributes:
        tried: The rows by kind.
        worst: The largest difference of scores within the tolerance, if there is one.
        failure: The first row on which both are not the same.
    """

    tried: list[Tried] = field(default_factory=list)
    worst: Deviation | None = None
    failure: Deviation | None = None


def compare_models(
    original: Model,
    compiled: Model,
    signature: Signature,
    trials: Sequence[Trial],
    *,
    tolerance: float,
) -> Comparison:
    """Answer all rows with both models: the original many at a time, the compiled one by one.

    Golden records are asked one by one of the original too. Of rows that the program refuses, at
    most some hundred of a kind are tried, one by one.
    """
    found = Comparison()
    label = labeller(signature.output, Options())
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # what a model says of hostile rows is no news
        for trial in trials:
            if trial.batch.size:
                _compare_trial(trial, original, compiled, (label, signature), found, tolerance)
    return found


def _compare_trial(
    trial: Trial,
    original: Model,
    compiled: Model,
    how: tuple[Callable[[Outputs], list[Any]], Signature],
    found: Comparison,
    tolerance: float,
) -> None:
    label, signature = how
    batch = trial.batch
    answers = entries_of(compiled, label, batch, size=1)
    refused = [at for at, entry in enumerate(answers) if isinstance(entry, Exception)]
    skipped = set(refused[_REFUSED:])
    rows = [at for at in range(batch.size) if at not in skipped]
    expected = _expected(trial, original, label, rows, set(refused))
    tried = refusals = 0
    for at, one in zip(rows, expected, strict=True):
        other = answers[at]
        tried += 1
        if isinstance(one, Exception) and isinstance(other, Exception):
            refusals += 1
            continue
        relative = relative_difference(one, other, signature.output)
        _note(found, trial, at, (one, other), relative, signature, tolerance)
    found.tried.append(Tried(kind=trial.kind, rows=tried, refused=refusals))


def _expected(
    trial: Trial,
    original: Model,
    label: Callable[[Outputs], list[Any]],
    rows: list[int],
    refused: set[int],
) -> list[Entry]:
    """The original's entries: rows that the program refuses are asked alone."""
    alone = set(rows) if trial.kind == "golden" else refused
    together = [at for at in rows if at not in alone]
    entries: dict[int, Entry] = {}
    for size, part in ((_CHUNK, together), (1, [at for at in rows if at in alone])):
        batch = trial.batch.take(part)
        entries.update(zip(part, entries_of(original, label, batch, size=size), strict=True))
    return [entries[at] for at in rows]


def entries_of(
    model: Model, label: Callable[[Outputs], list[Any]], batch: Batch, *, size: int
) -> list[Entry]:
    """What a model answers to each row, or raises; so many rows are asked at once."""
    entries: list[Entry] = []
    for start in range(0, batch.size, size):
        part = batch.take(list(range(start, min(start + size, batch.size))))

        def call(positions: list[int], part: Batch = part) -> list[Any]:
            whole = len(positions) == part.size
            return label(model.predict(part if whole else part.take(positions)))

        entries += isolate(part.size, call)
    return entries


def relative_difference(one: Entry, other: Entry, output: Output) -> float | None:
    """How far two entries are apart; None where labels, faults or refusals differ."""
    if isinstance(one, Fault) and isinstance(other, Fault):
        return 0.0 if one.code == other.code else None
    if not isinstance(one, Answer) or not isinstance(other, Answer):
        return None
    if type(one.label) is not type(other.label) or one.label != other.label:
        return None
    if output.kind == "custom":
        return _apart(one.value, other.value)
    parts = [_apart(one.score, other.score), _apart(one.probabilities, other.probabilities)]
    return _largest(parts)


def _largest(parts: Sequence[float | None]) -> float | None:
    largest = 0.0
    for part in parts:
        if part is None:
            return None
        largest = max(largest, part)
    return largest


def _apart(one: Any, other: Any) -> float | None:
    if type(one) is not type(other):
        return None
    match one:
        case float():
            return _relative(one, other)
        case dict() if one.keys() == other.keys():
            return _largest([_apart(value, other[key]) for key, value in one.items()])
        case list() if len(one) == len(other):
            return _largest([_apart(a, b) for a, b in zip(one, other, strict=True)])
    return 0.0 if one == other else None


def _relative(one: float, other: float) -> float:
    return 0.0 if one == other else abs(one - other) / max(abs(one), abs(other), _FLOOR)


def _note(  # noqa: PLR0913, PLR0917 - the row, both entries and their difference
    found: Comparison,
    trial: Trial,
    at: int,
    entries: tuple[Entry, Entry],
    relative: float | None,
    signature: Signature,
    tolerance: float,
) -> None:
    is_same = relative is not None and relative <= tolerance
    if is_same:
        worst = 0.0 if found.worst is None else found.worst.relative or 0.0
        if not relative or relative <= worst:
            return
    elif found.failure is not None:
        return
    difference = Deviation(
        kind=trial.kind,
        row=dict(_shown_row(trial.batch, at, signature)),
        original=_shown_entry(entries[0]),
        compiled=_shown_entry(entries[1]),
        relative=relative,
    )
    if is_same:
        found.worst = difference
    else:
        found.failure = difference


def _shown_row(batch: Batch, at: int, signature: Signature) -> Iterator[tuple[str, JsonValue]]:
    for column, values in zip(signature.columns, batch.columns, strict=True):
        yield column.name, _shown(values[at])


def _shown(value: Any) -> JsonValue:
    if isinstance(value, float) and not isfinite(value):
        return str(value)
    if isinstance(value, str) and len(value) > _LONGEST:
        return f"{value[:_LONGEST]}… ({len(value):,} characters)"
    return value if isinstance(value, int | float | str | None) else str(value)[:_LONGEST]


def _shown_entry(entry: Entry) -> JsonValue:
    if isinstance(entry, Exception):
        return {"raised": f"{type(entry).__name__}: {entry}"[:_LONGEST]}
    return entry_to_json(entry)
