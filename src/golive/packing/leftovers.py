"""Leftovers of training: fitted attributes that prediction never reads, found in any pipeline."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

__all__ = ["LEFTOVERS", "Leftover", "leftovers_named", "leftovers_of", "strip"]

_CV_PATHS = ("LarsCV", "LassoLarsCV")
_DESCENT_PATHS = ("ElasticNetCV", "LassoCV", "MultiTaskElasticNetCV", "MultiTaskLassoCV")
_SEARCHES = ("GridSearchCV", "HalvingGridSearchCV", "HalvingRandomSearchCV", "RandomizedSearchCV")
_FORESTS = (
    "BaggingClassifier",
    "BaggingRegressor",
    "ExtraTreesClassifier",
    "ExtraTreesRegressor",
    "RandomForestClassifier",
    "RandomForestRegressor",
)
_NETWORKS = ("MLPClassifier", "MLPRegressor")

LEFTOVERS: dict[str, tuple[str, ...]] = {
    # The coefficients and scores of every fold on the way to the chosen ones.
    "LogisticRegressionCV": ("coefs_paths_", "scores_"),
    "RidgeCV": ("cv_results_", "cv_values_"),
    "RidgeClassifierCV": ("cv_results_", "cv_values_"),
    **dict.fromkeys(_DESCENT_PATHS, ("mse_path_",)),
    **dict.fromkeys(_CV_PATHS, ("coef_path_", "mse_path_")),
    "Lars": ("coef_path_",),
    "LassoLars": ("coef_path_",),
    # A table of every candidate; what answers is best_estimator_.
    **dict.fromkeys(_SEARCHES, ("cv_results_",)),
    "RFECV": ("cv_results_",),
    "TunedThresholdClassifierCV": ("cv_results_",),
    # Words that were left out of the vocabulary, kept by scikit-learn before 1.7.
    "CountVectorizer": ("stop_words_",),
    "TfidfVectorizer": ("stop_words_",),
    # Answers for the training rows.
    **dict.fromkeys(_FORESTS, ("oob_decision_function_", "oob_prediction_")),
    "KMeans": ("labels_",),
    "MiniBatchKMeans": ("labels_",),
    # How the loss went, and what an optimiser keeps to go on: twice the network's own weights.
    **dict.fromkeys(_NETWORKS, ("_optimizer", "_best_coefs", "_best_intercepts", "loss_curve_",
                                "validation_scores_")),
    "GradientBoostingClassifier": ("oob_improvement_", "oob_scores_", "train_score_"),
    "GradientBoostingRegressor": ("oob_improvement_", "oob_scores_", "train_score_"),
}  # fmt: skip
"""Classes of scikit-learn to their attributes that `predict` and `predict_proba` never read.

Only what is sure for every version stands here: neighbours' training rows and a support vector
machine's `support_`, for instance, are read. Each removal is proven on the model at hand, too.
"""


@dataclass(frozen=True, slots=True)
class Leftover:
    """One attribute of one fitted estimator that prediction never reads."""

    owner: Any
    attribute: str

    @property
    def class_name(self) -> str:
        """The class of its owner."""
        return type(self.owner).__name__


def leftovers_named(module: str, class_name: str) -> tuple[str, ...]:
    """The attributes that a class of this name leaves over; none if it is not scikit-learn's own.

    Subclasses of other packages may read what their parent does not.
    """
    return LEFTOVERS.get(class_name, ()) if module.partition(".")[0] == "sklearn" else ()


def leftovers_of(estimator: object) -> list[Leftover]:
    """What training left over in an estimator and in every estimator inside it."""
    return [
        Leftover(node, attribute)
        for node in _estimators_in(estimator, seen=set())
        for attribute in leftovers_named(type(node).__module__, type(node).__name__)
        if attribute in vars(node)
    ]


def strip(estimator: object) -> None:
    """Delete what training left over. The estimator is changed in place."""
    for leftover in leftovers_of(estimator):
        delattr(leftover.owner, leftover.attribute)


def _estimators_in(value: Any, *, seen: set[int]) -> Iterator[Any]:
    """The value, if it is an estimator, and those in its attributes and containers, once each."""
    if id(value) in seen:
        return
    parts: list[Any] = []
    if hasattr(value, "get_params") and hasattr(value, "__dict__") and not isinstance(value, type):
        yield value
        parts = list(vars(value).values())
    elif isinstance(value, dict):
        parts = list(value.values())
    elif isinstance(value, list | tuple) or str(getattr(value, "dtype", "")) == "object":
        parts = list(getattr(value, "flat", value))
    if parts:
        seen.add(id(value))
    for part in parts:
        yield from _estimators_in(part, seen=seen)
