"""What a native booster's file says about itself, the same for every vendor."""

from __future__ import annotations

from dataclasses import dataclass, field

from golive.signature.model import JsonValue, OutputKind

__all__ = ["BoosterFacts"]


@dataclass(frozen=True, slots=True, kw_only=True)
class BoosterFacts:
    """Facts of a native booster.

    Attributes:
        objective: The vendor's name of what was optimised, such as `binary:logistic`.
        kind: What it gives, from the objective.
        n_classes: 2 for binary, the number of classes for multiclass, else 0.
        has_probabilities: False where it gives class numbers alone (`multi:softmax`).
        n_features: The number of input columns.
        feature_names: Their names in order; None if it was trained without names.
        categorical: Names of the categorical columns (positions as text without names).
        categories: Categorical column to its values in order, where the file holds them.
        cut_categories: Categorical column to the bytes of its values in order, where the file may
            hold them cut in the wrong places (`golive.runtimes.stored_categories`).
    """

    objective: str
    kind: OutputKind
    n_classes: int
    has_probabilities: bool
    n_features: int
    feature_names: tuple[str, ...] | None
    categorical: tuple[str, ...] = ()
    categories: dict[str, tuple[JsonValue, ...]] = field(default_factory=dict)
    cut_categories: dict[str, tuple[bytes, ...]] = field(default_factory=dict)
