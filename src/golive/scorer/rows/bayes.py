"""Naive Bayes: log-likelihoods of the classes and what is made of them."""

from __future__ import annotations

from collections.abc import Callable
from math import exp, log
from typing import Any

from golive.scorer.node import Node
from golive.scorer.rows.building import Transform
from golive.scorer.rows.checking import refuse_non_finite
from golive.scorer.rows.estimator import Estimator
from golive.scorer.rows.linear import weighted_sums

__all__ = ["OPS"]


def _weighted(node: Node) -> Estimator:
    """Log-likelihoods that are weighted sums, see `golive.scorer.rows.linear.weighted_sums`."""
    return _classifier(weighted_sums(node))


def _classifier(likelihoods: Callable[[Any], list[float]]) -> Estimator:
    def labelled(row: Any) -> tuple[list[float], int]:
        found = likelihoods(row)
        return _shares(found), found.index(max(found))

    return Estimator(
        probabilities=lambda row: _shares(likelihoods(row)),
        label=lambda row: labelled(row)[1],
        labelled=labelled,
    )


def _shares(likelihoods: list[float]) -> list[float]:
    largest = max(likelihoods)
    total = largest + log(sum([exp(likelihood - largest) for likelihood in likelihoods]))
    return [exp(likelihood - total) for likelihood in likelihoods]


def _above(node: Node) -> Transform:
    """1 for each value above `threshold`, else 0; sparse rows keep what is 1."""
    threshold: float = node.args["threshold"]
    if node.gives == "dense":
        return lambda row: [1.0 if value > threshold else 0.0 for value in row]

    def keep(row: tuple[list[int], list[float]]) -> tuple[list[int], list[float]]:
        positions = [at for at, value in zip(*row, strict=True) if value > threshold]
        return positions, [1.0] * len(positions)

    return keep


def _gaussian(node: Node) -> Estimator:
    """A normal distribution for each class and column.

    The arrays are `means` and `variances` (classes times columns), `offsets` (each class's constant
    part) and `priors` (logarithms).
    """
    width = len(node.view("means")) // node.width
    parts = list(
        zip(
            _rows(node.list("means"), width),
            _rows(node.list("variances"), width),
            node.list("offsets"),
            node.list("priors"),
            strict=True,
        )
    )

    def likelihoods(row: list[float]) -> list[float]:
        refuse_non_finite(row)
        return [
            prior + (offset - 0.5 * _distance(row, means, variances))
            for means, variances, offset, prior in parts
        ]

    return _classifier(likelihoods)


def _distance(row: list[float], means: list[float], variances: list[float]) -> float:
    away = [value - mean for value, mean in zip(row, means, strict=True)]
    return sum([part * part / variance for part, variance in zip(away, variances, strict=True)])


def _categorical(node: Node) -> Estimator:
    """A table of each column: its category's log-likelihood in each class.

    The arrays are `tables` (column after column, categories times classes), `counts` (the
    categories of each column) and `priors`. A value is cut to an integer; one that is negative or
    has no category is refused.
    """
    priors: list[float] = node.list("priors")
    rows = _rows(node.list("tables"), len(priors))
    tables: list[list[list[float]]] = []
    for count in node.list("counts"):
        tables.append(rows[:count])
        rows = rows[count:]

    def likelihoods(row: list[float]) -> list[float]:
        refuse_non_finite(row)
        columns = zip(*map(_category, tables, map(int, row)), strict=True)
        return [sum(column) + prior for column, prior in zip(columns, priors, strict=True)]

    return _classifier(likelihoods)


def _category(table: list[list[float]], at: int) -> list[float]:
    if not 0 <= at < len(table):
        raise ValueError("the input holds a category that is negative or was not seen")
    return table[at]


def _rows(values: list[float], width: int) -> list[list[float]]:
    return [values[at : at + width] for at in range(0, len(values), width)]


OPS: dict[str, Callable[[Node], Transform | Estimator]] = {
    "above": _above,
    "categorical": _categorical,
    "gaussian": _gaussian,
    "weighted": _weighted,
}
