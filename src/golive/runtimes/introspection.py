"""What a fitted estimator knows about its own input and output, read without calling it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from golive.runtimes.categories import encoder_categories
from golive.runtimes.walking import first_steps, unwrapped
from golive.signature.model import JsonValue, OutputKind

__all__ = ["InputFacts", "OutputFacts", "describe_input", "describe_output"]


@dataclass(frozen=True, slots=True, kw_only=True)
class InputFacts:
    """What an estimator knows about its input.

    Attributes:
        feature_names: The columns it was fitted with, in order; None if it saw no names.
        n_features: Their number, or None.
        is_text: It starts with a text vectorizer, so it takes a sequence of texts.
        categories: Column to the values that its encoders saw, without nulls. Columns whose
            values are changed before an encoder sees them are absent.
        cut_categories: Column to the bytes of its categories, where a booster may hold them cut in
            the wrong places; such a column is not among `categories`.
    """

    feature_names: tuple[str, ...] | None
    n_features: int | None
    is_text: bool
    categories: dict[str, tuple[JsonValue, ...]]
    cut_categories: dict[str, tuple[bytes, ...]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class OutputFacts:
    """What an estimator says about its output.

    Attributes:
        kind: The output's kind; `custom` where nothing better is known.
        classes: The classes in the order of the probabilities; empty unless a classifier. A
            pipeline that decodes labels may `predict` other labels than these.
        has_probabilities: It has `predict_proba`, or gives probabilities itself.
    """

    kind: OutputKind
    classes: tuple[JsonValue, ...]
    has_probabilities: bool


def describe_input(estimator: object, *, names: tuple[str, ...] | None = None) -> InputFacts:
    """Read what `estimator` knows about its input.

    Args:
        estimator: A fitted estimator or pipeline, or a native booster of XGBoost or LightGBM.
        names: Names of the columns in order, used where the estimator saw none.
    """
    booster = _booster_facts(estimator)
    if booster is not None:
        return InputFacts(
            feature_names=booster.feature_names,
            n_features=booster.n_features,
            is_text=False,
            categories=booster.categories,
            cut_categories=booster.cut_categories,
        )
    known = _feature_names(estimator)
    return InputFacts(
        feature_names=known,
        n_features=_n_features(estimator),
        is_text=known is None and _starts_with_text(estimator),
        categories=encoder_categories(estimator, known or names),
    )


def describe_output(estimator: object) -> OutputFacts:
    """Read what `estimator`, or a native booster, says about its output."""
    booster = _booster_facts(estimator)
    if booster is not None:
        return OutputFacts(
            kind=booster.kind,
            classes=tuple(range(booster.n_classes)),
            has_probabilities=booster.has_probabilities,
        )
    has_probabilities = hasattr(estimator, "predict_proba")
    classes = _classes(estimator)
    if classes and (has_probabilities or _has_type(estimator, "classifier")):
        kind: OutputKind = "binary" if len(classes) == 2 else "multiclass"
        return OutputFacts(kind=kind, classes=classes, has_probabilities=has_probabilities)
    kind = "regression" if _has_type(estimator, "regressor") else "custom"
    return OutputFacts(kind=kind, classes=(), has_probabilities=False)


def _booster_facts(estimator: object) -> Any:
    """Facts of a native booster, or None; tells by the class's name to import no vendor."""
    kind = type(estimator)
    if kind.__name__ != "Booster":
        return None
    match kind.__module__.partition(".")[0]:
        case "xgboost":
            from golive.runtimes.xgboost import booster_facts as xgboost_facts

            return xgboost_facts(estimator)
        case "lightgbm":
            from golive.runtimes.lightgbm import booster_facts as lightgbm_facts

            return lightgbm_facts(estimator)
        case _:
            return None


def _feature_names(estimator: object) -> tuple[str, ...] | None:
    for node in (estimator, unwrapped(estimator), *first_steps(estimator)):
        names = getattr(node, "feature_names_in_", None)
        if names is not None:
            return _without_automatic(tuple(str(name) for name in names))
    return None


def _without_automatic(names: tuple[str, ...]) -> tuple[str, ...] | None:
    """LightGBM's estimators invent names (`Column_0`) where they saw none."""
    automatic = tuple(f"Column_{i}" for i in range(len(names)))
    return None if names == automatic else names


def _n_features(estimator: object) -> int | None:
    for node in (estimator, unwrapped(estimator), *first_steps(estimator)):
        count = getattr(node, "n_features_in_", None)
        if count is not None:
            return int(count)
    return None


def _starts_with_text(estimator: object) -> bool:
    """Whether the first step that looks at the values is a vectorizer (it has an analyzer)."""
    return any(hasattr(step, "build_analyzer") for step in first_steps(estimator))


def _classes(estimator: object) -> tuple[JsonValue, ...]:
    classes = getattr(estimator, "classes_", None)
    if classes is None or (isinstance(classes, list) and any(hasattr(c, "shape") for c in classes)):
        return ()  # several outputs, each with its own classes
    values = classes.tolist() if hasattr(classes, "tolist") else list(classes)
    return tuple(v.item() if hasattr(v, "item") else v for v in values)


def _has_type(estimator: object, expected: str) -> bool:
    """`is_classifier` and `is_regressor` for anything, also what is no BaseEstimator."""
    from sklearn.utils import get_tags

    try:
        found = get_tags(estimator).estimator_type
    except (AttributeError, TypeError):
        found = getattr(estimator, "_estimator_type", None)
    return bool(found == expected)
