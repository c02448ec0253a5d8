"""LightGBM: boosters from their own text format, and the estimators that hold one."""

from __future__ import annotations

from dataclasses import dataclass
from math import inf, nextafter
from typing import Any

import numpy as np

from golive.compiling.exporters.composing import dense_rows
from golive.compiling.exporting import Exporter, Exports, NotExportableError
from golive.compiling.forest import Tree, forest_args, forest_arrays
from golive.compiling.given import Given, Made
from golive.scorer.rows.forests import NEARLY_ZERO

__all__ = ["EXPORTERS"]

_IDENTITY = ("regression", "regression_l1", "huber", "fair", "quantile", "mape", "lambdarank",
             "rank_xendcg")  # fmt: skip
_EXPONENTIAL = ("poisson", "gamma", "tweedie")
_OVA = ("multiclassova", "multiclass_ova", "ova", "ovr")
_IS_CATEGORICAL, _IS_DEFAULT_LEFT = 1, 2


@dataclass(frozen=True, slots=True, kw_only=True)
class _Booster:
    """A booster read from its text.

    Attributes:
        header: The `key=value` lines before the trees.
        trees: Those of each tree.
        categories: The values of each column of pandas' categories, in order.
    """

    header: dict[str, str]
    trees: list[dict[str, str]]
    categories: list[list[Any]]

    @property
    def outputs(self) -> int:
        return int(self.header["num_tree_per_iteration"])

    @property
    def objective(self) -> str:
        return self.header.get("objective", "custom").partition(" ")[0]

    @property
    def options(self) -> dict[str, str]:
        """What follows the objective's name, such as `sigmoid:1`."""
        words = self.header.get("objective", "").split()[1:]
        return dict(word.partition(":")[::2] for word in words)


def _read(booster: Any) -> _Booster:
    """Read the trees that answer: those up to the best iteration, if there was early stopping."""
    text: str = booster.model_to_string(num_iteration=None)
    head, *parts = text.partition("\nend of trees")[0].split("\nTree=")
    header = _lines(head)
    if header.get("average_output") is None and "average_output" in head.splitlines():
        header["average_output"] = ""
    return _Booster(
        header=header, trees=[_lines(part) for part in parts],
        categories=[list(values) for values in booster.pandas_categorical or []],
    )  # fmt: skip


def _lines(text: str) -> dict[str, str]:
    return dict(line.split("=", 1) for line in text.splitlines() if "=" in line)


def _native(booster: Any, given: Given, exports: Exports) -> Made:
    read = _read(booster)
    if read.objective == "binary" or read.objective in ("multiclass", "softmax", *_OVA):
        return _classes(read, given, exports)
    return _values(read, given, exports)


def _classifier(model: Any, given: Given, exports: Exports) -> Made:
    read = _wrapped(model)
    if read.objective != "binary" and read.objective not in ("multiclass", "softmax", *_OVA):
        raise NotExportableError(f"LGBMClassifier with the objective {read.objective}")
    return _classes(read, given, exports)


def _regressor(model: Any, given: Given, exports: Exports) -> Made:
    return _values(_wrapped(model), given, exports)


def _wrapped(model: Any) -> _Booster:
    if callable(model.objective):
        raise NotExportableError(f"{type(model).__name__} with a function as objective")
    return _read(model.booster_)


def _classes(read: _Booster, given: Given, exports: Exports) -> Made:
    sigmoid = float(read.options.get("sigmoid", 1.0))
    if read.objective == "binary":
        return _answer(read, given, exports, op="binary", width=2, args={"sigmoid": sigmoid})
    width = read.outputs
    if read.objective in _OVA:
        return _answer(read, given, exports, op="each", width=width, args={"sigmoid": sigmoid})
    return _answer(read, given, exports, op="multiclass", width=width, args={})


def _values(read: _Booster, given: Given, exports: Exports) -> Made:
    args: dict[str, Any] = {"link": _link_of(read)}
    if read.outputs != 1:
        raise NotExportableError(f"LightGBM's {read.objective} with several outputs")
    return _answer(read, given, exports, op="regressor", width=1, args=args)


def _link_of(read: _Booster) -> str:
    if read.objective in _IDENTITY:
        return "signed_square" if "sqrt" in read.options else "identity"
    if read.objective in _EXPONENTIAL:
        return "exp"
    if read.objective in ("cross_entropy", "xentropy"):
        return "sigmoid"
    raise NotExportableError(f"LightGBM with the objective {read.objective}")


def _answer(
    read: _Booster, given: Given, exports: Exports, *, op: str, width: int, args: dict[str, Any]
) -> Made:
    nodes = _rows(read, given, exports)
    trees = [_tree(lines, at % read.outputs) for at, lines in enumerate(read.trees)]
    if not trees:
        raise NotExportableError("LightGBM without trees")
    divisor = len(trees) // read.outputs if "average_output" in read.header else 1
    node = exports.step(
        f"lightgbm.{op}", "estimator", width,
        args=args | {"divisor": divisor} | forest_args(trees),
        arrays=forest_arrays(trees, np.zeros(read.outputs)),
    )  # fmt: skip
    return Made(node=exports.pipeline([*nodes, node]))


