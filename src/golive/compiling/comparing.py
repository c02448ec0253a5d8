"""Comparing: two models on the same rows, each row for itself."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from math import isfinite, isnan
from typing import Any

from golive.bundle.proof import Deviation, Tried
from golive.compiling.trials import Trial
from golive.engine.answers import Answer, Fault, Options, entry_to_json
from golive.engine.isolation import isolate
from golive.engine.labelling import labeller
from golive.errors import GoliveError, ModelOutputError, RecordError
from golive.runtimes.protocols import Batch, Model, Outputs
from golive.signature.model import JsonValue, Output, Signature

__all__ = [
    "Answered",
    "Comparison",
    "Entry",
    "Findings",
    "Measure",
    "compare_models",
    "entries_of",
    "relative_difference",
]

_CHUNK = 4_096
_LONGEST = 200

Entry = Answer | Fault | Exception


@dataclass(frozen=True, slots=True, kw_only=True)
class Answered:
    """Rows of one kind and what the original answers to each.

    Attributes:
        kind: As of the trial.
        batch: The rows.
        entries: The original's answers, or what it raised.
    """

    kind: str
    batch: Batch
    entries: list[Entry]


@dataclass(slots=True, kw_only=True)
class Comparison:
    """What was found; filled while rows are compared.

    Attributes:
        tried: The rows by kind.
        worst: The largest difference of scores within the tolerance, if there is one.
        failure: The first row on which both are not the same.
        answered: The rows that were compared, with the original's answers.
    """

    tried: list[Tried] = field(default_factory=list)
    answered: list[Answered] = field(default_factory=list)
    worst: Deviation | None = None
    failure: Deviation | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Measure:
    """What counts as the same answer.

    Attributes:
        tolerance: Largest relative difference of a score.
        floor: Below it, differences count as if the numbers were this large.
        may_answer_more: Whether rows that the original refuses may be answered.
        refusals: At most so many rows of a kind that the candidate refuses are tried.
    """

    tolerance: float
    floor: float = 1e-3
    may_answer_more: bool = False
    refusals: int = 150


def compare_models(
    original: Model,
    candidate: Model,
    signature: Signature,
    trials: Sequence[Trial],
    measure: Measure,
) -> Comparison:
    """Answer all rows with both models: the original many at a time, the candidate one by one.

    Golden records are asked one by one of the original too, and so are rows that the candidate
    refuses.
    """
    comparing = _Comparing(original, candidate, signature, measure)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # what a model says of hostile rows is no news
        for trial in trials:
            if trial.batch.size:
                comparing.compare(trial)
    return comparing.found


class _Comparing:
    """Compares two models, trial by trial."""

    def __init__(
        self, original: Model, candidate: Model, signature: Signature, measure: Measure
    ) -> None:
        self.found = Comparison()
        self._original, self._candidate = original, candidate
        self._measure = measure
        self._findings = Findings(self.found, signature, measure)
        self._label = labeller(signature.output, Options())

    def compare(self, trial: Trial) -> None:
        """Answer the rows of a trial with both and note what was found."""
        answers = entries_of(self._candidate, self._label, trial.batch, size=1)
        refused = [at for at, entry in enumerate(answers) if isinstance(entry, Exception)]
        skipped = set(refused) - set(_spread(refused, self._measure.refusals))
        rows = [at for at in range(trial.batch.size) if at not in skipped]
        answered = Answered(
            kind=trial.kind,
            batch=trial.batch.take(rows),
            entries=self._expected(trial, rows, set(refused)),
        )
        both = self._findings.note(answered, [answers[at] for at in rows])
        self.found.tried.append(Tried(kind=trial.kind, rows=len(rows), refused=both))
        self.found.answered.append(answered)

    def _expected(self, trial: Trial, rows: list[int], refused: set[int]) -> list[Entry]:
        """The original's entries: rows that the program refuses are asked alone."""
        alone = set(rows) if trial.kind == "golden" else refused
        together = [at for at in rows if at not in alone]
        entries: dict[int, Entry] = {}
        for size, part in ((_CHUNK, together), (1, [at for at in rows if at in alone])):
            answers = entries_of(self._original, self._label, trial.batch.take(part), size=size)
            entries.update(zip(part, answers, strict=True))
        return [entries[at] for at in rows]


