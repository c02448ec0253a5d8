"""XGBoost: boosters from their own JSON format, and the estimators that hold one."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from golive.compiling.exporters.composing import dense_rows
from golive.compiling.exporting import Exporter, Exports, NotExportableError
from golive.compiling.forest import Tree, forest_args, forest_arrays
from golive.compiling.given import Given, Made
from golive.runtimes.stored_categories import is_stored_as, stored_categories
from golive.runtimes.xgboost import iteration_range
from golive.signature.model import Column, JsonValue

__all__ = ["EXPORTERS"]

_LINKS = {
    "binary:logistic": "sigmoid", "reg:logistic": "sigmoid", "binary:logitraw": "identity",
    "binary:hinge": "hinge", "count:poisson": "exp", "reg:gamma": "exp", "reg:tweedie": "exp",
    "reg:squarederror": "identity", "reg:absoluteerror": "identity",
    "reg:pseudohubererror": "identity", "reg:squaredlogerror": "identity",
    "reg:quantileerror": "identity", "rank:pairwise": "identity", "rank:ndcg": "identity",
    "rank:map": "identity", "multi:softprob": "softmax", "multi:softmax": "softmax",
}  # fmt: skip
_OF_LOGITS = ("binary:logistic", "reg:logistic")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Booster:
    """A booster read from its JSON.

    Attributes:
        learner: The member `learner`.
        objective: The name of what was optimised.
        rounds: How many of the rounds of boosting answer; 0 stands for all.
        categories: Position of a categorical column to its values, where they are stored; bytes
            where some are outside ASCII.
    """

    learner: dict[str, Any]
    objective: str
    rounds: int
    categories: dict[int, tuple[JsonValue | bytes, ...]]

    @property
    def link(self) -> str:
        return _LINKS[self.objective]

    @property
    def categorical(self) -> list[int]:
        types = self.learner.get("feature_types") or []
        return [at for at, kind in enumerate(types) if kind == "c"]


def _read(booster: Any, rounds: int) -> _Booster:
    learner = json.loads(bytes(booster.save_raw("json")))["learner"]
    objective = learner["objective"]["name"]
    if objective not in _LINKS:
        raise NotExportableError(f"XGBoost with the objective {objective}")
    categories = stored_categories(booster)  # before 3.1 none: the column's own are meant
    return _Booster(learner=learner, objective=objective, rounds=rounds, categories=categories)


def _native(booster: Any, given: Given, exports: Exports) -> Made:
    read = _read(booster, iteration_range(booster)[1])
    nodes = _rows(read, given, exports, missing=None, allows_infinity=False)
    if read.objective in ("binary:logistic", "binary:hinge"):
        return _answer(read, nodes, exports, op="binary", width=2)
    if read.link == "softmax":
        op = "chosen" if read.objective == "multi:softmax" else "multiclass"
        return _answer(read, nodes, exports, op=op, width=len(_start(read)))
    return _answer(read, nodes, exports, op="regressor", width=len(_start(read)))


def _classifier(model: Any, given: Given, exports: Exports) -> Made:
    read = _wrapped(model)
    nodes = _wrapped_rows(model, read, given, exports)
    if read.objective in ("binary:logistic", "binary:hinge"):
        return _answer(read, nodes, exports, op="binary", width=2)
    if read.link != "softmax" or model.n_classes_ < 3:
        raise NotExportableError(f"XGBClassifier with the objective {read.objective}")
    op = "chosen" if read.objective == "multi:softmax" else "multiclass"
    return _answer(read, nodes, exports, op=op, width=int(model.n_classes_))


def _regressor(model: Any, given: Given, exports: Exports) -> Made:
    read = _wrapped(model)
    if read.link in ("softmax", "hinge"):
        raise NotExportableError(f"XGBRegressor with the objective {read.objective}")
    nodes = _wrapped_rows(model, read, given, exports)
    return _answer(read, nodes, exports, op="regressor", width=len(_start(read)))


def _wrapped(model: Any) -> _Booster:
    """The booster of a scikit-learn estimator, which stops at the best iteration."""
    if callable(getattr(model, "objective", None)):
        raise NotExportableError(f"{type(model).__name__} with a function as objective")
    booster = model.get_booster()
    best = booster.attr("best_iteration")
    rounds = 0 if best is None or model.booster == "gblinear" else int(best) + 1
    return _read(booster, rounds)


def _wrapped_rows(
    model: Any, read: _Booster, given: Given, exports: Exports
) -> list[dict[str, Any]]:
    missing = None if model.missing is None or np.isnan(model.missing) else float(model.missing)
    return _rows(read, given, exports, missing=missing, allows_infinity=_is_tree(read))


def _is_tree(read: _Booster) -> bool:
    return bool(read.learner["gradient_booster"]["name"] != "gblinear")


def _rows(
    read: _Booster, given: Given, exports: Exports, *, missing: float | None, allows_infinity: bool
) -> list[dict[str, Any]]:
    """The steps that make the rows that a booster sees: dense, of 32 bits."""
    nodes, given = _numbers(read, given, exports)
    args = {"allows_nan": True, "allows_infinity": allows_infinity}
    nodes.append(exports.step("trees.rows", "dense", given.width, args=args))
    if missing is not None:
        value = float(np.float32(missing))  # values are compared with it after they are rounded
        if np.isinf(value):
            raise NotExportableError("XGBoost with infinity for missing values")
        nodes.append(exports.step("trees.missing", "dense", given.width, args={"value": value}))
    if read.categorical:
        cut = {"positions": read.categorical, "above": -1e-300, "below": float(2**24)}
        nodes.append(exports.step("trees.truncated", "dense", given.width, args=cut))
    return nodes


def _numbers(read: _Booster, given: Given, exports: Exports) -> tuple[list[dict[str, Any]], Given]:
    if given.width != int(read.learner["learner_model_param"]["num_feature"]):
        raise NotExportableError("XGBoost with another number of columns than in training")
    if given.gives == "sparse":
        node = exports.step("trees.filled", "dense", given.width)
        return [node], replace(given, gives="dense")
    _check_names(read, given)
    codes = _codes(read, given)
    if not codes:
        return dense_rows(given, exports)
    node = exports.step("trees.columns", "dense", given.width, args={"codes": codes})
    return [node], replace(given, gives="dense", columns=())


def _check_names(read: _Booster, given: Given) -> None:
    known = read.learner.get("feature_names") or []
    if known and given.names is not None and tuple(known) != given.names:
        raise NotExportableError("XGBoost with columns of other names than in training")


def _codes(read: _Booster, given: Given) -> list[list[Any]]:
    """Position and categories of each column that holds them."""
    codes: list[list[Any]] = []
    for at, column in enumerate(given.columns):
        if column.type == "category":
            codes.append([at, _values(column, read.categories.get(at, column.categories))])
        elif column.type in ("string", "text"):
            raise NotExportableError("XGBoost with a column of texts")
    return codes


def _values(column: Column, stored: tuple[JsonValue | bytes, ...]) -> list[Any]:
    """The values of a column's codes."""
    if any(isinstance(value, bytes) for value in stored):
        if not is_stored_as(column.categories, stored):
            raise NotExportableError("XGBoost with other categories, outside ASCII, than training")
        return list(column.categories)
    if not set(column.categories) <= set(stored):
        raise NotExportableError("XGBoost with categories that training did not have")
    return list(stored)


