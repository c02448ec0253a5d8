"""The output of a signature: its kind, classes and where labels come from."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from golive.errors import SignatureError
from golive.packing.classes import (
    Classes,
    are_of_kind,
    as_known,
    check_width,
    classes_of_columns,
    positive_of,
    same_kind_as,
    sorted_labels,
    target_notes,
    target_values,
)
from golive.packing.direct import DirectOutputs, input_of, predict_direct, without_nulls
from golive.runtimes.introspection import describe_output
from golive.runtimes.walking import steps_of
from golive.signature.model import InputForm, JsonValue, Output, OutputKind

__all__ = ["OutputWishes", "infer_output"]

_SAMPLE = 2_000
_OWN_DECISIONS = frozenset(
    {"SVC", "NuSVC", "SGDClassifier", "OneVsRestClassifier", "NearestCentroid",
     "FixedThresholdClassifier", "TunedThresholdClassifierCV"}
)  # fmt: skip
"""Whose labels are not those of the largest probability, if only far from the sample: of classes
against the rest, two have the same share there."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OutputWishes:
    """What the packer said of the output.

    Attributes:
        classes: The labels in the order of the model's probabilities, or None.
        positive: The class whose probability is the score, or None.
        target: The truths of the sample, or None.
    """

    classes: Sequence[JsonValue] | None = None
    positive: JsonValue = None
    target: pd.Series | None = None


def infer_output(
    estimator: object, frame: pd.DataFrame, form: InputForm, wishes: OutputWishes
) -> tuple[Output, list[str]]:
    """Infer the output from what the model says and what it gives for the sample.

    Args:
        estimator: The fitted estimator or native booster.
        frame: Its input columns, corrected.
        form: How it takes them.
        wishes: What the packer said.

    Raises:
        SignatureError: The classes are not known, or a wish does not fit the model.
    """
    outputs = _outputs_for(estimator, frame, form)
    kind = _kind_of(estimator, outputs, wishes)
    name = "" if wishes.target is None else str(wishes.target.name)
    if kind in {"regression", "custom"}:
        _refuse_wishes(kind, wishes)
        return Output(kind=kind, has_probabilities=False, name=name), []
    if outputs.probabilities is None:
        classes = _classes_without_probabilities(estimator, outputs, wishes)
        argmax = True
    else:
        classes, argmax = _classes_with_probabilities(estimator, outputs, wishes)
    return Output(
        kind="binary" if len(classes) == 2 else "multiclass",
        classes=classes,
        positive=positive_of(classes, wishes.positive),
        has_probabilities=outputs.probabilities is not None,
        label_source="argmax" if argmax else "predict",
        name=name,
    ), target_notes(classes, wishes.target)


def _outputs_for(estimator: object, frame: pd.DataFrame, form: InputForm) -> DirectOutputs:
    """What it gives for the sample; without its nulls if it rejects those."""
    try:
        return predict_direct(estimator, input_of(_sample(frame), form))
    except Exception:
        rest = without_nulls(frame)
        if len(rest) in (0, len(frame)):
            raise
        return predict_direct(estimator, input_of(_sample(rest), form))


def _sample(frame: pd.DataFrame) -> pd.DataFrame:
    if len(frame) <= _SAMPLE:
        return frame
    return frame.iloc[np.linspace(0, len(frame) - 1, _SAMPLE).astype(int)]


def _kind_of(estimator: object, outputs: DirectOutputs, wishes: OutputWishes) -> OutputKind:
    facts = describe_output(estimator)
    predicted = outputs.predicted or []
    if any(isinstance(value, list) and len(value) > 1 for value in predicted):
        return "custom"  # several labels a record, whose probabilities may be a matrix too
    if outputs.probabilities is not None and outputs.probabilities.ndim == 2:
        return "binary" if outputs.probabilities.shape[1] == 2 else "multiclass"
    if any(isinstance(value, list | dict) for value in predicted):
        return "custom"
    if facts.kind != "custom":
        return facts.kind
    if wishes.classes or any(isinstance(value, str | bool) for value in predicted):
        return "multiclass"
    return "regression" if all(isinstance(value, float) for value in predicted) else "custom"


def _refuse_wishes(kind: OutputKind, wishes: OutputWishes) -> None:
    if wishes.classes or wishes.positive is not None:
        raise SignatureError(
            f"The model's output is of the kind {kind}, which has no classes.",
            hint="Leave out the classes and the positive class.",
        )


def _classes_without_probabilities(
    estimator: object, outputs: DirectOutputs, wishes: OutputWishes
) -> Classes:
    predicted = outputs.predicted or []
    if outputs.are_class_numbers:
        return _classes_of_numbers(describe_output(estimator).classes, wishes)
    known = [*target_values(wishes.target), *describe_output(estimator).classes]
    if wishes.classes:
        return as_known(wishes.classes, [*known, *predicted])
    stated = describe_output(estimator).classes
    if stated and set(predicted) <= set(stated) and are_of_kind(predicted, stated):
        return stated
    return sorted_labels({*predicted, *same_kind_as(predicted, target_values(wishes.target))})


def _classes_of_numbers(numbers: Classes, wishes: OutputWishes) -> Classes:
    truths = sorted_labels(target_values(wishes.target))
    if wishes.classes:
        classes = as_known(wishes.classes, truths)
        check_width(classes, len(numbers))
        return classes
    return truths if len(truths) == len(numbers) else numbers


def _classes_with_probabilities(
    estimator: object, outputs: DirectOutputs, wishes: OutputWishes
) -> tuple[Classes, bool]:
    """The labels in the order of the columns, and whether a label is the largest one's."""
    assert outputs.probabilities is not None
    width = outputs.probabilities.shape[1]
    best = outputs.probabilities.argmax(axis=1).tolist()
    predicted = outputs.predicted
    classes = classes_of_columns(
        best,
        width,
        predicted=predicted,
        stated=describe_output(estimator).classes,
        wished=wishes.classes,
        truths=target_values(wishes.target),
    )
    if predicted is None:
        return classes, True
    if unknown := set(predicted) - set(classes):
        raise SignatureError(
            f"The model predicts {sorted(map(repr, unknown))[:3]}, which is none of the classes "
            f"{list(classes)[:10]}.",
            hint="Give --class with the labels in the order of the probabilities' columns.",
        )
    agrees = all(classes[j] == label for j, label in zip(best, predicted, strict=True))
    return classes, agrees and not _decides_itself(estimator)


def _decides_itself(estimator: object) -> bool:
    """Whether `predict` is known to differ from the largest probability now and then."""
    if type(estimator).__name__ in _OWN_DECISIONS:
        return True
    if steps := steps_of(estimator):
        return _decides_itself(steps[-1])
    inner = (getattr(estimator, name, None) for name in ("best_estimator_", "final_estimator_"))
    return any(one is not None and _decides_itself(one) for one in inner)
