"""Champion and challenger on the same labelled rows, with intervals of the difference. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Literal

import numpy as np

from golive.errors import UsageError
from golive.release.metrics import METRICS, Metric
from golive.release.outcomes import Floats, Outcomes

__all__ = ["DRAWS", "Comparison", "MetricDifference", "Standing", "compare"]

Standing = Literal["better", "undecided", "worse"]

DRAWS = 2000
"""How many samples are drawn from the rows."""
_SEED = 0
_CELLS = 2_000_000  # counts that are held at once
_ROUNDING = 1e-9


@dataclass(frozen=True, slots=True, kw_only=True)
class MetricDifference:
    """One metric of both, and how sure their difference is.

    Attributes:
        champion: The champion's value.
        challenger: The challenger's.
        difference: Challenger less champion.
        low: Lower end of the 95% interval of the difference.
        high: Its upper end.
        less_is_better: Whether the metric is an error.
    """

    champion: float
    challenger: float
    difference: float
    low: float
    high: float
    less_is_better: bool

    def standing(self, tolerance: float = 0.0) -> Standing:
        """What the interval says.

        `worse` if all of it is on the bad side, farther than `tolerance` from 0; `better` if all
        of it is on the good side; else `undecided`. Differences that rounding explains are none.
        """
        none = _ROUNDING * max(abs(self.champion), abs(self.challenger))
        worst, best = (-self.high, -self.low) if self.less_is_better else (self.low, self.high)
        if best < -max(tolerance, none):
            return "worse"
        return "better" if worst > none else "undecided"

    @property
    def is_nothing(self) -> bool:
        """Whether no sample of the rows told the two apart, but for rounding."""
        none = _ROUNDING * max(abs(self.champion), abs(self.challenger))
        return max(abs(self.low), abs(self.high)) <= none


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """What the same labelled rows say of both.

    Attributes:
        rows: With a truth, answered by both: those that the metrics are of.
        skipped: Without a truth, or answered by neither.
        only_champion: With a truth, answered by the champion alone.
        only_challenger: By the challenger alone.
        metric: Name of the one that decides.
        tolerance: How much worse it may be, in its own unit.
        differences: Name of each metric that both give, to its values.
    """

    rows: int
    skipped: int
    only_champion: int
    only_challenger: int
    metric: str
    tolerance: float
    differences: Mapping[str, MetricDifference]

    @property
    def decisive(self) -> MetricDifference:
        """The difference that decides."""
        return self.differences[self.metric]

    @property
    def standing(self) -> Standing:
        """What the deciding metric says."""
        return self.decisive.standing(self.tolerance)


def compare(
    champion: Outcomes, challenger: Outcomes, *, metric: str | None = None, tolerance: float = 0.0
) -> Comparison | None:
    """Compare two models on the same rows.

    The interval of a difference is the 2.5% and 97.5% quantiles of it over 2,000 samples of as
    many rows, drawn with replacement, with the same rows for both models: the paired bootstrap
    with percentiles (Efron and Tibshirani, "An Introduction to the Bootstrap", 1993, chapter 13;
    Koehn, "Statistical significance tests for machine translation evaluation", 2004). Rows count
    as independent, and below some 30 of them intervals are too narrow. The samples are the same
    whenever the number of rows is.

    Args:
        champion: What its answers on n rows were worth.
        challenger: Likewise, on the same n rows.
        metric: Name of the one that decides; if None, the first of `METRICS` that both give and
            that tells them apart.
        tolerance: How much worse the challenger may be in it, at least 0.

    Returns:
        The comparison, or None where no row gives a metric of both.

    Raises:
        UsageError: These rows do not give that metric.
    """
    has_truth = champion.has_truth & challenger.has_truth
    first, second = champion.is_answered & has_truth, challenger.is_answered & has_truth
    both = first & second
    differences = dict(_differences(champion, challenger, both))
    if metric is not None and metric not in differences:
        raise UsageError(
            f"These rows and answers do not give the metric {metric}; they give: "
            f"{', '.join(differences) or 'none'}.",
            hint=f"--metric {next(iter(differences))}" if differences else None,
        )
    if not differences:
        return None
    return Comparison(
        rows=int(both.sum()),
        skipped=int((~(first | second)).sum()),
        only_champion=int((first & ~second).sum()),
        only_challenger=int((second & ~first).sum()),
        metric=metric or _telling(differences),
        tolerance=tolerance,
        differences=differences,
    )


def _telling(differences: Mapping[str, MetricDifference]) -> str:
    """The first metric that tells the two apart, or the first of all.

    Models that differ by their threshold have the same probabilities, and other labels.
    """
    telling = (name for name, found in differences.items() if not found.is_nothing)
    return next(telling, next(iter(differences)))


def _differences(
    champion: Outcomes, challenger: Outcomes, both: np.ndarray
) -> Iterator[tuple[str, MetricDifference]]:
    if not both.any():
        return
    sides = [{name: fact[both] for name, fact in s.facts.items()} for s in (champion, challenger)]
    if champion.positive != challenger.positive:
        sides = [{n: f for n, f in side.items() if n in ("right", "loss")} for side in sides]
    chosen = {
        name: metric
        for name, metric in METRICS.items()
        if all(fact in side for fact in metric.needs for side in sides)
    }
    whole = np.ones((1, int(both.sum())))
    drawn = _drawn(chosen, sides[0], sides[1], whole.shape[1])
    for name, metric in chosen.items():
        values = [float(metric.of(side, whole)[0]) for side in sides]
        given = drawn[name][np.isfinite(drawn[name])]
        if not np.isfinite(values).all() or given.size < DRAWS / 2:
            continue
        low, high = np.quantile(given, [0.025, 0.975])
        yield (
            name,
            MetricDifference(
                champion=values[0],
                challenger=values[1],
                difference=values[1] - values[0],
                low=float(low),
                high=float(high),
                less_is_better=metric.less_is_better,
            ),
        )


def _drawn(
    metrics: Mapping[str, Metric],
    champion: Mapping[str, Floats],
    challenger: Mapping[str, Floats],
    rows: int,
) -> dict[str, Floats]:
    """The difference of each metric in each of the samples."""
    random = np.random.default_rng(_SEED)
    at_once = max(1, min(DRAWS, _CELLS // rows))
    parts: dict[str, list[Floats]] = {name: [] for name in metrics}
    for start in range(0, DRAWS, at_once):
        counts = _counts(random, min(at_once, DRAWS - start), rows)
        for name, metric in metrics.items():
            parts[name].append(metric.of(challenger, counts) - metric.of(champion, counts))
    return {name: np.concatenate(found) for name, found in parts.items()}


def _counts(random: np.random.Generator, samples: int, rows: int) -> Floats:
    """How often each row was drawn, a line a sample."""
    drawn = random.integers(0, rows, size=(samples, rows))
    drawn += np.arange(samples)[:, None] * rows
    counts = np.bincount(drawn.ravel(), minlength=samples * rows).reshape(samples, rows)
    return counts.astype(np.float64)
