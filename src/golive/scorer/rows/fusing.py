"""Fusing: a linear model and the columns before it as one function, generated when it is loaded.

A scaled or imputed column is an expression of the record's value, and a flag for a category a
weight that is looked up: so a record is answered without making a row for each step. What the
generated function does not cover (nulls that are refused, unseen categories, infinities) raises or
does not give a finite sum; then the steps are run one by one, and decide.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from math import exp, inf, isfinite, nan
from typing import Any

from golive.scorer.node import Node
from golive.scorer.rows.encoding import lookup
from golive.scorer.rows.estimator import Estimator
from golive.scorer.rows.linear import first_largest, is_pair, power, shares_of

__all__ = ["fused"]

_MOST_COLUMNS = 64
_MOST_TERMS = 512


class _NotFusedError(Exception):
    """A step has no expression; it is none of the program's faults."""


class _Raw:
    """A value of the record: the variable that holds it, and what its null becomes."""

    __slots__ = ("categories", "null", "text")

    def __init__(
        self, text: str, null: Any = nan, categories: frozenset[Any] | None = None
    ) -> None:
        self.text = text
        self.null = null
        self.categories = categories


class _Expression:
    """A number made of the record's values."""

    __slots__ = ("text",)

    def __init__(self, text: str) -> None:
        self.text = text


class _Flag:
    """One of the flags of a category: the table that says which is up, and the flag's height."""

    __slots__ = ("height", "place", "table")

    def __init__(self, table: int, place: int, height: float = 1.0) -> None:
        self.table = table
        self.place = place
        self.height = height


_Value = _Raw | _Expression | _Flag


class _Fusion:
    """What is collected while the steps are read.

    Attributes:
        lines: Assignments that come before the sums.
        names: What the generated function refers to.
        flags: For each table of flags the variable that is looked up, and value to place.
    """

    def __init__(self) -> None:
        self.lines: list[str] = []
        self.names: dict[str, Any] = {}
        self.flags: list[tuple[str, dict[Any, int]]] = []

    def run(self, node: Node, row: list[_Value]) -> list[_Value]:
        """The values that a step makes of a row."""
        step = _STEPS.get(node.op)
        if step is None or len(row) > _MOST_COLUMNS * 16:
            raise _NotFusedError
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


def fused(root: Node, plain: Estimator) -> Estimator | None:
    """The estimator of records that a pipeline is, or None where its steps have no expressions.

    Args:
        root: A pipeline that begins with the record.
        plain: The same pipeline, step by step.
    """
    *steps, last = root.children
    if last.op not in _ENDS or not steps or steps[0].width > _MOST_COLUMNS:
        return None
    fusion = _Fusion()
    row: list[_Value] = [_Raw(f"a{at}") for at in range(steps[0].width)]
    try:
        for step in steps:
            row = fusion.run(step, row)
        sums = _sums(fusion, last, row)
    except _NotFusedError:
        return None
    return _ENDS[last.op](_Source(fusion, steps[0].width, sums), last, plain)


def _numbers(_: _Fusion, node: Node, row: list[_Value]) -> list[_Value]:
    if node.args.get("is_float32"):
        raise _NotFusedError
    return row


def _table(_: _Fusion, node: Node, row: list[_Value]) -> list[_Value]:
    lists = node.args.get("categories") or [None] * len(row)
    return [
        _read(value, kind, known)
        for value, kind, known in zip(row, node.args["kinds"], lists, strict=True)
    ]


def _read(value: _Value, kind: str, categories: list[Any] | None) -> _Value:
    if kind == "float32" or not isinstance(value, _Raw):
        raise _NotFusedError
    known = frozenset(categories) if kind == "category" and categories is not None else None
    return _Raw(value.text, None if kind == "none" else nan, known)


def _same(_: _Fusion, __: Node, row: list[_Value]) -> list[_Value]:
    return row


def _pick(_: _Fusion, node: Node, row: list[_Value]) -> list[_Value]:
    if node.gives == "text":
        raise _NotFusedError
    return [row[at] for at in node.args["positions"]]


def _pipeline(fusion: _Fusion, node: Node, row: list[_Value]) -> list[_Value]:
    for child in node.children:
        row = fusion.run(child, row)
    return row


def _union(fusion: _Fusion, node: Node, row: list[_Value]) -> list[_Value]:
    return [value for child in node.children for value in fusion.run(child, row)]


def _weighted(_: _Fusion, node: Node, row: list[_Value]) -> list[_Value]:
    return [_times(value, node.args["weight"]) for value in row]


def _times(value: _Value, factor: float) -> _Value:
    if isinstance(value, _Flag):
        return _Flag(value.table, value.place, value.height * factor)
    return _Expression(f"({value.text} * {_literal(factor)})")


def _standard(_: _Fusion, node: Node, row: list[_Value]) -> list[_Value]:
    means = node.list("mean") if node.has("mean") else [None] * len(row)
    scales = node.list("scale") if node.has("scale") else [None] * len(row)
    return [_shifted(*one) for one in zip(row, means, scales, strict=True)]


