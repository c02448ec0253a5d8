"""The held-out sample: metrics, score profile and calibration, and nothing without one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from golive.bundle.profile import Calibration, Evaluation, ScoreProfile
from golive.engine.answers import Answer, Fault
from golive.engine.labelling import class_key
from golive.signature.model import JsonValue, Output
from golive.stats.evaluation import evaluate_classification, evaluate_regression
from golive.stats.scores import calibrate, score_profile

__all__ = ["HeldOut", "evaluate"]


@dataclass(frozen=True, slots=True, kw_only=True)
class HeldOut:
    """What a held-out sample says of a model."""

    evaluation: Evaluation | None = None
    scores: ScoreProfile | None = None
    calibration: Calibration | None = None


def evaluate(
    output: Output,
    entries: Sequence[Answer | Fault],
    truths: Sequence[JsonValue],
    *,
    training_truths: Sequence[JsonValue] | None,
) -> HeldOut:
    """Compare the model's answers on the held-out sample with the truth.

    Args:
        output: What the model gives.
        entries: n answers, faults for rows it could not answer.
        truths: n truths in the type of the classes; None where there is none.
        training_truths: What the baseline learns from; the held-out truths if None.
    """
    match output.kind:
        case "custom":
            return HeldOut()
        case "regression":
            scores = [_score(entry) for entry in entries]
            return HeldOut(
                evaluation=evaluate_regression(truths, scores, training_truths=training_truths),
                scores=score_profile(scores, is_probability=False),
            )
        case _:
            return _classifier(output, entries, truths, training_truths)


def _classifier(
    output: Output,
    entries: Sequence[Answer | Fault],
    truths: Sequence[JsonValue],
    training_truths: Sequence[JsonValue] | None,
) -> HeldOut:
    evaluation = evaluate_classification(
        truths,
        [entry.label if isinstance(entry, Answer) else None for entry in entries],
        [_probabilities(entry, output) for entry in entries] if output.has_probabilities else None,
        classes=output.classes,
        positive=output.positive if output.kind == "binary" else None,
        training_truths=training_truths,
    )
    if not output.has_probabilities:
        return HeldOut(evaluation=evaluation)
    scores = [_score(entry) for entry in entries]
    calibration = None
    if output.kind == "binary":
        known = [None if truth is None else truth == output.positive for truth in truths]
        calibration = calibrate(known, scores)
    return HeldOut(evaluation=evaluation, scores=score_profile(scores), calibration=calibration)


def _score(entry: Answer | Fault) -> float | None:
    return entry.score if isinstance(entry, Answer) else None


def _probabilities(entry: Answer | Fault, output: Output) -> list[float] | None:
    if isinstance(entry, Fault) or entry.probabilities is None:
        return None
    return [entry.probabilities[class_key(label)] for label in output.classes]
