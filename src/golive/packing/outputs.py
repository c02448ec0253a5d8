"""The output of a signature: its kind, classes and where labels come from."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from golive.errors import SignatureError
from golive.packing.data import plain_value
from golive.packing.direct import DirectOutputs, input_of, predict_direct, without_nulls
from golive.runtimes.introspection import describe_output
from golive.runtimes.walking import steps_of
from golive.signature.model import InputForm, JsonValue, Output, OutputKind

__all__ = ["OutputWishes", "infer_output"]

_Classes = tuple[JsonValue, ...]
_SAMPLE = 2_000
_OWN_DECISIONS = frozenset(
    {"SVC", "NuSVC", "SGDClassifier", "FixedThresholdClassifier", "TunedThresholdClassifierCV"}
)


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
        positive=_positive(classes, wishes.positive),
        has_probabilities=outputs.probabilities is not None,
        label_source="argmax" if argmax else "predict",
        name=name,
    ), _target_notes(classes, wishes.target)


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
    if outputs.probabilities is not None and outputs.probabilities.ndim == 2:
        return "binary" if outputs.probabilities.shape[1] == 2 else "multiclass"
    predicted = outputs.predicted or []
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
) -> _Classes:
    predicted = outputs.predicted or []
    if outputs.are_class_numbers:
        return _classes_of_numbers(describe_output(estimator).classes, wishes)
    known = [*_target_values(wishes.target), *describe_output(estimator).classes]
    if wishes.classes:
        return _as_known(wishes.classes, [*known, *predicted])
    stated = describe_output(estimator).classes
    if stated and set(predicted) <= set(stated) and _same_kind(predicted, stated):
        return stated
    return _sorted({*predicted, *_same_kind_as(predicted, _target_values(wishes.target))})


def _classes_of_numbers(numbers: _Classes, wishes: OutputWishes) -> _Classes:
    truths = _sorted(_target_values(wishes.target))
    if wishes.classes:
        classes = _as_known(wishes.classes, truths)
        _check_width(classes, len(numbers))
        return classes
    return truths if len(truths) == len(numbers) else numbers


def _classes_with_probabilities(
    estimator: object, outputs: DirectOutputs, wishes: OutputWishes
) -> tuple[_Classes, bool]:
    """The labels in the order of the columns, and whether a label is the largest one's."""
    assert outputs.probabilities is not None
    width = outputs.probabilities.shape[1]
    best = outputs.probabilities.argmax(axis=1).tolist()
    predicted = outputs.predicted
    truths = _target_values(wishes.target)
    stated = describe_output(estimator).classes
    if wishes.classes:
        classes = _as_known(wishes.classes, [*(predicted or ()), *(stated or ()), *truths])
        _check_width(classes, width)
    elif predicted is None:
        classes = _sorted(truths) if len(truths) == width else tuple(range(width))
    else:
        classes = _derived(predicted, best, stated, _sorted({*truths, *predicted}), width)
    if predicted is None:
        return classes, True
    if unknown := set(predicted) - set(classes):
        raise SignatureError(
            f"The model predicts {sorted(map(repr, unknown))[:3]}, which is none of the classes "
            f"{list(classes)[:10]}.",
            hint="Give --classes with the labels in the order of the probabilities' columns.",
        )
    agrees = all(classes[j] == label for j, label in zip(best, predicted, strict=True))
    return classes, agrees and not _decides_itself(estimator)


def _decides_itself(estimator: object) -> bool:
    """Whether `predict` is known to differ from the largest probability now and then."""
    if type(estimator).__name__ in _OWN_DECISIONS:
        return True
    if steps := steps_of(estimator):
        return _decides_itself(steps[-1])
    inner = getattr(estimator, "best_estimator_", None)
    return inner is not None and _decides_itself(inner)