def _shifted(value: _Value, mean: float | None, scale: float | None) -> _Value:
    if isinstance(value, _Flag):
        if mean is not None or scale is None:
            raise _NotFusedError
        return _Flag(value.table, value.place, value.height / scale)
    text = value.text if mean is None else f"({value.text} - {_literal(mean)})"
    return _Expression(text if scale is None else f"({text} / {_literal(scale)})")


def _range(_: _Fusion, node: Node, row: list[_Value]) -> list[_Value]:
    made: list[_Value] = []
    for value, scale, offset in zip(row, node.list("scale"), node.list("offset"), strict=True):
        if isinstance(value, _Flag):
            raise _NotFusedError
        made.append(_Expression(f"({value.text} * {_literal(scale)} + {_literal(offset)})"))
    return made


def _literal(value: float) -> str:
    if not isfinite(value):
        raise _NotFusedError
    return repr(float(value))


def _imputed(fusion: _Fusion, node: Node, row: list[_Value]) -> list[_Value]:
    fills: list[float] = node.list("fills")
    tests = [_missing(fusion, value, node.args["missing"]) for value in row]
    made: list[_Value] = []
    for at in node.args["kept"]:
        test, text = tests[at]
        made.append(_Expression(f"({_literal(fills[at])} if {test} else {text})"))
    flags = [_Expression(f"(1.0 if {tests[at][0]} else 0.0)") for at in node.args["flagged"]]
    return [*made, *flags]


def _missing(fusion: _Fusion, value: _Value, missing: float | None) -> tuple[str, str]:
    """A test whether the value is missing, and the value."""
    if isinstance(value, _Flag):
        raise _NotFusedError
    text = value.text if isinstance(value, _Raw) else fusion.assigned(value.text)
    if missing is not None:
        return f"{text} == {_literal(missing)}", text
    return f"{text} is None or {text} != {text}", text


def _imputed_objects(_: _Fusion, node: Node, row: list[_Value]) -> list[_Value]:
    if node.args["missing"] != ["nan"] or node.args["flagged"]:
        raise _NotFusedError
    fills = node.args["fills"]
    return [_filled(row[at], fills[at]) for at in node.args["kept"]]


def _filled(value: _Value, fill: Any) -> _Value:
    if not isinstance(value, _Raw):
        raise _NotFusedError
    return _Raw(value.text, value.null if value.null is None else fill, value.categories)


def _flags(fusion: _Fusion, node: Node, row: list[_Value]) -> list[_Value]:
    made: list[_Value] = []
    for value, column in zip(row, node.args["columns"], strict=True):
        text, known = _known(value, column, column["places"])
        fusion.flags.append((text, known))
        places = {at for at in column["places"] if at >= 0}
        made += [_Flag(len(fusion.flags) - 1, at) for at in sorted(places)]
    if len(made) != node.width:
        raise _NotFusedError
    return made


def _answers(fusion: _Fusion, node: Node, row: list[_Value]) -> list[_Value]:
    if node.args["each"] != 1:
        raise _NotFusedError
    made: list[_Value] = []
    start, flat = 0, node.list("answers")
    for value, column in zip(row, node.args["columns"], strict=True):
        count = len(column["values"]) + (column["unseen"] is not None)
        text, known = _known(value, column, flat[start : start + count])
        start += count
        made.append(_Expression(f"{fusion.named(known)}[{text}]"))
    return made


def _known(value: _Value, column: dict[str, Any], answers: list[Any]) -> tuple[str, Any]:
    """The variable that is looked up, and the answers of the values that need no thought."""
    if not isinstance(value, _Raw):
        raise _NotFusedError
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