def _start(read: _Booster) -> Any:
    """The base score of each output, as a sum."""
    params = read.learner["learner_model_param"]
    scores = np.atleast_1d(np.asarray(json.loads(params["base_score"]), dtype=np.float32))
    count = max(int(params["num_class"]), int(params.get("num_target", "1")), len(scores), 1)
    scores = np.broadcast_to(scores, (count,))
    if read.objective in _OF_LOGITS:  # the quotient is one of 32 bits, its logarithm rounded
        odds = np.float32(1.0) / scores - np.float32(1.0)
        return -np.log(odds.astype(np.float64)).astype(np.float32)
    if read.link == "exp":
        return np.log(scores.astype(np.float64)).astype(np.float32)
    return scores


def _answer(
    read: _Booster, nodes: list[dict[str, Any]], exports: Exports, *, op: str, width: int
) -> Made:
    args = {"link": read.link}
    if not _is_tree(read):
        node = exports.step(
            f"xgboost.linear_{op}", "estimator", width, args=args, arrays=_linear(read)
        )
        return Made(node=exports.pipeline([*nodes, node]))
    trees = _trees(read)
    args |= forest_args(trees, is_float32=True)
    arrays = forest_arrays(trees, _start(read))
    node = exports.step(f"xgboost.{op}", "estimator", width, args=args, arrays=arrays)
    return Made(node=exports.pipeline([*nodes, node]))


