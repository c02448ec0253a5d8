"""Targets that were transformed for training: what is predicted is turned back."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable
from math import erfc, expm1, inf, log, log1p, nan, sqrt

from golive.scorer.format import ProgramError
from golive.scorer.node import Node
from golive.scorer.rows.building import build_estimator
from golive.scorer.rows.combining import response_of
from golive.scorer.rows.estimator import Estimator
from golive.scorer.rows.links import exponential

__all__ = ["OPS"]

Curve = Callable[[float], float]


def _expm1(value: float) -> float:
    try:
        return expm1(value)
    except OverflowError:
        return inf


def _log(value: float) -> float:
    return log(value) if value > 0.0 else -inf if value == 0.0 else nan


def _log1p(value: float) -> float:
    return log1p(value) if value > -1.0 else -inf if value == -1.0 else nan


def _sqrt(value: float) -> float:
    return sqrt(value) if value >= 0.0 else nan


_FUNCTIONS: dict[str, Curve] = {
    "identity": lambda value: value,
    "exp": exponential,
    "expm1": _expm1,
    "log": _log,
    "log1p": _log1p,
    "sqrt": _sqrt,
    "square": lambda value: value * value,
    "negative": lambda value: -value,
    "reciprocal": lambda value: 1.0 / value if value else inf,
}


def _function(node: Node) -> Estimator:
    """The child's value through a function; args: `name`.

    One of identity, exp, expm1, log, log1p, sqrt, square, negative and reciprocal.
    """
    name = node.args["name"]
    if name not in _FUNCTIONS:
        raise ProgramError(f"The program has a function {name!r}, which this golive does not know.")
    return _through(node, _FUNCTIONS[name])


def _through(node: Node, turn_back: Curve) -> Estimator:
    (child,) = [build_estimator(child) for child in node.children]
    response = response_of(child, "value")
    if node.width == 1:
        return Estimator(value=lambda row: turn_back(response(row)[0]))
    return Estimator(value=lambda row: [turn_back(value) for value in response(row)])


def _scaled(node: Node) -> Estimator:
    """`value * scale + shift`; args: both."""
    scale, shift = node.args["scale"], node.args["shift"]
    return _through(node, lambda value: value * scale + shift)


def _ranged(node: Node) -> Estimator:
    """`(value - shift) / scale`; args: both."""
    scale, shift = node.args["scale"], node.args["shift"]
    return _through(node, lambda value: (value - shift) / scale)


def _yeo_johnson(node: Node) -> Estimator:
    """The inverse of a Yeo-Johnson transform of `value * scale + shift`; args: `lambda` too."""
    power: float = node.args["lambda"]
    scale, shift = node.args["scale"], node.args["shift"]

    def turn_back(value: float) -> float:
        value = value * scale + shift
        if value >= 0.0:
            if abs(power) < 2.220446049250313e-16:
                return exponential(value) - 1.0
            return _power(value * power + 1.0, 1.0 / power) - 1.0
        if abs(power - 2.0) > 2.220446049250313e-16:
            return 1.0 - _power(-(2.0 - power) * value + 1.0, 1.0 / (2.0 - power))
        return 1.0 - exponential(-value)

    return _through(node, turn_back)


def _power(base: float, exponent: float) -> float:
    """NaN where NumPy has it."""
    if base < 0.0:
        return nan
    try:
        return float(base**exponent)
    except (OverflowError, ZeroDivisionError):
        return inf


def _quantiles(node: Node) -> Estimator:
    """From uniform or normal values back through quantiles.

    Args: `is_normal`; the arrays are `references` and `quantiles`.
    """
    references: list[float] = node.list("references")
    quantiles: list[float] = node.list("quantiles")
    is_normal: bool = node.args["is_normal"]
    last = len(references) - 1

    def turn_back(value: float) -> float:
        share = 0.5 * erfc(-value / sqrt(2.0)) if is_normal else value
        if (is_normal and share - 1e-7 < 0.0) or share <= 0.0:
            return quantiles[0]
        if (is_normal and share + 1e-7 > 1.0) or share >= 1.0:
            return quantiles[last]
        at = bisect_right(references, share) - 1
        step = (quantiles[at + 1] - quantiles[at]) / (references[at + 1] - references[at])
        return step * (share - references[at]) + quantiles[at]

    return _through(node, turn_back)


OPS: dict[str, Callable[[Node], Estimator]] = {
    "function": _function,
    "scaled": _scaled,
    "ranged": _ranged,
    "yeo_johnson": _yeo_johnson,
    "quantiles": _quantiles,
}
