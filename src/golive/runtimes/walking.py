"""The structure of scikit-learn's composed estimators: wrappers, pipelines, unions."""

from __future__ import annotations

from typing import Any

__all__ = ["first_steps", "is_passthrough", "steps_of", "unwrapped"]

_WRAPPED = ("best_estimator_", "regressor_", "estimator_")


def unwrapped(estimator: Any) -> Any:
    """The estimator inside searches, target transformers and calibrators."""
    for name in _WRAPPED:
        inner = getattr(estimator, name, None)
        if hasattr(inner, "predict") or hasattr(inner, "transform"):
            return unwrapped(inner)
    calibrated = getattr(estimator, "calibrated_classifiers_", None)
    if calibrated:
        return unwrapped(calibrated[0].estimator)
    return estimator


def is_passthrough(step: object) -> bool:
    """Whether a step leaves its input as it is (`passthrough`, None, an empty function)."""
    if step is None or isinstance(step, str):
        return step != "drop"
    return type(step).__name__ == "FunctionTransformer" and getattr(step, "func", 0) is None


def steps_of(pipeline: Any) -> list[Any]:
    """The steps of a pipeline in order, without names; empty if it is no pipeline."""
    return [step for _, step in getattr(pipeline, "steps", ())]


def first_steps(estimator: Any) -> list[Any]:
    """The estimators that see the input first.

    One for a pipeline, several for a union. Steps that know nothing of their input's columns
    (an own cleaner of texts) are walked over.
    """
    node = unwrapped(estimator)
    if steps := steps_of(node):
        for step in steps:
            if is_passthrough(step):
                continue
            found = first_steps(step)
            if any(_looks_at_columns(one) for one in found):
                return found
        return []
    if hasattr(node, "transformer_list"):
        return [one for _, part in node.transformer_list for one in first_steps(part)]
    return [node]


def _looks_at_columns(step: object) -> bool:
    return any(hasattr(step, name) for name in ("build_analyzer", "n_features_in_", "transformers"))
