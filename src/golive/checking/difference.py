"""What two bundles differ in: changes, each with what it means for callers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

import msgspec

from golive.signature.model import JsonValue

__all__ = ["EFFECTS", "AnswerChanges", "Area", "Change", "Difference", "Effect"]

Area = Literal["input", "output", "answers", "metrics", "model", "environment", "size", "card"]
Effect = Literal["breaking", "worse", "better", "compatible", "note"]

EFFECTS: Mapping[Effect, int] = {"breaking": 0, "worse": 1, "better": 2, "compatible": 3, "note": 4}
"""Effect to its rank, the worst first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One thing that is not the same.

    Attributes:
        area: What it belongs to.
        subject: The column, metric, package or file.
        effect: `breaking`: a caller of the old bundle may now get an error, or an answer of
            another form. `compatible`: none does. `better`, `worse`: of a metric. `note`: of no
            matter to callers.
        message: What changed.
        before: The old value, or None.
        after: The new value, or None.
    """

    area: Area
    subject: str
    effect: Effect
    message: str
    before: JsonValue = None
    after: JsonValue = None


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswerChanges:
    """How both answer the golden records of both.

    Attributes:
        records: Records that both were asked.
        source: `answered`: both models were run here. `stored`: only the outputs that were packed
            for records that both have were compared.
        differing: Records whose answers differ by more than rounding.
        flipped: Records whose label differs.
        mean_difference: Of the scores, absolute, over the records that both score; None without.
        max_difference: The largest, likewise.
        largest_at: The record with the largest difference, or None.
        appeared: Records that only the old bundle answers.
        vanished: Records that only the new bundle answers.
        obstacle: Why the models were not run, or an empty text.
    """

    records: int
    source: Literal["answered", "stored"]
    differing: int = 0
    flipped: tuple[JsonValue, ...] = ()
    mean_difference: float | None = None
    max_difference: float | None = None
    largest_at: JsonValue = None
    appeared: tuple[JsonValue, ...] = ()
    vanished: tuple[JsonValue, ...] = ()
    obstacle: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """What `golive.diff` found.

    Attributes:
        before: Name and short id of the old bundle.
        after: Of the new one.
        changes: The worst first.
        answers: How both answer, or None where that was left out.
    """

    before: str
    after: str
    changes: tuple[Change, ...]
    answers: AnswerChanges | None = None

    @property
    def verdict(self) -> Literal["same", "compatible", "breaking"]:
        """`breaking` with one such change, `same` without any."""
        if any(change.effect == "breaking" for change in self.changes):
            return "breaking"
        return "compatible" if self.changes else "same"

    def to_json(self) -> dict[str, JsonValue]:
        """What `golive diff --json` prints."""
        body: dict[str, JsonValue] = msgspec.json.decode(msgspec.json.encode(self))
        return {"verdict": self.verdict, **body}
