"""The classes of a classifier: their order, their type and the positive one."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

import pandas as pd

from golive.errors import SignatureError
from golive.packing.data import plain_value
from golive.signature.model import JsonValue

__all__ = [
    "Classes",
    "are_of_kind",
    "as_known",
    "check_width",
    "classes_of_columns",
    "positive_of",
    "same_kind_as",
    "sorted_labels",
    "target_notes",
    "target_values",
]

Classes = tuple[JsonValue, ...]


def classes_of_columns(
    best: list[int],
    width: int,
    *,
    predicted: list[JsonValue] | None,
    stated: Classes,
    wished: Sequence[JsonValue] | None,
    truths: list[JsonValue],
) -> Classes:
    """The class of each column of the probabilities.

    Args:
        best: For each row of the sample, the column of its largest probability.
        width: The number of columns.
        predicted: The model's own labels for those rows, or None.
        stated: The classes that the model states; empty if it states none.
        wished: The classes that the packer gave, or None.
        truths: The distinct values of the sample's target.

    Raises:
        SignatureError: The classes are not known, or those given do not fit.
    """
    if wished:
        classes = as_known(wished, [*(predicted or ()), *stated, *truths])
        check_width(classes, width)
        return classes
    if predicted is not None:
        return _derived(predicted, best, stated, sorted_labels({*truths, *predicted}), width)
    return sorted_labels(truths) if len(truths) == width else tuple(range(width))


def _derived(
    predicted: list[JsonValue], best: list[int], stated: Classes, sorted_: Classes, width: int
) -> Classes:
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
        hint="Give --class with the labels in the order of the probabilities' columns, or a "
        "--target column that holds every label.",
    )


def _explains(
    stated: Classes, decoded: dict[int, JsonValue], predicted: list[JsonValue], *, is_map: bool
) -> bool:
    """Whether the stated classes are what `predict` gives (but for a threshold of its own)."""
    if not set(predicted) <= set(stated) or not are_of_kind(predicted, stated):
        return False
    agrees = all(stated[column] == label for column, label in decoded.items())
    return agrees or not is_map or len(decoded) < 2


def check_width(classes: Classes, width: int) -> None:
    """Refuse classes that are not one for each of the model's columns.

    Raises:
        SignatureError: They are more, fewer or not distinct.
    """
    if len(classes) != width or len(set(map(str, classes))) != width:
        raise SignatureError(
            f"{len(classes)} classes were given and the model has {width} probabilities.",
            hint="Give each label once, in the order of the probabilities' columns.",
        )


def as_known(given: Sequence[JsonValue], known: Sequence[JsonValue]) -> Classes:
    """Labels from a command line are texts: give them the type of the labels that are known."""
    by_text = {str(value): value for value in known}
    return tuple(value if value in known else by_text.get(str(value), value) for value in given)


def positive_of(classes: Classes, wished: JsonValue) -> JsonValue:
    """The positive class: the one that was asked for, or the second of two.

    Raises:
        SignatureError: There are not two classes, or it is none of them.
    """
    if len(classes) != 2:
        if wished is not None:
            raise SignatureError(
                f"A positive class was given, but the model has {len(classes)} classes.",
                hint="Leave it out: only binary models have one.",
            )
        return None
    if wished is None:
        return classes[1]
    found = as_known([wished], classes)[0]
    if found not in classes:
        raise SignatureError(
            f"The positive class {wished!r} is none of the model's classes.",
            hint=f"Its classes are {classes[0]!r} and {classes[1]!r}.",
        )
    return found


def target_values(target: pd.Series | None) -> list[JsonValue]:
    """The distinct values of the target, without nulls."""
    if target is None:
        return []
    values = map(plain_value, target.drop_duplicates().tolist())
    return [value for value in values if value is not None]


def target_notes(classes: Classes, target: pd.Series | None) -> list[str]:
    """A note if the target holds what the model cannot predict."""
    unknown = [value for value in target_values(target) if value not in classes]
    if not unknown or target is None:
        return []
    note = (
        f"The target column {target.name!r} holds {', '.join(map(repr, unknown[:3]))}, which "
        f"the model cannot predict; its classes are {', '.join(map(repr, classes[:5]))}."
    )
    return [note]


def sorted_labels(values: Sequence[JsonValue] | set[JsonValue]) -> Classes:
    """The distinct labels in order, also where their types are mixed."""
    try:
        return tuple(sorted(set(values)))
    except TypeError:
        return tuple(sorted(set(values), key=lambda value: (type(value).__name__, str(value))))


def are_of_kind(some: Sequence[JsonValue], others: Sequence[JsonValue]) -> bool:
    """Whether all of `some` have a type that one of `others` has."""
    return {type(value) for value in some} <= {type(value) for value in others}


def same_kind_as(some: Sequence[JsonValue], others: Sequence[JsonValue]) -> list[JsonValue]:
    """Those of `others` whose type one of `some` has."""
    kinds = Counter(type(value) for value in some)
    return [value for value in others if type(value) in kinds]
