"""Neighbours and clusters."""

from __future__ import annotations

from typing import Any

import numpy as np

from golive.compiling.exporters.composing import dense_rows
from golive.compiling.exporters.linear import weights_of
from golive.compiling.exporting import Exporter, Exports, NotExportableError
from golive.compiling.given import Given, Made

__all__ = ["EXPORTERS"]

_POWERS = {"euclidean": 2, "manhattan": 1}


def _clusters(model: Any, given: Given, exports: Exports) -> Made:
    nodes, given = ([], given) if given.gives == "sparse" else dense_rows(given, exports)
    centres = model.cluster_centers_
    if given.is_float32 or centres.dtype != np.float64:
        raise NotExportableError(f"{type(model).__name__} of 32-bit floats")
    arrays = weights_of(-2.0 * centres, np.sum(centres * centres, axis=1), given)
    args = {"takes": given.gives}
    nodes.append(exports.step("neighbors.clusters", "estimator", 1, args=args, arrays=arrays))
    return Made(node=exports.pipeline(nodes))


def _centroids(model: Any, given: Given, exports: Exports) -> Made:
    priors = getattr(model, "class_prior_", np.ones(1))
    if model.metric != "manhattan" or not np.isclose(priors, 1 / len(priors)).all():
        raise NotExportableError("NearestCentroid other than manhattan with uniform priors")
    nodes, given = dense_rows(given, exports)
    if given.is_float32:
        raise NotExportableError("NearestCentroid of 32-bit floats")
    arrays = {"centres": model.centroids_}
    args = {"inputs": given.width}
    width = len(model.classes_)
    nodes.append(exports.step("neighbors.centroids", "estimator", width, args=args, arrays=arrays))
    return Made(node=exports.pipeline(nodes))


def _classifier(model: Any, given: Given, exports: Exports) -> Made:
    if model.outputs_2d_:
        raise NotExportableError("KNeighborsClassifier of several outputs")
    order, args, arrays = _tree(model)
    arrays["classes"] = _targets(model)[order].astype(np.int32)
    width = len(model.classes_)
    return _nearest("neighbors.classifier", width, (args, arrays), given, exports)


def _regressor(model: Any, given: Given, exports: Exports) -> Made:
    order, args, arrays = _tree(model)
    targets = _targets(model)
    values = targets.reshape(len(targets), -1)[order].astype(np.float64)
    arrays["values"] = values
    return _nearest("neighbors.regressor", values.shape[1], (args, arrays), given, exports)


def _nearest(
    op: str,
    width: int,
    parts: tuple[dict[str, Any], dict[str, Any]],
    given: Given,
    exports: Exports,
) -> Made:
    nodes, given = dense_rows(given, exports)
    args, arrays = parts
    nodes.append(exports.step(op, "estimator", width, args=args, arrays=arrays))
    return Made(node=exports.pipeline(nodes))


def _targets(model: Any) -> Any:
    return np.asarray(vars(model)["_y"])


def _tree(model: Any) -> tuple[Any, dict[str, Any], dict[str, Any]]:
    """The order of the points, the arguments and the arrays of a k-d tree's step.

    Without a tree, distances are products of matrices: how they are rounded, and so which of two
    points nearly as far is nearer, depends on the machine.
    """
    if vars(model)["_fit_method"] != "kd_tree" or model.effective_metric_ not in _POWERS:
        raise NotExportableError(f"{type(model).__name__} without a k-d tree, or another metric")
    if model.weights not in ("uniform", "distance"):
        raise NotExportableError(f"{type(model).__name__} with a function as its weights")
    points, order, nodes, bounds = map(np.asarray, vars(model)["_tree"].get_arrays())
    args = {
        "count": int(model.n_neighbors),
        "first": int(np.flatnonzero(order == 0)[0]),
        "inputs": points.shape[1],
        "is_by_distance": model.weights == "distance",
        "power": _POWERS[model.effective_metric_],
    }
    arrays = {
        "points": points[order].astype(np.float64),
        "lower": bounds[0].astype(np.float64),
        "upper": bounds[1].astype(np.float64),
        "begins": nodes["idx_start"].astype(np.int32),
        "ends": nodes["idx_end"].astype(np.int32),
        "leaves": (nodes["is_leaf"] != 0).astype(np.uint8),
    }
    return order, args, arrays


EXPORTERS: dict[str, Exporter] = {
    "sklearn.KMeans": _clusters,
    "sklearn.KNeighborsClassifier": _classifier,
    "sklearn.KNeighborsRegressor": _regressor,
    "sklearn.MiniBatchKMeans": _clusters,
    "sklearn.NearestCentroid": _centroids,
}
