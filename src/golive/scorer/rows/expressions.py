"""Expressions: what steps make of a record's columns, as source for `golive.scorer.rows.fusing`."""

from __future__ import annotations

from collections.abc import Callable
from math import isfinite, nan
from typing import Any

from golive.scorer.node import Node
from golive.scorer.rows.encoding import lookup

__all__ = ["Expression", "Flag", "Fusion", "NotFusedError", "Raw", "Value", "literal"]

_MOST_VALUES = 1024


class NotFusedError(Exception):
    """A step has no expression; it is none of the program's faults."""


class Raw:
    """A value of the record: the variable that holds it, and what its null becomes."""

    __slots__ = ("categories", "null", "text")

    def __init__(
        self, text: str, null: Any = nan, categories: frozenset[Any] | None = None
    ) -> None:
        self.text = text
        self.null = null
        self.categories = categories


class Expression:
    """A number made of the record's values."""

    __slots__ = ("text",)

    def __init__(self, text: str) -> None:
        self.text = text


class Flag:
    """One of the flags of a category: the table that says which is up, and the flag's height."""

    __slots__ = ("height", "place", "table")

    def __init__(self, table: int, place: int, height: float = 1.0) -> None:
        self.table = table
        self.place = place
        self.height = height


Value = Raw | Expression | Flag


class Fusion:
    """What is collected while the steps are read.

    Attributes:
        lines: Assignments that come before the sums.
        names: What the generated function refers to.
        flags: For each table of flags the variable that is looked up, and value to place.
        unchecked: Variables that must hold one of these values, as no lookup sees to it.
    """

    def __init__(self) -> None:
        self.lines: list[str] = []
        self.names: dict[str, Any] = {}
        self.flags: list[tuple[str, dict[Any, int]]] = []
        self.unchecked: dict[str, frozenset[Any]] = {}

    def run(self, node: Node, row: list[Value]) -> list[Value]:
        """The values that a step makes of a row."""
        step = _STEPS.get(node.op)
        if step is None or len(row) > _MOST_VALUES:
            raise NotFusedError
        return step(self, node, row)

    def assigned(self, text: str) -> str:
        """A variable that holds the value of an expression."""
        name = f"t{len(self.lines)}"
        self.lines.append(f"{name} = {text}")
        return name

    def named(self, value: Any) -> str:
        """A name for a value."""
        name = f"d{len(self.names)}"
        self.names[name] = value
        return name


def _numbers(_: Fusion, node: Node, row: list[Value]) -> list[Value]:
    if node.args.get("is_float32"):
        raise NotFusedError
    return row


def _table(fusion: Fusion, node: Node, row: list[Value]) -> list[Value]:
    lists = node.args.get("categories") or [None] * len(row)
    return [
        _read(fusion, value, kind, known)
        for value, kind, known in zip(row, node.args["kinds"], lists, strict=True)
    ]


def _read(fusion: Fusion, value: Value, kind: str, categories: list[Any] | None) -> Value:
    if kind == "float32" or not isinstance(value, Raw):
        raise NotFusedError
    if kind != "category" or categories is None:
        return Raw(value.text, None if kind == "none" else nan)
    known = frozenset(categories)
    fusion.unchecked[value.text] = known
    return Raw(value.text, nan, known)


def _same(_: Fusion, __: Node, row: list[Value]) -> list[Value]:
    return row


def _pick(_: Fusion, node: Node, row: list[Value]) -> list[Value]:
    if node.gives == "text":
        raise NotFusedError
    return [row[at] for at in node.args["positions"]]


def _pipeline(fusion: Fusion, node: Node, row: list[Value]) -> list[Value]:
    for child in node.children:
        row = fusion.run(child, row)
    return row


def _union(fusion: Fusion, node: Node, row: list[Value]) -> list[Value]:
    return [value for child in node.children for value in fusion.run(child, row)]


def _weighted(_: Fusion, node: Node, row: list[Value]) -> list[Value]:
    return [_times(value, node.args["weight"]) for value in row]


def _times(value: Value, factor: float) -> Value:
    if isinstance(value, Flag):
        return Flag(value.table, value.place, value.height * factor)
    return Expression(f"({value.text} * {literal(factor)})")


def _standard(_: Fusion, node: Node, row: list[Value]) -> list[Value]:
    means = node.list("mean") if node.has("mean") else [None] * len(row)
    scales = node.list("scale") if node.has("scale") else [None] * len(row)
    return [_shifted(*one) for one in zip(row, means, scales, strict=True)]


