"""Outcomes: what a model's answers on labelled rows were worth, row by row. Pure."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from golive.engine.labelling import class_key
from golive.signature.model import JsonValue, Output

__all__ = ["Floats", "Outcomes", "outcomes_of"]

Floats = np.ndarray[Any, np.dtype[np.float64]]
Booleans = np.ndarray[Any, np.dtype[np.bool_]]

_FLOOR = float(np.finfo(np.float64).eps)


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcomes:
    """What the answers of one model on n labelled rows were worth.

    Attributes:
        has_truth: n; whether the truth is known.
        is_answered: n; whether the model answered, a regression with a finite number.
        facts: Name to n numbers, NaN where there is no truth or no answer. Classifiers: `right`
            (1 or 0), and with probabilities `loss` (-log P(truth), P no smaller than 2.2e-16);
            binary: `true` and `said` (1 for the positive class), with probabilities `score`
            (P(positive)). Regressions: `error` (answer - truth).
        positive: Binary: the class that `true`, `said` and `score` are about.
    """

    has_truth: Booleans
    is_answered: Booleans
    facts: Mapping[str, Floats]
    positive: JsonValue = None


def outcomes_of(
    truths: Sequence[JsonValue], answers: Sequence[JsonValue], output: Output
) -> Outcomes:
    """What answers were worth.

    Where a truth is no class of the model its answer is wrong, and there is no `loss` at all, as in
    an evaluation.

    Args:
        truths: n truths in the JSON type of the classes; None where there is none.
        answers: n entries of `predictions`.
        output: What the model gives; not `custom`.
    """
    has_truth = np.asarray([_is_known(truth, output) for truth in truths], dtype=bool)
    is_answered = np.asarray([_is_answered(answer, output) for answer in answers], dtype=bool)
    pairs = [
        (truth, answer) if known and answered and isinstance(answer, dict) else None
        for truth, answer, known, answered in zip(
            truths, answers, has_truth, is_answered, strict=True
        )
    ]
    if output.kind == "regression":
        facts = {"error": _column([p and _number(p[1]["score"]) - _number(p[0]) for p in pairs])}
    else:
        facts = _classified(pairs, output)
    return Outcomes(
        has_truth=has_truth,
        is_answered=is_answered,
        facts=facts,
        positive=output.positive if output.kind == "binary" else None,
    )


_Pair = tuple[JsonValue, dict[str, JsonValue]] | None


def _classified(pairs: Sequence[_Pair], output: Output) -> dict[str, Floats]:
    facts = {"right": _column([p and float(p[1]["label"] == p[0]) for p in pairs])}
    if output.kind == "binary":
        facts["true"] = _column([p and float(p[0] == output.positive) for p in pairs])
        facts["said"] = _column([p and float(p[1]["label"] == output.positive) for p in pairs])
    if not output.has_probabilities:
        return facts
    if output.kind == "binary":
        facts["score"] = _column([p and _number(p[1]["score"]) for p in pairs])
    if all(p is None or p[0] in output.classes for p in pairs):
        facts["loss"] = _column([p and _loss(p[0], p[1]["probabilities"]) for p in pairs])
    return facts


def _loss(truth: JsonValue, probabilities: JsonValue) -> float:
    given = probabilities if isinstance(probabilities, dict) else {}
    return -math.log(min(max(_number(given[class_key(truth)]), _FLOOR), 1.0))


def _is_known(truth: JsonValue, output: Output) -> bool:
    if output.kind == "regression":
        return isinstance(truth, int | float) and math.isfinite(truth)
    return truth is not None


def _is_answered(answer: JsonValue, output: Output) -> bool:
    return isinstance(answer, dict) and ("score" if output.kind == "regression" else "label") in (
        answer
    )


def _number(value: JsonValue) -> float:
    return float(value) if isinstance(value, int | float) else math.nan


def _column(values: Sequence[float | None]) -> Floats:
    return np.asarray([math.nan if v is None else v for v in values], dtype=np.float64)