def _linear(read: _Booster) -> dict[str, Any]:
    start = np.full_like(_start(read), _start(read)[0])  # it takes the first for every output
    weights = np.array(read.learner["gradient_booster"]["model"]["weights"], dtype=np.float32)
    weights = weights.reshape(-1, len(start))
    return {
        "weights": weights[:-1].astype(np.float64),
        "start": (weights[-1] + start).astype(float),
    }


def _trees(read: _Booster) -> list[Tree]:
    booster = read.learner["gradient_booster"]
    model = booster["gbtree"]["model"] if "gbtree" in booster else booster["model"]
    count = _count(read, model)
    drops = booster.get("weight_drop") or [1.0] * len(model["trees"])
    return [
        _tree(tree, output, np.float32(drop))
        for tree, output, drop in zip(
            model["trees"][:count], model["tree_info"][:count], drops[:count], strict=True
        )
    ]


def _count(read: _Booster, model: dict[str, Any]) -> int:
    """How many trees answer."""
    if not read.rounds:
        return len(model["trees"])
    if "iteration_indptr" in model:
        return int(model["iteration_indptr"][read.rounds])
    parallel = int(model["gbtree_model_param"].get("num_parallel_tree", "1"))
    return read.rounds * parallel * len(_start(read))


def _tree(tree: dict[str, Any], output: int, weight: Any) -> Tree:
    if int(tree["tree_param"]["size_leaf_vector"]) > 1:
        raise NotExportableError("XGBoost with several outputs a tree")
    lefts = np.array(tree["left_children"], dtype=np.int64)
    is_leaf = lefts < 0
    conditions = np.array(tree["split_conditions"], dtype=np.float32)
    # x < threshold is x <= the number before it
    thresholds = np.nextafter(conditions.astype(np.float64), -np.inf)
    thresholds[is_leaf] = (conditions * weight).astype(np.float64)[is_leaf]
    kinds = np.array(tree["default_left"], dtype=np.uint8)
    sets = _sets(tree, thresholds, kinds)
    kinds[is_leaf] = 0
    return Tree(
        features=np.where(is_leaf, -1, np.array(tree["split_indices"], dtype=np.int64)),
        thresholds=thresholds, lefts=lefts,
        rights=np.array(tree["right_children"], dtype=np.int64),
        kinds=kinds, sets=sets, output=int(output),
    )  # fmt: skip


def _sets(tree: dict[str, Any], thresholds: Any, kinds: Any) -> list[list[int]]:
    """The categories that go right at each question about them, which is made one."""
    sets: list[list[int]] = []
    for at, begin, size in zip(
        tree.get("categories_nodes", []), tree.get("categories_segments", []),
        tree.get("categories_sizes", []), strict=True,
    ):  # fmt: skip
        thresholds[at] = len(sets)
        kinds[at] = 3 if kinds[at] else 6
        sets.append(sorted(tree["categories"][begin : begin + size]))
    return sets


EXPORTERS: dict[str, Exporter] = {
    "xgboost.Booster": _native,
    "xgboost.XGBClassifier": _classifier,
    "xgboost.XGBRFClassifier": _classifier,
    "xgboost.XGBRegressor": _regressor,
    "xgboost.XGBRFRegressor": _regressor,
    "xgboost.XGBRanker": _regressor,
}
