"""Forests of batches: all rows go down some trees together."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from golive.scorer.format import ProgramError
from golive.scorer.node import Node
from golive.scorer.rows.estimator import Estimator
from golive.scorer.rows.forests import NEARLY_ZERO, forest_of

__all__ = ["answering", "batch_totals"]

_MOST_AT_ONCE = 32 * 1024
"""The most pairs of a row and a tree: their arrays should stay in the processor's cache."""


class _Arrays:
    """The arrays of a forest as NumPy has them, over the same memory."""

    def __init__(self, node: Node) -> None:
        self.features = np.asarray(node.view("features"))
        self.thresholds = np.asarray(node.view("thresholds"))
        self.lefts = np.asarray(node.view("lefts"))
        self.rights = np.asarray(node.view("rights"))
        self.kinds = np.asarray(node.view("kinds")) if node.has("kinds") else None
        self._depth = forest_of(node).depth
        self.sets = [np.array(sorted(members)) for members in forest_of(node).sets]

    def leaves(self, batch: Any, roots: Any) -> Any:
        """The leaf that each row comes to in each of some trees: an array of trees by rows."""
        at = np.repeat(np.asarray(roots, dtype=np.int64), len(batch))
        rows = np.tile(np.arange(len(batch)), len(roots))
        still = np.flatnonzero(self.features[at] >= 0)
        for _ in range(self._depth):
            if not len(still):
                break
            here = at[still]
            values = batch[rows[still], self.features[here]]
            then = np.where(self._goes_left(here, values), self.lefts[here], self.rights[here])
            at[still] = then
            still = still[self.features[then] >= 0]
        if len(still):
            raise ProgramError(f"The program has trees that are deeper than {self._depth}.")
        return at.reshape(len(roots), len(batch))

    def _goes_left(self, at: Any, values: Any) -> Any:
        thresholds = self.thresholds[at]
        found = values <= thresholds
        if self.kinds is None:
            return found
        kinds = self.kinds[at]
        found |= (kinds == 1) & np.isnan(values)
        if self.sets:
            self._ask_sets(found, kinds, values, thresholds)
        vague = (kinds // 2 == 2) & ~((values < -NEARLY_ZERO) | (values > NEARLY_ZERO))
        return np.where(vague, kinds == 5, found)

    def _ask_sets(self, found: Any, kinds: Any, values: Any, thresholds: Any) -> None:
        asked = np.flatnonzero((kinds == 2) | (kinds == 3) | (kinds == 6))
        for number in np.unique(thresholds[asked]):
            these = asked[thresholds[asked] == number]
            known = np.isin(values[these], self.sets[int(number)])
            found[these] = known == (kinds[these] == 2)
        found &= ~((kinds == 6) & np.isnan(values))


def batch_totals(node: Node) -> Callable[[Any], list[Any]]:
    """The sums of each row's leaves, as single records have them."""
    arrays, forest = _Arrays(node), forest_of(node)
    start = np.array(forest.start, dtype=np.float32 if forest.is_float32 else np.float64)
    vectors = None
    if node.has("vectors"):
        vectors = np.asarray(node.view("vectors")).reshape(-1, len(start))

    def totals(batch: Any) -> list[Any]:
        batch = np.asarray(batch, dtype=np.float64)
        sums = np.tile(start, (len(batch), 1))
        together = max(1, _MOST_AT_ONCE // max(1, len(batch)))
        for first in range(0, len(forest.roots), together):
            trees = slice(first, first + together)
            reached = arrays.thresholds[arrays.leaves(batch, forest.roots[trees])]
            for output, values in zip(forest.outputs[trees], reached, strict=True):
                if vectors is None:
                    sums[:, output] += values.astype(start.dtype, copy=False)
                else:
                    sums += vectors[values.astype(np.int64)]
        found: list[Any] = (sums[:, 0] if len(start) == 1 and vectors is None else sums).tolist()
        return found

    return totals


def answering(answers: dict[str, Callable[[Node], Estimator]]) -> dict[str, Any]:
    """Builders of estimators of batches, from those of estimators of sums."""

    def built(answer: Callable[[Node], Estimator]) -> Callable[[Node], Estimator]:
        return lambda node: _of_many(answer(node)).after(batch_totals(node))

    return {name: built(answer) for name, answer in answers.items()}


def _of_many(one: Estimator) -> Estimator:
    def each(method: Callable[[Any], Any] | None) -> Callable[[Any], Any] | None:
        if method is None:
            return None
        return lambda totals: np.array([method(total) for total in totals])

    return Estimator(
        probabilities=each(one.probabilities),
        label=each(one.label),
        decision=each(one.decision),
        value=each(one.value),
    )