class Findings:
    """Notes differences of answers in a comparison.

    Args:
        found: The comparison.
        signature: Of both models.
        measure: What counts as the same.
    """

    def __init__(self, found: Comparison, signature: Signature, measure: Measure) -> None:
        self._found, self._signature, self._measure = found, signature, measure

    def note(self, answered: Answered, entries: Sequence[Entry]) -> int:
        """Note where the candidate's entries are others; how many rows both refused."""
        both = 0
        for at, (one, other) in enumerate(zip(answered.entries, entries, strict=True)):
            if isinstance(one, Exception) and self._is_as_refused(one, other):
                both += 1
            else:
                self._note(answered, at, one, other)
        return both

    def _is_as_refused(self, one: Exception, other: Entry) -> bool:
        if self._measure.may_answer_more:
            return True
        return isinstance(other, Exception) and _code_of(one) == _code_of(other)

    def _note(self, answered: Answered, at: int, one: Entry, other: Entry) -> None:
        found = self._found
        relative = relative_difference(one, other, self._signature.output, self._measure.floor)
        is_same = relative is not None and relative <= self._measure.tolerance
        if is_same:
            worst = 0.0 if found.worst is None else found.worst.relative or 0.0
            if not relative or relative <= worst:
                return
        elif found.failure is not None:
            return
        deviation = Deviation(
            kind=answered.kind,
            row=dict(_shown_row(answered.batch, at, self._signature)),
            original=_shown_entry(one),
            compiled=_shown_entry(other),
            relative=relative,
        )
        if is_same:
            found.worst = deviation
        else:
            found.failure = deviation


def _spread(positions: list[int], most: int) -> list[int]:
    """Some positions from all parts, as rows of one column stand beside one another."""
    count = len(positions)
    return positions if count <= most else [positions[at * count // most] for at in range(most)]


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


def relative_difference(
    one: Entry, other: Entry, output: Output, floor: float = 1e-3
) -> float | None:
    """How far two entries are apart; None where labels, faults or refusals differ."""
    if isinstance(one, Fault) and isinstance(other, Fault):
        return 0.0 if one.code == other.code else None
    if not isinstance(one, Answer) or not isinstance(other, Answer):
        return None
    if type(one.label) is not type(other.label) or one.label != other.label:
        return None
    if output.kind == "custom":
        return _apart(one.value, other.value, floor)
    parts = (one.score, other.score), (one.probabilities, other.probabilities)
    return _largest(_apart(a, b, floor) for a, b in parts)


def _code_of(error: Exception) -> str:
    """What a caller can tell of a refusal: whose fault it is."""
    is_told = isinstance(error, RecordError) or (
        isinstance(error, ModelOutputError) and error.code == "non_finite_output"
    )
    return error.code if isinstance(error, GoliveError) and is_told else "model_failed"


def _largest(parts: Iterable[float | None]) -> float | None:
    largest = 0.0
    for part in parts:
        if part is None:
            return None
        largest = max(largest, part)
    return largest


def _apart(one: Any, other: Any, floor: float) -> float | None:
    if type(one) is not type(other):
        return None
    match one:
        case float() if isfinite(one) and isfinite(other):
            return 0.0 if one == other else abs(one - other) / max(abs(one), abs(other), floor)
        case float():
            return 0.0 if one == other or (isnan(one) and isnan(other)) else None
        case dict() if one.keys() == other.keys():
            return _largest(_apart(value, other[key], floor) for key, value in one.items())
        case list() if len(one) == len(other):
            return _largest(_apart(a, b, floor) for a, b in zip(one, other, strict=True))
    return 0.0 if one == other else None


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
