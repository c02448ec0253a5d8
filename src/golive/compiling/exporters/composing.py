"""Pipelines, unions and transformers of columns."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from typing import Any

import msgspec
import numpy as np

from golive.compiling.exporters.columns import is_float32, part_of, positions_of
from golive.compiling.exporting import Exporter, Exports, NotExportableError, gives_frames
from golive.compiling.given import Given, Made
from golive.signature.model import Column

__all__ = ["EXPORTERS", "dense_rows"]

_NUMERIC = ("integer", "number", "boolean")


def dense_rows(given: Given, exports: Exports) -> tuple[list[dict[str, Any]], Given]:
    """The steps that make rows of numbers dense (none for those that are), and what they give.

    Raises:
        NotExportableError: The rows hold values that are no numbers.
    """
    if given.gives == "dense":
        return [], given
    if given.gives == "sparse":
        node = exports.step("composing.dense", "dense", given.width)
        return [node], dataclasses.replace(given, gives="dense")
    if given.gives == "table" and all(c.type in _NUMERIC for c in given.columns):
        narrow = is_float32(given.columns)
        args = {"is_float32": True} if narrow else {"is_read": True}
        if any(column.dtype == "object" for column in given.columns):
            args = {}
        node = exports.step("inputs.numbers", "dense", given.width, args=args)
        return [node], dataclasses.replace(given, gives="dense", columns=(), is_float32=narrow)
    raise NotExportableError("texts or categories where numbers are needed")


def _pipeline(pipeline: Any, given: Given, exports: Exports) -> Made:
    nodes: list[dict[str, Any]] = []
    made = _same_rows(given, exports)
    for _, step in pipeline.steps:
        if step is None or _is(step, "passthrough"):
            continue
        if made.given is None:
            raise NotExportableError("a step after one that answers")
        made = exports.export(step, made.given)
        nodes.append(made.node)
    return Made(node=exports.pipeline(nodes or [made.node]), given=made.given)


def _same_rows(given: Given, exports: Exports) -> Made:
    """A step that changes nothing."""
    return Made(node=exports.step("composing.same", given.gives, given.width), given=given)


def _is(step: Any, word: str) -> bool:
    return isinstance(step, str) and step == word


def _columns(transformer: Any, given: Given, exports: Exports) -> Made:
    if given.gives not in ("table", "dense"):
        raise NotExportableError("ColumnTransformer of rows that have no columns")
    weights = transformer.transformer_weights or {}
    parts: list[Made] = []
    for name, step, wanted in transformer.transformers_:
        if _is(step, "drop"):  # columns that are dropped need not be given
            continue
        positions = positions_of(wanted, transformer, given)
        if not _is_scalar(wanted) and not positions:
            continue
        picked = part_of(given, positions, exports, is_scalar=_is_scalar(wanted))
        parts.append(_weighted(_step(step, picked, exports), weights.get(name), exports))
    steps = [step for _, step, _ in transformer.transformers_]
    has_frames = _has_frames(transformer, steps)
    return _united(parts, exports, is_sparse=transformer.sparse_output_, has_frames=has_frames)


def _has_frames(transformer: Any, steps: Sequence[Any]) -> bool:
    """Whether parts become one frame, whose columns keep their dtypes.

    Raises:
        NotExportableError: They become a frame by way of an array.
    """
    if not gives_frames(transformer):
        return False
    lasts = [step.steps[-1][1] if hasattr(step, "steps") else step for step in steps]
    if not all(isinstance(last, str) or last is None or gives_frames(last) for last in lasts):
        name = type(transformer).__name__
        raise NotExportableError(f"{name} with set_output where not all of its steps have it")
    return True


def _is_scalar(wanted: Any) -> bool:
    return isinstance(wanted, str) or (
        isinstance(wanted, int | np.integer) and not isinstance(wanted, bool)
    )


def _step(step: Any, picked: Made, exports: Exports) -> Made:
    """A transformer of what was picked."""
    assert picked.given is not None
    if _is(step, "passthrough"):
        made = _same_rows(picked.given, exports)
    else:
        made = exports.export(step, picked.given)
    if made.given is None:
        raise NotExportableError(f"{type(step).__name__} as a transformer")
    if made.given.gives == "text":
        raise NotExportableError("texts that no step turns into numbers")
    return Made(node=exports.pipeline([picked.node, made.node]), given=made.given)


def _union(union: Any, given: Given, exports: Exports) -> Made:
    weights = union.transformer_weights or {}
    parts = [
        _weighted(_step(step, _same_rows(given, exports), exports), weights.get(name), exports)
        for name, step in union.transformer_list
        if not _is(step, "drop")
    ]
    is_sparse = any(made.given is not None and made.given.gives == "sparse" for made in parts)
    has_frames = _has_frames(union, [step for _, step in union.transformer_list])
    return _united(parts, exports, is_sparse=is_sparse, has_frames=has_frames)


def _weighted(made: Made, weight: float | None, exports: Exports) -> Made:
    if weight is None:
        return made
    assert made.given is not None
    given, nodes = made.given, [made.node]
    if given.gives == "table":
        more, given = dense_rows(given, exports)
        nodes += more
    factor = float(np.float32(weight)) if given.is_float32 else float(weight)
    args = {"weight": factor}
    nodes.append(exports.step("composing.weighted", given.gives, given.width, args=args))
    if given.is_float32:
        nodes.append(exports.step("checking.float32", given.gives, given.width))
    return Made(
        node=exports.pipeline(nodes), given=dataclasses.replace(given, is_finite=False, names=None)
    )


def _united(parts: Sequence[Made], exports: Exports, *, is_sparse: bool, has_frames: bool) -> Made:
    """The parts side by side: sparse, numbers, or a table where one holds what is no number."""
    if not parts:
        raise NotExportableError("a union of nothing")
    given = [made.given for made in parts if made.given is not None]
    width = sum(one.width for one in given)
    if is_sparse:
        nodes, are = _each_dense(parts, exports, keep_sparse=True)
        return _side_by_side(nodes, Given(gives="sparse", width=width), are, exports)
    if any(one.gives == "table" and not _is_numeric(one) for one in given):
        columns_of = _columns_of_frame if has_frames else _columns_of
        columns = tuple(column for one in given for column in columns_of(one))
        nodes = [_without_sparse(made, exports) for made in parts]
        return _side_by_side(nodes, Given(gives="table", width=width, columns=columns), [], exports)
    nodes, are = _each_dense(parts, exports, keep_sparse=False)
    if has_frames and len({one.is_float32 for one in are}) > 1:
        raise NotExportableError("frames with columns of 32-bit floats beside others")
    return _side_by_side(nodes, Given(gives="dense", width=width), are, exports)


def _is_numeric(given: Given) -> bool:
    return all(column.type in _NUMERIC for column in given.columns)


def _columns_of(given: Given) -> tuple[Column, ...]:
    """The columns of an array of objects; they keep how a null is seen."""
    if given.gives == "table":
        return tuple(msgspec.structs.replace(column, dtype="object") for column in given.columns)
    return tuple(Column(name="", type="number", dtype="object") for _ in range(given.width))


def _columns_of_frame(given: Given) -> tuple[Column, ...]:
    """The columns of a frame, which have dtypes of their own."""
    if given.gives == "table":
        return given.columns
    dtype = "float32" if given.is_float32 else "float64"
    return tuple(Column(name="", type="number", dtype=dtype) for _ in range(given.width))


def _without_sparse(made: Made, exports: Exports) -> dict[str, Any]:
    if made.node["gives"] != "sparse":
        return made.node
    return exports.pipeline(
        [made.node, exports.step("composing.dense", "dense", made.node["width"])]
    )


def _each_dense(
    parts: Sequence[Made], exports: Exports, *, keep_sparse: bool
) -> tuple[list[dict[str, Any]], list[Given]]:
    nodes, are = [], []
    for made in parts:
        assert made.given is not None
        more: list[dict[str, Any]] = []
        given = made.given
        if not (keep_sparse and given.gives == "sparse"):
            more, given = dense_rows(given, exports)
        nodes.append(exports.pipeline([made.node, *more]))
        are.append(given)
    return nodes, are


def _side_by_side(
    nodes: list[dict[str, Any]], given: Given, are: list[Given], exports: Exports
) -> Made:
    is_float32 = bool(are) and all(one.is_float32 for one in are)
    united = dataclasses.replace(given, is_float32=is_float32)
    if len(nodes) == 1 and nodes[0]["gives"] == given.gives:
        return Made(node=nodes[0], given=united)
    node = exports.step("composing.union", given.gives, given.width, children=nodes)
    return Made(node=node, given=united)


EXPORTERS: dict[str, Exporter] = {
    "sklearn.Pipeline": _pipeline,
    "sklearn.ColumnTransformer": _columns,
    "sklearn.FeatureUnion": _union,
}