_STEPS: dict[str, Callable[[_Fusion, Node, list[_Value]], list[_Value]]] = {
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


class _Source:
    """The source of functions that begin with the sums of a linear model.

    Args:
        fusion: The assignments and names.
        width: How many values a record has.
        sums: An expression for each sum.
    """

    def __init__(self, fusion: _Fusion, width: int, sums: Sequence[str]) -> None:
        self._names = fusion.names
        record = "".join(f"a{at}, " for at in range(width))
        assigned = [*fusion.lines, *(f"z{at} = {text}" for at, text in enumerate(sums))]
        self._lines = [f"({record}) = row", *assigned]
        self.all = "[" + ", ".join(f"z{at}" for at in range(len(sums))) + "]"
        self.total = " + ".join(f"z{at}" for at in range(len(sums)))

    def function(self, end: str, plain: Callable[[Any], Any], **names: Any) -> Callable[[Any], Any]:
        """A function of a record that ends in these lines, or in `plain` where they fall through.

        Nothing of it is stored: the source is made of numbers that a program holds.
        """
        lines = [
            "def answer(row):",
            " try:",
            *(f"  {line}" for line in self._lines),
            " except (TypeError, KeyError):",
            "  return plain(row)",
            *(f" {line}" for line in end.splitlines()),
            " return plain(row)",
        ]
        known = {**self._names, **names, "plain": plain, "inf": inf}
        exec("\n".join(lines), known)  # noqa: S102
        answer: Callable[[Any], Any] = known["answer"]
        return answer

    def returning(
        self, expression: str, plain: Callable[[Any], Any], **names: Any
    ) -> Callable[[Any], Any]:
        """A function of a record that gives an expression of the sums, where they are finite."""
        end = f"if -inf < {self.total} < inf:\n return {expression}"
        return self.function(end, plain, **names)


def _sums(fusion: _Fusion, last: Node, row: list[_Value]) -> list[str]:
    intercepts: list[float] = last.list("intercepts")
    outputs, weights = len(intercepts), last.list("weights")
    if len(weights) != outputs * len(row):
        raise _NotFusedError
    is_sparse = last.args.get("takes") == "sparse"
    parts = [_literal(intercept) for intercept in intercepts]
    each = [
        weights[k::outputs] if is_sparse else weights[k * len(row) : (k + 1) * len(row)]
        for k in range(outputs)
    ]
    texts = [_text(fusion, value, outputs) for value in row if not isinstance(value, _Flag)]
    if (len(texts) + len(fusion.flags)) * outputs > _MOST_TERMS:
        raise _NotFusedError
    sums = []
    for part, wanted in zip(parts, each, strict=True):
        numbers = [w for w, value in zip(wanted, row, strict=True) if not isinstance(value, _Flag)]
        terms = [f"{text} * {_literal(w)}" for text, w in zip(texts, numbers, strict=True)]
        sums.append(" + ".join([*terms, *_looked_up(fusion, row, wanted), part]))
    return sums


def _text(fusion: _Fusion, value: _Raw | _Expression, outputs: int) -> str:
    is_used_once = outputs == 1 or isinstance(value, _Raw)
    return value.text if is_used_once else fusion.assigned(value.text)


def _looked_up(fusion: _Fusion, row: list[_Value], weights: list[float]) -> list[str]:
    """A term for each table of flags: the weight of the flag that is up."""
    heights: list[dict[int, float]] = [{} for _ in fusion.flags]
    for value, weight in zip(row, weights, strict=True):
        if isinstance(value, _Flag):
            known = heights[value.table]
            known[value.place] = known.get(value.place, 0.0) + value.height * weight
    terms = []
    for (text, places), found in zip(fusion.flags, heights, strict=True):
        table = {value: found.get(place, 0.0) for value, place in places.items()}
        terms.append(f"{fusion.named(table)}[{text}]")
    return terms


def _logistic(source: _Source, last: Node, plain: Estimator) -> Estimator:
    assert plain.probabilities is not None
    estimator = _classifier(source, last, plain)
    if is_pair(last):
        end = (
            "if 0.0 <= z0 < inf:\n p = 1.0 / (1.0 + exp(-z0))\n return [1.0 - p, p]\n"
            "if -inf < z0 < 0.0:\n e = exp(z0)\n p = e / (1.0 + e)\n return [1.0 - p, p]"
        )
        estimator.probabilities = source.function(end, plain.probabilities, exp=exp)
    else:
        estimator.probabilities = source.returning(
            f"shares({source.all})", plain.probabilities, shares=shares_of(last)
        )
    return Estimator(
        probabilities=estimator.probabilities, label=estimator.label, decision=estimator.decision
    )


def _classifier(source: _Source, _: Node, plain: Estimator) -> Estimator:
    decide, decision = plain.label, plain.decision
    assert decide is not None
    assert decision is not None
    label = "1 if z0 > 0.0 else 0" if source.all == "[z0]" else f"first_largest({source.all})"
    return Estimator(
        label=_later(lambda: source.returning(label, decide, first_largest=first_largest)),
        decision=_later(lambda: source.returning(source.all, decision)),
    )


def _later(make: Callable[[], Callable[[Any], Any]]) -> Callable[[Any], Any]:
    """A function that is generated when it is first called."""
    made: list[Callable[[Any], Any]] = []

    def answer(row: Any) -> Any:
        if not made:
            made.append(make())
        return made[0](row)

    return answer


def _regressor(source: _Source, last: Node, plain: Estimator) -> Estimator:
    assert plain.value is not None
    if source.all != "[z0]":
        return Estimator(value=source.returning(source.all, plain.value))
    if last.args.get("link") == "log":
        return Estimator(value=source.returning("power(z0)", plain.value, power=power))
    return Estimator(value=source.returning("z0", plain.value))


_ENDS: dict[str, Callable[[_Source, Node, Estimator], Estimator]] = {
    "linear.logistic": _logistic,
    "linear.modified_huber": _logistic,
    "linear.classifier": _classifier,
    "linear.regressor": _regressor,
}
