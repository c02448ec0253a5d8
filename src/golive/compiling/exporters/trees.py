"""Decision trees and forests."""

from __future__ import annotations

from typing import Any

import numpy as np

from golive.compiling.exporters.composing import dense_rows
from golive.compiling.exporting import Exporter, Exports, NotExportableError
from golive.compiling.forest import Tree, forest_args, forest_arrays
from golive.compiling.given import Given, Gives, Made

__all__ = ["EXPORTERS", "check_names", "tree_of", "tree_rows"]


def tree_of(
    model: Any, *, positions: Any = None, output: int = 0, has_vectors: bool = False
) -> Tree:
    """A fitted tree.

    Args:
        model: The estimator that holds it.
        positions: The position in the row of each feature that the tree knows; None: the same.
        output: The sum that its leaves are added to.
        has_vectors: Whether leaves have several values.
    """
    tree = model.tree_
    is_leaf = tree.children_left < 0
    features = np.where(is_leaf, 0, tree.feature)
    features = features if positions is None else np.asarray(positions)[features]
    values = tree.value[:, :, 0] if tree.n_outputs > 1 else tree.value[:, 0, :]
    thresholds = np.array(tree.threshold, dtype=np.float64)
    thresholds[is_leaf] = np.arange(is_leaf.sum()) if has_vectors else values[is_leaf, 0]
    return Tree(
        features=np.where(is_leaf, -1, features), thresholds=thresholds,
        lefts=tree.children_left, rights=tree.children_right,
        kinds=_kinds(tree, is_leaf), output=output,
        vectors=values[is_leaf] if has_vectors else None,
    )  # fmt: skip


def _kinds(tree: Any, is_leaf: Any) -> Any:
    """Where NaN goes; scikit-learn before 1.3 has no such array and refuses NaN."""
    goes_left = getattr(tree, "missing_go_to_left", None)
    return None if goes_left is None else np.where(is_leaf, 0, goes_left).astype(np.uint8)


def tree_rows(
    model: Any, given: Given, exports: Exports, *, allows_nan: bool
) -> list[dict[str, Any]]:
    """The steps that make the rows which a tree sees: dense, of 32 bits, checked."""
    check_names(model, given)
    is_sparse = given.gives == "sparse"
    nodes, given = dense_rows(given, exports)
    args = {"allows_nan": allows_nan and not is_sparse}
    return [*nodes, exports.step("trees.rows", "dense", given.width, args=args)]


def check_names(model: Any, given: Given) -> None:
    """Refuse columns of other names than in training, as the original does.

    Raises:
        NotExportableError: They differ.
    """
    known = getattr(model, "feature_names_in_", None)
    if known is not None and given.names is not None and tuple(known) != given.names:
        raise NotExportableError(f"{type(model).__name__} with columns of other names")


def _allows_nan(model: Any) -> bool:
    """As the estimator's tags say."""
    tags = getattr(model, "__sklearn_tags__", None)
    return bool(tags().input_tags.allow_nan) if tags else bool(model._get_tags()["allow_nan"])


def _classifier(model: Any, given: Given, exports: Exports) -> Made:
    return _classes(model, [model], given, exports)


def _classes(model: Any, members: list[Any], given: Given, exports: Exports) -> Made:
    if model.n_outputs_ != 1:
        raise NotExportableError(f"{type(model).__name__} with several outputs")
    width = len(model.classes_)
    trees = [_shares(member, width) for member in members]
    return _answer(model, trees, given, exports, op="trees.classifier", width=width)


def _shares(member: Any, width: int) -> Tree:
    tree = tree_of(member, has_vectors=True)
    vectors = tree.vectors[:, :width]
    if len(vectors) and not np.allclose(vectors.sum(axis=1), 1.0):
        raise NotExportableError("trees that hold counts instead of shares (scikit-learn < 1.3)")
    return Tree(
        features=tree.features, thresholds=tree.thresholds, lefts=tree.lefts, rights=tree.rights,
        kinds=tree.kinds, vectors=vectors,
    )  # fmt: skip


def _regressor(model: Any, given: Given, exports: Exports) -> Made:
    return _values(model, [model], given, exports)


