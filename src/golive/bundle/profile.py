"""The reference profile: what inputs and scores looked like when the model was packed."""

from __future__ import annotations

import msgspec

__all__ = ["Calibration", "CategoryCount", "ColumnProfile", "Evaluation", "Profile", "ScoreProfile"]


class CategoryCount(msgspec.Struct, frozen=True, kw_only=True):
    """How often one value of a column was seen (the value as JSON text)."""

    value: str
    count: int


class ColumnProfile(msgspec.Struct, frozen=True, kw_only=True):
    """One input column of the training sample.

    Attributes:
        name: The column.
        count: Rows seen.
        nulls: Of them null.
        mean: Of the numbers (text: of the lengths in characters), or None.
        std: Population standard deviation, likewise.
        quantiles: 101 values at 0, 1, …, 100 percent (text: of lengths); empty without numbers.
        categories: The most frequent values, at most 100, most frequent first.
        other: Rows whose value is not among `categories`.
    """

    name: str
    count: int
    nulls: int
    mean: float | None = None
    std: float | None = None
    quantiles: tuple[float, ...] = ()
    categories: tuple[CategoryCount, ...] = ()
    other: int = 0


class ScoreProfile(msgspec.Struct, frozen=True, kw_only=True):
    """Scores on the held-out sample.

    Attributes:
        edges: 1 + k bin edges, ascending (1,000 equal bins of 0..1 for probabilities).
        counts: k counts.
        quantiles: 101 values at 0, 1, …, 100 percent.
    """

    edges: tuple[float, ...]
    counts: tuple[int, ...]
    quantiles: tuple[float, ...]


class Calibration(msgspec.Struct, frozen=True, kw_only=True):
    """Isotonic calibration of a binary score, fitted on the held-out sample.

    Attributes:
        scores: Knots, ascending.
        rates: P(positive) at each knot, non-decreasing; linear in between.
    """

    scores: tuple[float, ...]
    rates: tuple[float, ...]


class Evaluation(msgspec.Struct, frozen=True, kw_only=True):
    """The model on the held-out sample.

    Attributes:
        rows: Held-out rows that were answered and have a truth.
        skipped: Rows without truth or without answer.
        metrics: Name to value, such as `accuracy`, `roc_auc`, `mean_absolute_error`.
        baseline: The same metrics of the baseline.
        baseline_name: `majority class` or `mean`; both taken from the held-out truths' training
            sample where that has the target, else from the held-out sample.
    """

    rows: int
    skipped: int
    metrics: dict[str, float]
    baseline: dict[str, float]
    baseline_name: str


class Profile(msgspec.Struct, frozen=True, kw_only=True):
    """The reference profile; all but `columns` is absent without a held-out sample."""

    rows: int
    columns: tuple[ColumnProfile, ...]
    evaluation: Evaluation | None = None
    scores: ScoreProfile | None = None
    calibration: Calibration | None = None
