"""Exporting: the exporter of each estimator is found by its class, exactly."""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from golive.compiling.decoding import decoded_estimator
from golive.compiling.given import Given, Gives, Made
from golive.compiling.not_exported import NOT_EXPORTED
from golive.scorer.writing import ProgramWriter

__all__ = ["Exporter", "Exports", "NotExportableError", "class_name", "gives_frames"]

_TYPECODES = {"float64": "d", "float32": "f", "int64": "q", "int32": "i", "uint32": "I",
              "uint16": "H", "uint8": "B", "bool": "B"}  # fmt: skip


class NotExportableError(Exception):
    """A step, or an option of it, has no exporter; the message says which."""


def class_name(estimator: Any) -> str:
    """How the table of exporters names a class: its package and its name, `sklearn.Ridge`.

    Classes of other packages than those of the frameworks are never found by it, whatever their
    name, nor are those that only say that they are of such a package.
    """
    kind = type(estimator)
    is_at_home = getattr(sys.modules.get(kind.__module__), kind.__qualname__, None) is kind
    package = kind.__module__.partition(".")[0] if is_at_home else ""
    return f"{package}.{kind.__qualname__}"


class Exports:
    """What an exporter works with: the other exporters, and the program that is written.

    Args:
        table: Class name to exporter.
        writer: Collects the arrays.
    """

    def __init__(self, table: Mapping[str, Exporter], writer: ProgramWriter) -> None:
        self._table = table
        self._writer = writer

    def export(self, estimator: Any, given: Given) -> Made:
        """Export a step that gets `given`.

        Raises:
            NotExportableError: It has no exporter, or another one of its options has none.
        """
        exporter = self._table.get(class_name(estimator))
        if exporter is None:
            inner = decoded_estimator(estimator)
            if inner is not None:
                return self.export(inner, given)
            raise NotExportableError(_no_exporter(type(estimator).__name__))
        _refuse_what_no_exporter_knows(estimator, given)
        made = exporter(estimator, given, self)
        if gives_frames(estimator) and made.given is not None and made.given.gives == "sparse":
            raise NotExportableError(f"{class_name(estimator)} with set_output of sparse rows")
        return made

    def array(self, values: Any, typecode: str | None = None) -> str:
        """Keep an array; its name goes into a step's `arrays`.

        Args:
            values: An array of any shape, kept in C order.
            typecode: What its items are stored as; by its dtype if None (float64 for others).
        """
        array = np.asarray(values)
        code = typecode or _TYPECODES.get(array.dtype.name, "d")
        data = np.ascontiguousarray(array, dtype=np.dtype(code).newbyteorder("<")).tobytes()
        return self._writer.add(data, code)

    def step(
        self,
        op: str,
        gives: Gives,
        width: int,
        *,
        args: Mapping[str, Any] | None = None,
        arrays: Mapping[str, Any] | None = None,
        children: list[dict[str, Any]] | None = None,
    ) -> dict[str, Any]:
        """A step as the format says; the values of `arrays` are kept, their dtype decides how."""
        node: dict[str, Any] = {"op": op, "gives": gives, "width": width}
        if args:
            node["args"] = dict(args)
        if arrays:
            node["arrays"] = {name: self.array(values) for name, values in arrays.items()}
        if children:
            node["children"] = children
        return node

    def pipeline(self, nodes: list[dict[str, Any]]) -> dict[str, Any]:
        """Steps one after another as one step; pipelines among them are taken apart."""
        flat = _simplified([part for node in nodes for part in _parts_of(node)])
        if len(flat) == 1:
            return flat[0]
        last = flat[-1]
        return self.step("composing.pipeline", last["gives"], last["width"], children=flat)


def gives_frames(estimator: Any) -> bool:
    """Whether the rows that a transformer gives are frames of pandas, by `set_output`."""
    return _output_of(estimator) == "pandas"


def _output_of(estimator: Any) -> str | None:
    chosen: str | None = getattr(estimator, "_sklearn_output_config", {}).get("transform")
    return chosen


def _no_exporter(name: str) -> str:
    reason = NOT_EXPORTED.get(name)
    return f"{name} has no exporter" + (f": it {reason}" if reason else "")


def _parts_of(node: dict[str, Any]) -> list[dict[str, Any]]:
    if node["op"] != "composing.pipeline":
        return [node]
    return [part for child in node["children"] for part in _parts_of(child)]


def _simplified(nodes: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Without steps that change nothing, and without reading twice."""
    working = _dense_flags([n for n in nodes if n["op"] != "composing.same"] or nodes[-1:])
    if [node["op"] for node in working[:2]] != ["inputs.table", "inputs.numbers"]:
        return working
    kinds = set(working[0]["args"]["kinds"])
    if kinds == {"float32"}:
        return working[1:]
    if kinds <= {"nan", "none"}:
        return [{**working[1], "args": {}}, *working[2:]]
    return working


def _dense_flags(nodes: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """With flags made dense at once, where the next step would do it."""
    made: list[dict[str, Any]] = []
    for node in nodes:
        is_flags = bool(made) and made[-1]["op"] in ("encoding.flags", "scaling.bin_flags")
        if is_flags and node["op"] == "composing.dense":
            made[-1] = {**made[-1], "gives": "dense"}
        else:
            made.append(node)
    return made


def _refuse_what_no_exporter_knows(estimator: Any, given: Given) -> None:
    """What every exporter would have to refuse: other frames than those of pandas as outputs.

    And other inputs than fitted, and methods that were replaced in the object itself.
    """
    name = type(estimator).__name__
    for attribute in vars(estimator) if hasattr(estimator, "__dict__") else ():
        if callable(getattr(type(estimator), attribute, None)):
            raise NotExportableError(f"{name} with a {attribute} of its own")
    if _output_of(estimator) not in (None, "default", "pandas"):
        raise NotExportableError(f"{name} with set_output of {_output_of(estimator)}")
    if name in ("Pipeline", "ColumnTransformer", "FeatureUnion"):
        return
    names = getattr(estimator, "feature_names_in_", None)
    if names is not None and given.names is not None and tuple(names) != given.names:
        raise NotExportableError(f"{name} fitted with other columns than it gets")
    width = getattr(estimator, "n_features_in_", None)
    if width is not None and given.gives != "text" and width != given.width:
        raise NotExportableError(f"{name} fitted with {width} columns where it gets {given.width}")


Exporter = Callable[[Any, Given, Exports], Made]
"""Exports an estimator of one class; raises `NotExportableError` for options it does not know."""
