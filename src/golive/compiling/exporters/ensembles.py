"""AdaBoost and bagging: many members of one kind."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np

from golive.compiling.exporters.combining import as_array, children_of
from golive.compiling.exporting import Exporter, Exports, NotExportableError
from golive.compiling.given import Given, Made

__all__ = ["EXPORTERS"]


def _adaboost_classifier(model: Any, given: Given, exports: Exports) -> Made:
    if getattr(model, "algorithm", "SAMME") not in ("SAMME", "deprecated"):
        raise NotExportableError(f"AdaBoostClassifier with the algorithm {model.algorithm}")
    if len(model.classes_) < 2:
        raise NotExportableError("AdaBoostClassifier with one class")
    weights = np.asarray(model.estimator_weights_, dtype=np.float64)
    args = {
        "weights": weights[: len(model.estimators_)].tolist(),
        "total": float(weights.sum()),
        "positions": [
            np.searchsorted(model.classes_, member.classes_).tolist()
            for member in model.estimators_
        ],
    }
    return _boosted(model, given, exports, op="adaboost", args=args)


def _adaboost_regressor(model: Any, given: Given, exports: Exports) -> Made:
    weights = np.asarray(model.estimator_weights_, dtype=np.float64)
    args = {"weights": weights[: len(model.estimators_)].tolist()}
    return _boosted(model, given, exports, op="median", args=args)


def _boosted(model: Any, given: Given, exports: Exports, *, op: str, args: dict[str, Any]) -> Made:
    nodes, given = as_array(model, given, exports, is_checked=True)
    members = children_of(model.estimators_, given, exports)
    width = len(getattr(model, "classes_", [0]))
    node = exports.step(f"ensembles.{op}", "estimator", width, args=args, children=members)
    return Made(node=exports.pipeline([*nodes, node]))


def _bagging_classifier(model: Any, given: Given, exports: Exports) -> Made:
    nodes, given = as_array(model, given, exports)
    width = len(model.classes_)
    members = []
    for member, bag in zip(model.estimators_, _bags(model, given, exports), strict=True):
        votes = not hasattr(member, "predict_proba")
        positions = [int(at) for at in member.classes_]
        if votes or positions != list(range(width)):
            args = {"positions": positions, "votes": votes}
            members.append(
                exports.step("combining.spread", "estimator", width, args=args, children=[bag])
            )
        else:
            members.append(bag)
    args = {"weights": None}
    node = exports.step("combining.mean", "estimator", width, args=args, children=members)
    return Made(node=exports.pipeline([*nodes, node]))


def _bagging_regressor(model: Any, given: Given, exports: Exports) -> Made:
    nodes, given = as_array(model, given, exports)
    members = _bags(model, given, exports)
    args = {"weights": None}
    node = exports.step("combining.mean_value", "estimator", 1, args=args, children=members)
    return Made(node=exports.pipeline([*nodes, node]))


def _bags(model: Any, given: Given, exports: Exports) -> list[dict[str, Any]]:
    """Each member behind the columns that it sees."""
    steps = []
    for member, features in zip(model.estimators_, model.estimators_features_, strict=True):
        positions = [int(at) for at in features]
        if positions == list(range(given.width)):
            steps += children_of([member], given, exports)
            continue
        if given.gives == "sparse":
            raise NotExportableError("bags of some columns of sparse rows")
        pick = exports.step(
            "composing.pick", given.gives, len(positions), args={"positions": positions}
        )
        (node,) = children_of([member], replace(given, width=len(positions)), exports)
        steps.append(exports.pipeline([pick, node]))
    return steps


EXPORTERS: dict[str, Exporter] = {
    "sklearn.AdaBoostClassifier": _adaboost_classifier,
    "sklearn.AdaBoostRegressor": _adaboost_regressor,
    "sklearn.BaggingClassifier": _bagging_classifier,
    "sklearn.BaggingRegressor": _bagging_regressor,
}
