"""Fusing: a linear model and the columns before it as one function, generated when it is loaded.

A scaled or imputed column is an expression of the record's value, and a flag for a category a
weight that is looked up: so a record is answered without making a row for each step. What the
generated function does not cover (nulls that are refused, unseen categories, infinities) raises or
does not give a finite sum; then the steps are run one by one, and decide.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from math import exp, inf
from typing import Any

from golive.scorer.node import Node
from golive.scorer.rows.estimator import Estimator
from golive.scorer.rows.expressions import (
    Expression,
    Flag,
    Fusion,
    NotFusedError,
    Raw,
    Value,
    literal,
)
from golive.scorer.rows.linear import is_pair, label_of, power, shares_of

__all__ = ["fused"]

_MOST_COLUMNS = 64
_MOST_TERMS = 512


def fused(root: Node, plain: Estimator) -> Estimator | None:
    """The estimator of records that a pipeline is, or None where its steps have no expressions.

    Args:
        root: A pipeline that begins with the record.
        plain: The same pipeline, step by step.
    """
    *steps, last = root.children
    if last.op not in _ENDS or not steps or steps[0].width > _MOST_COLUMNS:
        return None
    fusion = Fusion()
    row: list[Value] = [Raw(f"a{at}") for at in range(steps[0].width)]
    try:
        for step in steps:
            row = fusion.run(step, row)
        sums = _sums(fusion, last, row)
        for text, known in fusion.unchecked.items():
            fusion.assigned(f"{fusion.named(dict.fromkeys([*known, None]))}[{text}]")
    except NotFusedError:
        return None
    return _ENDS[last.op](_Source(fusion, steps[0].width, sums), last, plain)


class _Source:
    """The source of functions that begin with the sums of a linear model.

    Args:
        fusion: The assignments and names.
        width: How many values a record has.
        sums: An expression for each sum.
    """

    def __init__(self, fusion: Fusion, width: int, sums: Sequence[str]) -> None:
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


def _sums(fusion: Fusion, last: Node, row: list[Value]) -> list[str]:
    intercepts: list[float] = last.list("intercepts")
    outputs, weights = len(intercepts), last.list("weights")
    if len(weights) != outputs * len(row):
        raise NotFusedError
    is_sparse = last.args.get("takes") == "sparse"
    parts = [literal(intercept) for intercept in intercepts]
    each = [
        weights[k::outputs] if is_sparse else weights[k * len(row) : (k + 1) * len(row)]
        for k in range(outputs)
    ]
    texts = [_text(fusion, value, outputs) for value in row if not isinstance(value, Flag)]
    if (len(texts) + len(fusion.flags)) * outputs > _MOST_TERMS:
        raise NotFusedError
    sums = []
    for part, wanted in zip(parts, each, strict=True):
        numbers = [w for w, value in zip(wanted, row, strict=True) if not isinstance(value, Flag)]
        terms = [f"{text} * {literal(w)}" for text, w in zip(texts, numbers, strict=True)]
        sums.append(" + ".join([*terms, *_looked_up(fusion, row, wanted), part]))
    return sums


def _text(fusion: Fusion, value: Raw | Expression, outputs: int) -> str:
    is_used_once = outputs == 1 or isinstance(value, Raw)
    return value.text if is_used_once else fusion.assigned(value.text)


def _looked_up(fusion: Fusion, row: list[Value], weights: list[float]) -> list[str]:
    """A term for each table of flags: the weight of the flag that is up."""
    heights: list[dict[int, float]] = [{} for _ in fusion.flags]
    for value, weight in zip(row, weights, strict=True):
        if isinstance(value, Flag):
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
    labelled = plain.labelled
    assert labelled is not None
    shares, both = shares_of(last), f"(shares(z := {source.all}), label_of(z))"
    if is_pair(last):
        end = (
            "if 0.0 <= z0 < inf:\n p = 1.0 / (1.0 + exp(-z0))\n return [1.0 - p, p]\n"
            "if -inf < z0 < 0.0:\n e = exp(z0)\n p = e / (1.0 + e)\n return [1.0 - p, p]"
        )
        estimator.probabilities = source.function(end, plain.probabilities, exp=exp)
    else:
        end = f"shares({source.all})"
        estimator.probabilities = source.returning(end, plain.probabilities, shares=shares)
    estimator.labelled = _later(
        lambda: source.returning(both, labelled, shares=shares, label_of=label_of)
    )
    return estimator


def _classifier(source: _Source, _: Node, plain: Estimator) -> Estimator:
    decide, decision = plain.label, plain.decision
    assert decide is not None
    assert decision is not None
    label = f"label_of({source.all})"
    return Estimator(
        label=_later(lambda: source.returning(label, decide, label_of=label_of)),
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
