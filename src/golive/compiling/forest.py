"""Forests on their way into a program: trees of any library become one set of flat arrays."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

__all__ = ["Tree", "forest_args", "forest_arrays"]

_OF_SETS = (2, 3, 6)
"""The kinds of questions about categories."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Tree:
    """One tree, an item a node; nodes are counted from 0, the root.

    Attributes:
        features: The position that is asked about; -1 for a leaf.
        thresholds: The threshold, the number of a set in `sets`, or the value of a leaf.
        lefts: The node that follows if the answer is yes; anything for a leaf.
        rights: The node that follows if not.
        kinds: See `golive.scorer.rows.forests`; None stands for all 0.
        sets: The sets of categories that are asked about.
        output: The sum that the leaves are added to.
        vectors: The values of leaves that have several; `thresholds` says which row is whose.
    """

    features: Any
    thresholds: Any
    lefts: Any
    rights: Any
    kinds: Any = None
    sets: list[list[int]] = field(default_factory=list)
    output: int = 0
    vectors: Any = None

    def __len__(self) -> int:
        return len(self.features)

    def depth(self) -> int:
        """How many questions the longest way from the root to a leaf asks."""
        level, depth = np.zeros(1, dtype=np.int64), 0
        while True:
            level = level[self.features[level] >= 0]
            if not len(level):
                return depth
            level = np.concatenate([self.lefts[level], self.rights[level]])
            depth += 1


def forest_arrays(trees: Sequence[Tree], start: Any) -> dict[str, Any]:
    """The arrays of a step with trees, see `golive.scorer.rows.forests`.

    Args:
        trees: In the order in which their leaves are added.
        start: What the sums begin with, one an output.
    """
    sizes = [len(tree) for tree in trees]
    roots = np.cumsum([0, *sizes[:-1]])
    arrays: dict[str, Any] = {
        "features": _joined([tree.features for tree in trees], np.int32),
        "thresholds": _thresholds(trees),
        "lefts": _joined([_moved(t.lefts, t, r) for t, r in zip(trees, roots, strict=True)]),
        "rights": _joined([_moved(t.rights, t, r) for t, r in zip(trees, roots, strict=True)]),
        "roots": roots.astype(np.int32),
        "start": np.asarray(start, dtype=np.float64).ravel(),
    }
    if any(tree.output for tree in trees):
        arrays["outputs"] = np.array([tree.output for tree in trees], dtype=np.int32)
    if any(tree.kinds is not None and tree.kinds.any() for tree in trees):
        arrays["kinds"] = _joined([_kinds(tree) for tree in trees], np.uint8)
    if trees[0].vectors is not None:
        arrays["vectors"] = _joined([tree.vectors for tree in trees], np.float64)
    sets = [members for tree in trees for members in tree.sets]
    if sets:
        arrays["members"] = np.array([one for members in sets for one in members], dtype=float)
        arrays["ends"] = np.cumsum([len(members) for members in sets]).astype(np.int32)
    return arrays


def forest_args(trees: Sequence[Tree], *, is_float32: bool = False) -> dict[str, Any]:
    """The args of a step with trees."""
    return {
        "depth": max(tree.depth() for tree in trees),
        "largest_kind": max(int(_kinds(tree).max()) for tree in trees),
        "is_float32": is_float32,
    }


def _joined(parts: list[Any], dtype: Any = np.int32) -> Any:
    return np.concatenate(parts).astype(dtype, copy=False)


def _moved(children: Any, tree: Tree, root: int) -> Any:
    return np.where(tree.features >= 0, children + root, 0)


def _kinds(tree: Tree) -> Any:
    return np.zeros(len(tree), dtype=np.uint8) if tree.kinds is None else tree.kinds


def _thresholds(trees: Sequence[Tree]) -> Any:
    """Thresholds, where the sets and vectors are counted through the whole forest."""
    parts, sets, vectors = [], 0, 0
    for tree in trees:
        thresholds = np.array(tree.thresholds, dtype=np.float64)
        if tree.sets:
            thresholds[np.isin(_kinds(tree), _OF_SETS) & (tree.features >= 0)] += sets
            sets += len(tree.sets)
        if tree.vectors is not None:
            thresholds[tree.features < 0] += vectors
            vectors += len(tree.vectors)
        parts.append(thresholds)
    return np.concatenate(parts)
