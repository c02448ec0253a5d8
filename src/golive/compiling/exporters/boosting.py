"""Gradient boosting, AdaBoost and bagging."""

from __future__ import annotations

from typing import Any

import numpy as np

from golive.compiling.exporters.trees import tree_of, tree_rows
from golive.compiling.exporting import Exporter, Exports, NotExportableError
from golive.compiling.forest import Tree, forest_args, forest_arrays
from golive.compiling.given import Given, Made

__all__ = ["EXPORTERS"]

_LINKS = {
    "HalfBinomialLoss": "sigmoid", "ExponentialLoss": "double_sigmoid",
    "HalfSquaredError": "identity", "AbsoluteError": "identity", "HuberLoss": "identity",
    "PinballLoss": "identity",
}  # fmt: skip


def _gradient_classifier(model: Any, given: Given, exports: Exports) -> Made:
    width = len(model.classes_)
    if model.estimators_.shape[1] > 1:
        return _gradient(model, given, exports, op="boosting.multiclass", width=width, extra={})
    extra = {"link": _link_of(model), "is_one_at_zero": True}
    return _gradient(model, given, exports, op="boosting.binary", width=width, extra=extra)


def _gradient_regressor(model: Any, given: Given, exports: Exports) -> Made:
    extra = {"link": _link_of(model)}
    return _gradient(model, given, exports, op="boosting.regressor", width=1, extra=extra)


def _link_of(model: Any) -> str:
    name = type(model._loss).__name__
    if name not in _LINKS:
        raise NotExportableError(f"{type(model).__name__} with the loss {name}")
    return _LINKS[name]


def _gradient(
    model: Any, given: Given, exports: Exports, *, op: str, width: int, extra: dict[str, Any]
) -> Made:
    trees = [
        _scaled(tree_of(member, output=output), model.learning_rate)
        for stage in model.estimators_
        for output, member in enumerate(stage)
    ]
    nodes = tree_rows(model, given, exports, allows_nan=False)
    node = exports.step(
        op, "estimator", width,
        args=extra | forest_args(trees), arrays=forest_arrays(trees, _start_of(model)),
    )  # fmt: skip
    return Made(node=exports.pipeline([*nodes, node]))


def _scaled(tree: Tree, rate: float) -> Tree:
    is_leaf = tree.features < 0
    tree.thresholds[is_leaf] *= rate
    return tree


def _start_of(model: Any) -> Any:
    """What the sums begin with: the same for all rows unless `init` is an estimator."""
    init = model.init_
    if not (isinstance(init, str) and init == "zero") and type(init).__name__ not in (
        "DummyClassifier", "DummyRegressor",
    ):  # fmt: skip
        raise NotExportableError(f"{type(model).__name__} with an estimator as init")
    if getattr(init, "strategy", "") in ("stratified", "uniform"):
        raise NotExportableError("a random init")
    row = np.zeros((1, model.n_features_in_), dtype=np.float32)
    return model._raw_predict_init(row)[0]


EXPORTERS: dict[str, Exporter] = {
    "sklearn.GradientBoostingClassifier": _gradient_classifier,
    "sklearn.GradientBoostingRegressor": _gradient_regressor,
}
