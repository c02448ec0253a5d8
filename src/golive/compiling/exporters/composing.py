"""Pipelines, unions and transformers of columns."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from golive.compiling.exporting import Exporter, Exports, NotExportableError
from golive.compiling.given import Given, Made

__all__ = ["EXPORTERS", "dense_rows"]


def dense_rows(given: Given, exports: Exports) -> tuple[list[dict[str, Any]], Given]:
    """The steps that make rows of numbers dense (none for those that are), and what they give.

    Raises:
        NotExportableError: The rows hold values that are no numbers.
    """
    if given.gives == "dense":
        return [], given
    if given.gives == "sparse":
        node = exports.step("composing.dense", "dense", given.width)
        return [node], replace(given, gives="dense")
    if given.gives == "table" and all(c.type in _NUMERIC for c in given.columns):
        node = exports.step("inputs.numbers", "dense", given.width)
        return [node], replace(given, gives="dense", columns=())
    raise NotExportableError("texts or categories where numbers are needed")


_NUMERIC = ("integer", "number", "boolean")


def _pipeline(pipeline: Any, given: Given, exports: Exports) -> Made:
    nodes: list[dict[str, Any]] = []
    made = Made(node=exports.step("composing.same", given.gives, given.width), given=given)
    for _, step in pipeline.steps:
        if step is None or step == "passthrough":
            continue
        if made.given is None:
            raise NotExportableError("a step after one that answers")
        made = exports.export(step, made.given)
        nodes.append(made.node)
    return Made(node=exports.pipeline(nodes or [made.node]), given=made.given)


EXPORTERS: dict[str, Exporter] = {"sklearn.Pipeline": _pipeline}
