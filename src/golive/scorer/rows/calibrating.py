"""Calibration: from a classifier's answers to probabilities."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable
from functools import reduce
from math import isfinite, log
from operator import add
from typing import Any

from golive.scorer.node import Node
from golive.scorer.rows.building import build_estimator
from golive.scorer.rows.combining import response_of
from golive.scorer.rows.estimator import Estimator
from golive.scorer.rows.linear import sigmoid, softmax
from golive.scorer.rows.links import first_largest

__all__ = ["OPS"]

Curve = Callable[[float], float]


def _curves(node: Node) -> Estimator:
    """Each answer of the child through a curve of its own.

    Args: `response` (see `golive.scorer.rows.combining.response_of`), `positions` (the class that
    each curve gives), and `slopes` and `offsets` of sigmoids; or the arrays `xs`, `ys` and `ends`
    of lines through points, one after another.
    """
    (child,) = [build_estimator(child) for child in node.children]
    response = response_of(child, node.args["response"])
    positions: list[int] = node.args["positions"]
    curves = _lines_of(node) if node.has("xs") else _sigmoids_of(node)
    width = node.width

    def probabilities(row: Any) -> list[float]:
        shares = [0.0] * width
        for at, curve, value in zip(positions, curves, response(row), strict=True):
            shares[at] = curve(value)
        if width == 2:
            return _capped([1.0 - shares[1], shares[1]])
        total = reduce(add, shares)
        return _capped([share / total for share in shares] if total else [1.0 / width] * width)

    return Estimator(
        probabilities=probabilities, label=lambda row: first_largest(probabilities(row))
    )


def _capped(shares: list[float]) -> list[float]:
    return [1.0 if 1.0 < share <= 1.00001 else share for share in shares]


def _sigmoids_of(node: Node) -> list[Curve]:
    pairs = zip(node.args["slopes"], node.args["offsets"], strict=True)
    return [_sigmoid_curve(slope, offset) for slope, offset in pairs]


def _sigmoid_curve(slope: float, offset: float) -> Curve:
    return lambda value: sigmoid(-(slope * value + offset))


def _lines_of(node: Node) -> list[Curve]:
    xs, ys, ends = node.list("xs"), node.list("ys"), node.list("ends")
    begins = [0, *ends[:-1]]
    return [_line(xs[begin:end], ys[begin:end]) for begin, end in zip(begins, ends, strict=True)]


def _line(xs: list[float], ys: list[float]) -> Curve:
    """The line through points; what lies outside has the value of the nearest.

    What is not finite is refused, as isotonic regressions do.
    """
    last = len(xs) - 1

    def interpolated(value: float) -> float:
        if not isfinite(value):
            raise ValueError("a score to be calibrated is not finite")
        at = bisect_right(xs, value) - 1
        if at < 0:
            return ys[0]
        if at >= last:
            return ys[last]
        return (ys[at + 1] - ys[at]) / (xs[at + 1] - xs[at]) * (value - xs[at]) + ys[at]

    return interpolated


def _temperature(node: Node) -> Estimator:
    """The softmax of the child's logits times `factor`; args: `response` too."""
    (child,) = [build_estimator(child) for child in node.children]
    response = response_of(child, node.args["response"])
    factor: float = node.args["factor"]

    def probabilities(row: Any) -> list[float]:
        return _capped(softmax([factor * logit for logit in _logits(response(row))]))

    return Estimator(
        probabilities=probabilities, label=lambda row: first_largest(probabilities(row))
    )


def _logits(values: list[float]) -> list[float]:
    """Probabilities are known by being such: between 0 and 1, with the sum 1."""
    if len(values) == 1:
        return [-values[0], values[0]]
    if all(0.0 <= value <= 1.0 for value in values) and abs(sum(values) - 1.0) <= 1e-5:
        return [log(value + 1e-12) for value in values]
    return values


OPS: dict[str, Callable[[Node], Estimator]] = {"curves": _curves, "temperature": _temperature}