def _derived(
    predicted: list[JsonValue], best: list[int], stated: _Classes, sorted_: _Classes, width: int
) -> _Classes:
    """The class of each column: as the model states it, unless `predict` decodes other labels."""
    seen: dict[int, set[JsonValue]] = {}
    for column, label in zip(best, predicted, strict=True):
        seen.setdefault(column, set()).add(label)
    decoded = {column: next(iter(labels)) for column, labels in seen.items() if len(labels) == 1}
    is_map = len(decoded) == len(seen) and len(set(decoded.values())) == len(decoded)
    if len(stated) == width and _explains(stated, decoded, predicted, is_map=is_map):
        return stated
    if is_map and len(decoded) == width:
        return tuple(decoded[column] for column in range(width))
    fits = all(column < len(sorted_) and sorted_[column] == v for column, v in decoded.items())
    if len(sorted_) == width and (fits or not is_map):
        return sorted_
    raise SignatureError(
        f"The labels of the model's {width} probabilities are not known: its sample shows "
        f"{len(decoded)} of them.",
        hint="Give --classes with the labels in the order of the probabilities' columns, or a "
        "--target column that holds every label.",
    )


def _explains(
    stated: _Classes, decoded: dict[int, JsonValue], predicted: list[JsonValue], *, is_map: bool
) -> bool:
    """Whether the stated classes are what `predict` gives (but for a threshold of its own)."""
    if not set(predicted) <= set(stated) or not _same_kind(predicted, stated):
        return False
    agrees = all(stated[column] == label for column, label in decoded.items())
    return agrees or not is_map or len(decoded) < 2


def _check_width(classes: _Classes, width: int) -> None:
    if len(classes) != width or len(set(map(str, classes))) != width:
        raise SignatureError(
            f"{len(classes)} classes were given and the model has {width} probabilities.",
            hint="Give each label once, in the order of the probabilities' columns.",
        )


def _as_known(given: Sequence[JsonValue], known: Sequence[JsonValue]) -> _Classes:
    """Labels from a command line are texts: give them the type of the labels that are known."""
    by_text = {str(value): value for value in known}
    return tuple(value if value in known else by_text.get(str(value), value) for value in given)


def _positive(classes: _Classes, wished: JsonValue) -> JsonValue:
    if len(classes) != 2:
        if wished is not None:
            raise SignatureError(
                f"A positive class was given, but the model has {len(classes)} classes.",
                hint="Leave it out: only binary models have one.",
            )
        return None
    if wished is None:
        return classes[1]
    found = _as_known([wished], classes)[0]
    if found not in classes:
        raise SignatureError(
            f"The positive class {wished!r} is none of the model's classes.",
            hint=f"Its classes are {classes[0]!r} and {classes[1]!r}.",
        )
    return found


def _target_values(target: pd.Series | None) -> list[JsonValue]:
    if target is None:
        return []
    values = map(plain_value, target.drop_duplicates().tolist())
    return [value for value in values if value is not None]


def _target_notes(classes: _Classes, target: pd.Series | None) -> list[str]:
    unknown = [value for value in _target_values(target) if value not in classes]
    if not unknown or target is None:
        return []
    note = (
        f"The target column {target.name!r} holds {', '.join(map(repr, unknown[:3]))}, which "
        f"the model cannot predict; its classes are {', '.join(map(repr, classes[:5]))}."
    )
    return [note]


def _sorted(values: Sequence[JsonValue] | set[JsonValue]) -> _Classes:
    try:
        return tuple(sorted(set(values)))
    except TypeError:
        return tuple(sorted(set(values), key=lambda value: (type(value).__name__, str(value))))


def _same_kind(some: Sequence[JsonValue], others: Sequence[JsonValue]) -> bool:
    return {type(value) for value in some} <= {type(value) for value in others}


def _same_kind_as(some: Sequence[JsonValue], others: Sequence[JsonValue]) -> list[JsonValue]:
    kinds = Counter(type(value) for value in some)
    return [value for value in others if type(value) in kinds]
