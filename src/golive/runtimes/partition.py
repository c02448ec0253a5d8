"""Records whose nulls change a column's dtype are predicted apart from the others.

pandas holds a null in an integer column by making it float64, in a boolean one by making it
object. An answer would then depend on which other records came along, so a batch is split by the
set of such columns that are null, and the answers are put back in order.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from golive.runtimes.protocols import Batch, Outputs
from golive.signature.model import Signature

__all__ = ["brittle_columns", "null_groups", "predict_apart"]


def brittle_columns(signature: Signature) -> tuple[int, ...]:
    """Positions of a frame's columns whose dtype cannot hold a null."""
    if signature.form != "frame":
        return ()
    return tuple(i for i, c in enumerate(signature.columns) if _is_brittle(c.dtype))


def _is_brittle(dtype: str) -> bool:
    return dtype == "bool" or dtype.startswith(("int", "uint"))


def null_groups(batch: Batch, brittle: tuple[int, ...]) -> list[list[int]] | None:
    """Positions of the records by their set of null brittle columns; None if one group does."""
    affected = [batch.columns[i] for i in brittle if None in batch.columns[i]]
    if not affected:
        return None
    groups: dict[tuple[bool, ...], list[int]] = {}
    for index, values in enumerate(zip(*affected, strict=True)):
        groups.setdefault(tuple(value is None for value in values), []).append(index)
    return list(groups.values()) if len(groups) > 1 else None


def predict_apart(
    batch: Batch, brittle: tuple[int, ...], predict: Callable[[Batch], Outputs]
) -> Outputs:
    """Predict each group of records on its own and put the outputs back in order."""
    groups = null_groups(batch, brittle)
    if groups is None:
        return predict(batch)
    parts = [predict(batch.take(group)) for group in groups]
    order = [index for group in groups for index in group]
    return Outputs(
        probabilities=_restored(order, [part.probabilities for part in parts]),
        labels=_restored(order, [part.labels for part in parts]),
        values=_restored(order, [part.values for part in parts]),
    )


def _restored(order: list[int], parts: list[list[Any] | None]) -> list[Any] | None:
    if any(part is None for part in parts):
        return None
    flat = [value for part in parts for value in part or ()]
    restored: list[Any] = [None] * len(order)
    for position, value in zip(order, flat, strict=True):
        restored[position] = value
    return restored