def _rows(read: _Booster, given: Given, exports: Exports) -> list[dict[str, Any]]:
    if given.width != int(read.header["max_feature_idx"]) + 1:
        raise NotExportableError("LightGBM with another number of columns than in training")
    codes = _codes(read, given)
    if codes:
        node = exports.step("trees.columns", "dense", given.width, args={"codes": codes})
        return [node]
    nodes, given = dense_rows(given, exports)
    positions = _categorical(read)
    if positions:
        cut = {"positions": positions, "above": -1.0, "below": float(2**31)}
        nodes.append(exports.step("trees.truncated", "dense", given.width, args=cut))
    return nodes


def _codes(read: _Booster, given: Given) -> list[list[Any]]:
    """Position and categories of each column that holds them."""
    places = [at for at, column in enumerate(given.columns) if column.type == "category"]
    if any(column.type in ("string", "text") for column in given.columns):
        raise NotExportableError("LightGBM with a column of texts")
    if len(places) != len(read.categories) and (places or given.gives == "table"):
        raise NotExportableError("LightGBM with other columns of categories than in training")
    return [[at, values] for at, values in zip(places, read.categories, strict=False)]


def _categorical(read: _Booster) -> list[int]:
    """The positions of columns that are asked for categories."""
    found: set[int] = set()
    for lines in read.trees:
        if int(lines.get("num_cat", "0")):
            kinds, features = _array(lines, "decision_type"), _array(lines, "split_feature")
            found |= set(features[kinds.astype(int) & _IS_CATEGORICAL > 0].astype(int).tolist())
    return sorted(found)


def _array(lines: dict[str, str], name: str) -> Any:
    return np.array([float(word) for word in lines.get(name, "").split()], dtype=np.float64)


def _tree(lines: dict[str, str], output: int) -> Tree:
    """A tree; LightGBM counts questions from 0 and leaves from -1 downwards."""
    if lines.get("is_linear", "0") != "0":
        raise NotExportableError("LightGBM with linear trees")
    leaves = _array(lines, "leaf_value")
    questions = len(leaves) - 1
    features = _array(lines, "split_feature").astype(np.int64)
    thresholds = _array(lines, "threshold")
    kinds, sets = _questions(lines, thresholds)
    none = np.zeros(len(leaves), dtype=np.int64)
    return Tree(
        features=np.concatenate([features, none - 1]),
        thresholds=np.concatenate([thresholds, leaves]),
        lefts=np.concatenate([_children(lines, "left_child", questions), none]),
        rights=np.concatenate([_children(lines, "right_child", questions), none]),
        kinds=np.concatenate([kinds, none]).astype(np.uint8),
        sets=sets, output=output,
    )  # fmt: skip


def _children(lines: dict[str, str], name: str, questions: int) -> Any:
    found = _array(lines, name).astype(np.int64)
    return np.where(found >= 0, found, questions + ~found)


def _questions(lines: dict[str, str], thresholds: Any) -> tuple[Any, list[list[int]]]:
    """Each question's kind; the thresholds of those about categories become numbers of sets."""
    kinds = []
    sets: list[list[int]] = []
    for at, decision in enumerate(_array(lines, "decision_type").astype(int).tolist()):
        if decision & _IS_CATEGORICAL:
            kinds.append(2)
            sets.append(_members(lines, int(thresholds[at])))
            thresholds[at] = len(sets) - 1
        else:
            thresholds[at] = _beside_zero(thresholds[at])
            kinds.append(_kind_of(decision, thresholds[at]))
    return np.array(kinds, dtype=np.int64), sets


def _beside_zero(threshold: float) -> float:
    """The threshold for values as they are sent, where LightGBM makes zeros of the smallest.

    It compares 0 instead of every value within its bound of zero, the bound itself included.
    """
    if not abs(threshold) <= NEARLY_ZERO:
        return threshold
    return NEARLY_ZERO if threshold >= 0.0 else nextafter(-NEARLY_ZERO, -inf)


def _kind_of(decision: int, threshold: float) -> int:
    goes_left = bool(decision & _IS_DEFAULT_LEFT)
    match decision >> 2 & 3:
        case 0:  # NaN is 0
            return int(threshold >= 0.0)
        case 1:
            return 5 if goes_left else 4
        case _:
            return int(goes_left)


def _members(lines: dict[str, str], number: int) -> list[int]:
    """The categories of a set: bits, 32 a word."""
    begin, end = _array(lines, "cat_boundaries").astype(int)[number : number + 2]
    words = [int(word) for word in lines["cat_threshold"].split()[begin:end]]
    return [32 * at + bit for at, word in enumerate(words) for bit in range(32) if word >> bit & 1]


EXPORTERS: dict[str, Exporter] = {
    "lightgbm.Booster": _native,
    "lightgbm.LGBMClassifier": _classifier,
    "lightgbm.LGBMRegressor": _regressor,
    "lightgbm.LGBMRanker": _regressor,
}