def _shifted(value: Value, mean: float | None, scale: float | None) -> Value:
    if isinstance(value, Flag):
        if mean is not None or scale is None:
            raise NotFusedError
        return Flag(value.table, value.place, value.height / scale)
    text = value.text if mean is None else f"({value.text} - {literal(mean)})"
    return Expression(text if scale is None else f"({text} / {literal(scale)})")


def _range(_: Fusion, node: Node, row: list[Value]) -> list[Value]:
    made: list[Value] = []
    for value, scale, offset in zip(row, node.list("scale"), node.list("offset"), strict=True):
        if isinstance(value, Flag):
            raise NotFusedError
        made.append(Expression(f"({value.text} * {literal(scale)} + {literal(offset)})"))
    return made


def literal(value: float) -> str:
    """A number as source; only finite ones have any."""
    if not isfinite(value):
        raise NotFusedError
    return repr(float(value))


def _imputed(fusion: Fusion, node: Node, row: list[Value]) -> list[Value]:
    fills: list[float] = node.list("fills")
    tests = [_missing(fusion, value, node.args["missing"]) for value in row]
    made: list[Value] = []
    for at in node.args["kept"]:
        test, text = tests[at]
        made.append(Expression(f"({literal(fills[at])} if {test} else {text})"))
    flags = [Expression(f"(1.0 if {tests[at][0]} else 0.0)") for at in node.args["flagged"]]
    return [*made, *flags]


def _missing(fusion: Fusion, value: Value, missing: float | None) -> tuple[str, str]:
    """A test whether the value is missing, and the value."""
    if isinstance(value, Flag):
        raise NotFusedError
    text = value.text if isinstance(value, Raw) else fusion.assigned(value.text)
    if missing is not None:
        return f"{text} == {literal(missing)}", text
    return f"{text} is None or {text} != {text}", text


def _imputed_objects(_: Fusion, node: Node, row: list[Value]) -> list[Value]:
    if node.args["missing"] != ["nan"] or node.args["flagged"]:
        raise NotFusedError
    fills = node.args["fills"]
    return [_filled(row[at], fills[at]) for at in node.args["kept"]]


def _filled(value: Value, fill: Any) -> Value:
    if not isinstance(value, Raw):
        raise NotFusedError
    return Raw(value.text, value.null if value.null is None else fill, value.categories)


def _flags(fusion: Fusion, node: Node, row: list[Value]) -> list[Value]:
    made: list[Value] = []
    for value, column in zip(row, node.args["columns"], strict=True):
        text, known = _known(fusion, value, column, column["places"])
        fusion.flags.append((text, known))
        places = {at for at in column["places"] if at >= 0}
        made += [Flag(len(fusion.flags) - 1, at) for at in sorted(places)]
    if len(made) != node.width:
        raise NotFusedError
    return made


def _answers(fusion: Fusion, node: Node, row: list[Value]) -> list[Value]:
    if node.args["each"] != 1:
        raise NotFusedError
    made: list[Value] = []
    start, flat = 0, node.list("answers")
    for value, column in zip(row, node.args["columns"], strict=True):
        count = len(column["values"]) + (column["unseen"] is not None)
        text, known = _known(fusion, value, column, flat[start : start + count])
        start += count
        made.append(Expression(f"{fusion.named(known)}[{text}]"))
    return made


def _known(
    fusion: Fusion, value: Value, column: dict[str, Any], answers: list[Any]
) -> tuple[str, Any]:
    """The variable that is looked up, and the answers of the values that need no thought."""
    if not isinstance(value, Raw):
        raise NotFusedError
    fusion.unchecked.pop(value.text, None)
    look = lookup(column, answers)
    values = [v for at, v in enumerate(column["values"]) if at != column["nan"] and v is not None]
    if value.categories is not None:
        values = [v for v in values if v in value.categories]
    known = {v: look(v) for v in values}
    try:
        known[None] = look(value.null)
    except ValueError:
        return value.text, known
    return value.text, known


_STEPS: dict[str, Callable[[Fusion, Node, list[Value]], list[Value]]] = {
    "inputs.numbers": _numbers,
    "inputs.table": _table,
    "composing.same": _same,
    "composing.dense": _same,
    "composing.pick": _pick,
    "composing.pipeline": _pipeline,
    "composing.union": _union,
    "composing.weighted": _weighted,
    # What these refuse makes a sum that is not finite, so that the steps are asked.
    "checking.finite": _same,
    "checking.no_infinity": _same,
    "scaling.standard": _standard,
    "scaling.range": _range,
    "imputing.simple": _imputed,
    "imputing.objects": _imputed_objects,
    "encoding.flags": _flags,
    "encoding.values": _answers,
}