def _values(model: Any, members: list[Any], given: Given, exports: Exports) -> Made:
    width = model.n_outputs_
    trees = [tree_of(member, has_vectors=width > 1) for member in members]
    return _answer(model, trees, given, exports, op="trees.regressor", width=width)


def _answer(
    model: Any, trees: list[Tree], given: Given, exports: Exports, *, op: str, width: int
) -> Made:
    nodes = tree_rows(model, given, exports, allows_nan=_allows_nan(_first_of(model)))
    outputs = 1 if trees[0].vectors is None else width
    node = exports.step(
        op, "estimator", width,
        args={"trees": len(trees)} | forest_args(trees),
        arrays=forest_arrays(trees, np.zeros(outputs)),
    )  # fmt: skip
    return Made(node=exports.pipeline([*nodes, node]))


def _first_of(model: Any) -> Any:
    return model.estimators_[0] if hasattr(model, "estimators_") else model


def _forest_classifier(model: Any, given: Given, exports: Exports) -> Made:
    return _classes(model, model.estimators_, given, exports)


def _forest_regressor(model: Any, given: Given, exports: Exports) -> Made:
    return _values(model, model.estimators_, given, exports)


def _isolation(model: Any, given: Given, exports: Exports) -> Made:
    from sklearn.ensemble._iforest import _average_path_length

    trees = [
        _path_lengths(member, positions, model._decision_path_lengths[at],
                      model._average_path_length_per_tree[at])
        for at, (member, positions) in enumerate(
            zip(model.estimators_, model.estimators_features_, strict=True)
        )
    ]  # fmt: skip
    average = float(_average_path_length([model._max_samples])[0])
    args = {"denominator": len(trees) * average, "offset": float(model.offset_)}
    check_names(model, given)
    nodes, given = dense_rows(given, exports)
    nodes.append(exports.step("trees.rows", "dense", given.width, args={"allows_infinity": True}))
    node = exports.step(
        "trees.isolation", "estimator", 1,
        args=args | forest_args(trees), arrays=forest_arrays(trees, [0.0]),
    )  # fmt: skip
    return Made(node=exports.pipeline([*nodes, node]))


def _embedding(model: Any, given: Given, exports: Exports) -> Made:
    """A 1 for the leaf of each tree: leaves hold their places in the row."""
    trees, width = [], 0
    for at, member in enumerate(model.estimators_):
        tree = tree_of(member, output=at)
        leaves = np.flatnonzero(tree.features < 0)
        if not np.array_equal(leaves, model.one_hot_encoder_.categories_[at]):
            raise NotExportableError("RandomTreesEmbedding with leaves that no row came to")
        tree.thresholds[leaves] = width + np.arange(len(leaves))
        width += len(leaves)
        trees.append(tree)
    gives: Gives = "sparse" if model.sparse_output else "dense"
    nodes = tree_rows(model, given, exports, allows_nan=_allows_nan(_first_of(model)))
    node = exports.step(
        "trees.embedding", gives, width,
        args=forest_args(trees), arrays=forest_arrays(trees, np.zeros(len(trees))),
    )  # fmt: skip
    after = Given(gives=gives, width=width, is_finite=True)
    return Made(node=exports.pipeline([*nodes, node]), given=after)


def _path_lengths(member: Any, positions: Any, lengths: Any, averages: Any) -> Tree:
    """A tree whose leaves hold how long the way to them is."""
    tree = tree_of(member, positions=positions)
    is_leaf = tree.features < 0
    tree.thresholds[is_leaf] = (lengths + averages - 1.0)[is_leaf]
    return tree


EXPORTERS: dict[str, Exporter] = {
    "sklearn.DecisionTreeClassifier": _classifier,
    "sklearn.ExtraTreeClassifier": _classifier,
    "sklearn.RandomForestClassifier": _forest_classifier,
    "sklearn.ExtraTreesClassifier": _forest_classifier,
    "sklearn.DecisionTreeRegressor": _regressor,
    "sklearn.ExtraTreeRegressor": _regressor,
    "sklearn.RandomForestRegressor": _forest_regressor,
    "sklearn.ExtraTreesRegressor": _forest_regressor,
    "sklearn.IsolationForest": _isolation,
    "sklearn.RandomTreesEmbedding": _embedding,
}
