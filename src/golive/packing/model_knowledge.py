"""What a fitted model knows about its input columns, gathered for the signature."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from golive.runtimes.introspection import describe_input
from golive.runtimes.walking import is_passthrough, steps_of, unwrapped
from golive.signature.model import JsonValue

__all__ = ["ModelKnowledge", "knowledge_of"]


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelKnowledge:
    """What a model knows about its input columns.

    Attributes:
        feature_names: The columns it was fitted with, in order; None if it saw no names.
        n_features: Their number, or None.
        is_text: It starts with a text vectorizer and takes a sequence of texts.
        categories: Column to the values its encoders saw, without nulls.
        frame_categories: Columns that must come as pandas categories, to these values in order;
            empty where the model does not hold them.
        cut_categories: Those of them whose texts the model may hold cut in the wrong places, to
            the bytes of each.
        texts: Columns that a text vectorizer reads.
        unused: Columns it was fitted with and never reads.
    """

    feature_names: tuple[str, ...] | None = None
    n_features: int | None = None
    is_text: bool = False
    categories: dict[str, tuple[JsonValue, ...]] = field(default_factory=dict)
    frame_categories: dict[str, tuple[JsonValue, ...]] = field(default_factory=dict)
    cut_categories: dict[str, tuple[bytes, ...]] = field(default_factory=dict)
    texts: frozenset[str] = frozenset()
    unused: frozenset[str] = frozenset()


def knowledge_of(estimator: object, names: Sequence[str] | None = None) -> ModelKnowledge:
    """Gather what `estimator` knows.

    Args:
        estimator: A fitted estimator, pipeline or native booster.
        names: The input columns in order, used where the model saw no names.
    """
    booster = _booster_of(estimator)
    facts = describe_input(estimator, names=None if names is None else tuple(names))
    native = facts if booster is None else describe_input(booster)
    known = _own_names(facts.feature_names, native.feature_names, names)
    texts, unused = _column_uses(estimator, known)
    return ModelKnowledge(
        feature_names=None if facts.feature_names is None else known,
        n_features=facts.n_features,
        is_text=facts.is_text,
        categories=facts.categories,
        frame_categories=_frame_categories(booster, native.categories, known, native.feature_names),
        cut_categories=native.cut_categories,
        texts=texts,
        unused=unused if facts.feature_names is not None else frozenset(),
    )


def _booster_of(estimator: object) -> Any:
    """The native booster that sees the input as it is, or None."""
    node = unwrapped(estimator)
    if steps := steps_of(node):
        rest = [step for step in steps if not is_passthrough(step)]
        return _booster_of(rest[0]) if len(rest) == 1 else None
    if type(node).__name__ == "Booster":
        return node
    if hasattr(node, "get_booster"):
        return node.get_booster()
    return getattr(node, "booster_", None)


def _own_names(
    known: tuple[str, ...] | None, native: tuple[str, ...] | None, names: Sequence[str] | None
) -> tuple[str, ...] | None:
    """The model's names as the data spells them: LightGBM writes `_` for white space."""
    own = known or native
    if names is None:
        return own
    if own is None:
        return tuple(names)
    spelled = {"_".join(name.split(" ")): name for name in names}
    return tuple(name if name in names else spelled.get(name, name) for name in own)


def _frame_categories(
    booster: Any,
    found: dict[str, tuple[JsonValue, ...]],
    known: tuple[str, ...] | None,
    native: tuple[str, ...] | None,
) -> dict[str, tuple[JsonValue, ...]]:
    if booster is None or known is None:
        return {}
    rename = dict(zip(native or known, known, strict=False))
    categories = {rename.get(name, name): values for name, values in found.items()}
    types = getattr(booster, "feature_types", None) or ()
    for name, type_ in zip(known, types, strict=False):
        if type_ == "c":
            categories.setdefault(name, ())
    return categories


def _column_uses(
    estimator: object, names: tuple[str, ...] | None
) -> tuple[frozenset[str], frozenset[str]]:
    """Columns read as text, and columns never read, by a column transformer that comes first."""
    node: Any = unwrapped(estimator)
    while steps := steps_of(node):
        rest = [step for step in steps if not is_passthrough(step)]
        if not rest:
            return frozenset(), frozenset()
        node = unwrapped(rest[0])
    if names is None or not hasattr(node, "transformers_"):
        return frozenset(), frozenset()
    indices: dict[str, list[int]] = getattr(node, "_transformer_to_input_indices", {})
    texts: set[str] = set()
    used: set[str] = set()
    for name, part, _ in node.transformers_:
        if isinstance(part, str) and part == "drop":
            continue
        columns = [names[i] for i in indices.get(name, ())]
        used.update(columns)
        if describe_input(part).is_text:
            texts.update(columns)
    return frozenset(texts), frozenset(names) - used if used else frozenset()
