"""Metrics that champion and challenger are compared by, over rows that count as often as told."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np

from golive.release.outcomes import Floats

__all__ = ["METRICS", "Metric"]

_Facts = Mapping[str, Floats]


@dataclass(frozen=True, slots=True, kw_only=True)
class Metric:
    """One metric.

    Attributes:
        needs: The facts of outcomes that it is made of.
        less_is_better: Whether it is an error.
        of: The metric of n facts for each of d ways to count the rows (d by n, how often each
            counts); d values, NaN where such rows do not give it.
    """

    needs: tuple[str, ...]
    less_is_better: bool
    of: Callable[[_Facts, Floats], Floats]


def _mean_of(fact: str) -> Callable[[_Facts, Floats], Floats]:
    def mean(facts: _Facts, counts: Floats) -> Floats:
        return _ratio(counts @ facts[fact], counts.sum(axis=1))

    return mean


def _f1(facts: _Facts, counts: Floats) -> Floats:
    """2 TP / (positives said + positives); 0 where there are none (van Rijsbergen, 1979)."""
    hits = counts @ (facts["true"] * facts["said"])
    both = counts @ (facts["true"] + facts["said"])
    return np.divide(2 * hits, both, out=np.zeros_like(hits), where=both > 0)


def _roc_auc(facts: _Facts, counts: Floats) -> Floats:
    """Share of pairs of a positive and another row in order (Hanley and McNeil, 1982).

    Ties count half.
    """
    order = np.argsort(facts["score"], kind="stable")
    scores, true = facts["score"][order], facts["true"][order]
    starts = np.flatnonzero(np.concatenate(([True], np.diff(scores) > 0)))
    ordered = counts[:, order]
    positives = np.add.reduceat(ordered * true, starts, axis=1)
    others = np.add.reduceat(ordered * (1 - true), starts, axis=1)
    below = np.cumsum(others, axis=1) - others
    pairs = (positives * (below + 0.5 * others)).sum(axis=1)
    return _ratio(pairs, positives.sum(axis=1) * others.sum(axis=1))


def _absolute(facts: _Facts, counts: Floats) -> Floats:
    return _ratio(counts @ np.abs(facts["error"]), counts.sum(axis=1))


def _root_squared(facts: _Facts, counts: Floats) -> Floats:
    return np.sqrt(_ratio(counts @ np.square(facts["error"]), counts.sum(axis=1)))


def _ratio(part: Floats, whole: Floats) -> Floats:
    return np.divide(part, whole, out=np.full_like(part, np.nan), where=whole > 0)


METRICS: Mapping[str, Metric] = {
    "log_loss": Metric(needs=("loss",), less_is_better=True, of=_mean_of("loss")),
    "accuracy": Metric(needs=("right",), less_is_better=False, of=_mean_of("right")),
    "f1": Metric(needs=("true", "said"), less_is_better=False, of=_f1),
    "roc_auc": Metric(needs=("true", "score"), less_is_better=False, of=_roc_auc),
    "mean_absolute_error": Metric(needs=("error",), less_is_better=True, of=_absolute),
    "root_mean_squared_error": Metric(needs=("error",), less_is_better=True, of=_root_squared),
}
"""Name to metric; of those that answers give, the first decides unless another one is named."""
