"""Histogram-based gradient boosting."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np

from golive.compiling.exporters.composing import dense_rows
from golive.compiling.exporting import Exporter, Exports, NotExportableError
from golive.compiling.forest import Tree, forest_args, forest_arrays
from golive.compiling.given import Given, Made

__all__ = ["EXPORTERS"]

_LINKS = {"IdentityLink": "identity", "LogLink": "exp", "LogitLink": "sigmoid"}


def _classifier(model: Any, given: Given, exports: Exports) -> Made:
    classes = len(model.classes_)
    if model.n_trees_per_iteration_ > 1:
        return _exported(model, given, exports, op="boosting.multiclass", width=classes, extra={})
    extra = {"link": _link_of(model), "is_one_at_zero": False}
    return _exported(model, given, exports, op="boosting.binary", width=classes, extra=extra)


def _regressor(model: Any, given: Given, exports: Exports) -> Made:
    extra = {"link": _link_of(model)}
    return _exported(model, given, exports, op="boosting.regressor", width=1, extra=extra)


def _link_of(model: Any) -> str:
    name = type(model._loss.link).__name__
    if name not in _LINKS:
        raise NotExportableError(f"{type(model).__name__} with the link {name}")
    return _LINKS[name]


def _exported(
    model: Any, given: Given, exports: Exports, *, op: str, width: int, extra: dict[str, Any]
) -> Made:
    prepare, given = _columns(model, given, exports)
    trees = _trees(model)
    node = exports.step(
        op, "estimator", width,
        args=extra | forest_args(trees),
        arrays=forest_arrays(trees, model._baseline_prediction),
    )  # fmt: skip
    return Made(node=exports.pipeline([*prepare, node]))


def _columns(model: Any, given: Given, exports: Exports) -> tuple[list[dict[str, Any]], Given]:
    """What makes the rows that the trees see: categories as numbers come first."""
    preprocessor = model._preprocessor
    if preprocessor is None:
        return dense_rows(given, exports)
    if given.gives not in ("table", "dense"):
        raise NotExportableError("HistGradientBoosting with categories of sparse rows")
    is_categorical = np.asarray(model.is_categorical_)
    numeric = np.flatnonzero(~is_categorical).tolist()
    if any(column.type in ("string", "text", "category") for column in _some(given, numeric)):
        raise NotExportableError("HistGradientBoosting with texts where numbers are needed")
    args = {
        "categorical": np.flatnonzero(is_categorical).tolist(),
        "numeric": numeric,
        "categories": [
            [_plain(value) for value in values]
            for values in preprocessor.named_transformers_["encoder"].categories_
        ],
    }
    node = exports.step("histogram_boosting.columns", "dense", given.width, args=args)
    return [node], replace(given, gives="dense", columns=(), is_finite=False)


def _some(given: Given, positions: list[int]) -> list[Any]:
    return [given.columns[at] for at in positions] if given.columns else []


def _plain(value: Any) -> Any:
    """A category as JSON has it; nulls are None."""
    value = value.item() if isinstance(value, np.generic) else value
    if value is None or value != value:
        return None
    if not isinstance(value, str | int | float):
        raise NotExportableError(f"HistGradientBoosting with a category of {type(value).__name__}")
    return value


def _trees(model: Any) -> list[Tree]:
    known, places = model._bin_mapper.make_known_categories_bitsets()
    return [
        _tree(predictor, output, known, places)
        for iteration in model._predictors
        for output, predictor in enumerate(iteration)
    ]


def _tree(predictor: Any, output: int, known: Any, places: Any) -> Tree:
    nodes = predictor.nodes
    is_leaf = nodes["is_leaf"].astype(bool)
    thresholds = np.where(is_leaf, nodes["value"], nodes["num_threshold"])
    kinds = nodes["missing_go_to_left"].astype(np.uint8)
    sets: list[list[int]] = []
    for at in np.flatnonzero(nodes["is_categorical"].astype(bool) & ~is_leaf):
        left = _members(predictor.raw_left_cat_bitsets[nodes["bitset_idx"][at]])
        thresholds[at] = len(sets)
        if kinds[at]:  # unknown ones go left too: right are the known others
            left = _members(known[places[nodes["feature_idx"][at]]]) - left
        kinds[at] += 2
        sets.append(sorted(left))
    kinds[is_leaf] = 0
    return Tree(
        features=np.where(is_leaf, -1, nodes["feature_idx"]), thresholds=thresholds,
        lefts=nodes["left"].astype(np.int64), rights=nodes["right"].astype(np.int64),
        kinds=kinds, sets=sets, output=output,
    )  # fmt: skip


def _members(bits: Any) -> set[int]:
    """The numbers in a set of 256 bits, 32 an item."""
    return {
        32 * place + bit for place, item in enumerate(bits.tolist())
        for bit in range(32) if item >> bit & 1
    }  # fmt: skip


EXPORTERS: dict[str, Exporter] = {
    "sklearn.HistGradientBoostingClassifier": _classifier,
    "sklearn.HistGradientBoostingRegressor": _regressor,
}
