"""Estimators: what a step that gives answers can do with one row of values."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

__all__ = ["Estimator"]


class Estimator:
    """The methods of a fitted estimator for one row; None where it has no such method.

    Attributes:
        probabilities: As `predict_proba`: P(class) in the order of the classes.
        label: As `predict` of a classifier: the position of the class.
        decision: As `decision_function`: one number a class, or one alone if there are two classes.
        value: As `predict` of a regressor: a float, or a list of them for several outputs.
        labelled: `probabilities` and `label` of the same row, where both together cost less.
    """

    __slots__ = ("decision", "label", "labelled", "probabilities", "value")

    def __init__(
        self,
        *,
        probabilities: Callable[[Any], list[float]] | None = None,
        label: Callable[[Any], int] | None = None,
        decision: Callable[[Any], list[float]] | None = None,
        value: Callable[[Any], Any] | None = None,
        labelled: Callable[[Any], tuple[list[float], int]] | None = None,
    ) -> None:
        self.probabilities = probabilities
        self.label = label
        self.decision = decision
        self.value = value
        self.labelled = labelled or _both(probabilities, label)

    def after(self, prepare: Callable[[Any], Any]) -> Estimator:
        """The estimator of rows that `prepare` turns into this one's."""
        return Estimator(
            probabilities=_after(prepare, self.probabilities),
            label=_after(prepare, self.label),
            decision=_after(prepare, self.decision),
            value=_after(prepare, self.value),
            labelled=_after(prepare, self.labelled),
        )


def _after(
    prepare: Callable[[Any], Any], method: Callable[[Any], Any] | None
) -> Callable[[Any], Any] | None:
    return None if method is None else lambda row: method(prepare(row))


def _both(
    probabilities: Callable[[Any], list[float]] | None, label: Callable[[Any], int] | None
) -> Callable[[Any], tuple[list[float], int]] | None:
    if probabilities is None or label is None:
        return None
    return lambda row: (probabilities(row), label(row))
