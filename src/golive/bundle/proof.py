"""The proof: how a compiled program compares with the model that it was compiled from."""

from __future__ import annotations

from dataclasses import dataclass, field

from golive.signature.model import JsonValue

__all__ = ["PROOF_VERSION", "Batched", "Deviation", "Proof", "Timing", "Tried"]

PROOF_VERSION = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Tried:
    """Rows of one kind that both answered.

    Attributes:
        kind: Where they come from: `sample`, `golden`, `hostile`, `mixed`, `near`.
        rows: How many.
        refused: On how many of them both failed.
    """

    kind: str
    rows: int
    refused: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Deviation:
    """The row on which both differ most.

    Attributes:
        kind: As in `Tried`.
        row: Its values by column, shortened; numbers that JSON cannot hold are texts.
        original: What the original answered, or the name of its error.
        compiled: What the program answered, or the name of its error.
        relative: The relative difference of scores; None where labels or refusals differ.
    """

    kind: str
    row: dict[str, JsonValue]
    original: JsonValue
    compiled: JsonValue
    relative: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Timing:
    """The time of one row, in microseconds, where so many are answered at once.

    Attributes:
        rows: How many at once.
        original: Of the original, the median of several rounds.
        compiled: Of the program, in the same rounds.
        slower_in: The share of the rounds in which the program was slower, 0 to 1; None where it
            was not recorded.
    """

    rows: int
    original: float
    compiled: float
    slower_in: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Batched:
    """How the program's answers to many rows at once, with NumPy, compare with the original's.

    Attributes:
        is_equal: Whether they are the same; if not, the program answers batches row by row.
        reason: Why, in a sentence.
        tried: Rows of the proof, asked again in batches. The kinds: `64 at once`, `1000 at once`,
            and `refused`, rows that both refuse, each among others.
        worst: The row on which both differ most; None where no score differs.
    """

    is_equal: bool
    reason: str
    tried: tuple[Tried, ...] = field(default=())
    worst: Deviation | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Proof:
    """How a compiled program compares with the original.

    Attributes:
        format_version: Integer version of this report.
        is_chosen: Whether the program answers instead of the original.
        reason: Why, in a sentence.
        steps: The number of the program's steps; 0 where none could be made.
        size: Of the program, in bytes.
        tolerance: Largest relative difference of a score that is still the same answer.
        tried: The rows by kind.
        worst: The row on which both differ most; None where no score differs.
        timings: By the number of rows that are answered at once.
        batched: Of batches; None where the rows alone decided, and in proofs of before.
    """

    format_version: int = PROOF_VERSION
    is_chosen: bool
    reason: str
    steps: int = 0
    size: int = 0
    tolerance: float = 1e-9
    tried: tuple[Tried, ...] = field(default=())
    worst: Deviation | None = None
    timings: tuple[Timing, ...] = field(default=())
    batched: Batched | None = None

    @property
    def rows(self) -> int:
        """How many rows were tried."""
        return sum(tried.rows for tried in self.tried)

    @property
    def refused(self) -> int:
        """On how many rows both failed."""
        return sum(tried.refused for tried in self.tried)
