"""Bending: bins, powers, quantiles, polynomials and functions; ops of the family `scaling`."""

from __future__ import annotations

import math
from bisect import bisect_left, bisect_right
from collections.abc import Callable
from itertools import accumulate
from math import expm1, inf, isnan, log, log1p, nan
from typing import Any

from golive.scorer.format import ProgramError
from golive.scorer.node import Node
from golive.scorer.rows.building import Transform

__all__ = ["OPS"]


def _edges(node: Node) -> list[list[float]]:
    """A list of inner edges a column: the array `edges`, cut at `ends`."""
    edges, ends = node.list("edges"), node.list("ends")
    return [edges[start:end] for start, end in zip([0, *ends[:-1]], ends, strict=True)]


def _bins(node: Node) -> Transform:
    """The number of the bin that each value is in: how many of `edges` are not above it."""
    edges = _edges(node)
    return lambda row: [float(bisect_right(e, v)) for e, v in zip(edges, row, strict=True)]


def _bin_flags(node: Node) -> Transform:
    """A 1 in the place of each value's bin; `counts` says how many bins a column has."""
    counts: list[int] = node.args["counts"]
    columns = list(zip(_edges(node), [0, *accumulate(counts[:-1])], strict=True))
    width = node.width

    def places(row: list[float]) -> list[int]:
        return [
            start + bisect_right(edges, value)
            for value, (edges, start) in zip(row, columns, strict=True)
        ]

    def flags(row: list[float]) -> list[float]:
        filled = [0.0] * width
        for at in places(row):
            filled[at] = 1.0
        return filled

    ones = [1.0] * len(columns)
    return (lambda row: (places(row), ones)) if node.gives == "sparse" else flags


def _yeo_johnson(node: Node) -> Transform:
    """The power transform of Yeo and Johnson, with one of `lambdas` a column."""
    bends = [_yeo_johnson_column(power) for power in node.list("lambdas")]
    return lambda row: [bend(value) for bend, value in zip(bends, row, strict=True)]


def _yeo_johnson_column(power: float) -> Callable[[float], float]:
    upper, lower = _power_of_log1p(power), _power_of_log1p(2.0 - power)

    def bend(value: float) -> float:
        if value >= 0.0:
            return upper(value)
        return -lower(-value) if value == value else nan

    return bend


def _power_of_log1p(power: float) -> Callable[[float], float]:
    """((x + 1) ** power - 1) / power, in the way that is exact near 0."""
    if abs(power) < _EPSILON:
        return log1p

    def raised(value: float) -> float:
        return _expm1(power * log1p(value)) / power

    return raised


def _box_cox(node: Node) -> Transform:
    """The power transform of Box and Cox; values that are not positive are refused."""
    powers: list[float] = node.list("lambdas")

    def bend(row: list[float]) -> list[float]:
        if not all(value > 0.0 or isnan(value) for value in row):
            raise ValueError("the Box-Cox transform takes positive values only")
        return [_box_cox_of(v, p) for v, p in zip(row, powers, strict=True)]

    return bend


def _box_cox_of(value: float, power: float) -> float:
    if abs(power) < 1e-19:
        return log(value)
    exponent = power * log(value)
    if exponent >= _TOO_LARGE:
        return math.copysign(1.0, power) * _exp(exponent - log(abs(power))) - 1.0 / power
    return _expm1(exponent) / power


def _expm1(value: float) -> float:
    return expm1(value) if value < _TOO_LARGE or isnan(value) else inf


def _quantiles(node: Node) -> Transform:
    """Where a value lies among the column's quantiles; as a normal deviate if `is_normal`.

    `quantiles` has a row a column, `references` the share that each quantile stands for.
    """
    references: list[float] = node.list("references")
    flat = node.list("quantiles")
    size = len(references)
    columns = [flat[at : at + size] for at in range(0, len(flat), size)]
    place = _normal_place() if node.args.get("is_normal") else _uniform_place
    return lambda row: [
        place(value, quantiles, references) for value, quantiles in zip(row, columns, strict=True)
    ]


def _uniform_place(value: float, quantiles: list[float], references: list[float]) -> float:
    if value != value:
        return nan
    if value == quantiles[0]:
        return 0.0
    return 1.0 if value == quantiles[-1] else _share(value, quantiles, references)


def _normal_place() -> Callable[[float, list[float], list[float]], float]:
    from statistics import NormalDist

    deviate = NormalDist().inv_cdf
    least = deviate(_BOUND - _EPSILON)
    most = deviate(1.0 - (_BOUND - _EPSILON))

    def place(value: float, quantiles: list[float], references: list[float]) -> float:
        if value != value:
            return nan
        if value - _BOUND < quantiles[0]:
            return least
        if value + _BOUND > quantiles[-1]:
            return most
        share = _share(value, quantiles, references)
        if share <= 0.0:
            return least
        return most if share >= 1.0 else min(max(deviate(share), least), most)

    return place


def _share(value: float, quantiles: list[float], references: list[float]) -> float:
    """The mean of interpolating up and down, which differ where quantiles are equal."""
    last = len(quantiles) - 1
    at = bisect_right(quantiles, value) - 1
    if at < 0:
        return references[0]
    if at >= last:
        return references[last]
    low, high = quantiles[at], quantiles[at + 1]
    slope = (references[at + 1] - references[at]) / (high - low)
    up = slope * (value - low) + references[at]
    if value != low:
        return 0.5 * (up + (slope * (value - high) + references[at + 1]))
    return 0.5 * (up + references[bisect_left(quantiles, value)])


def _polynomial(node: Node) -> Transform:
    """Products of values: `terms` lists the positions of each product's factors."""
    terms = [tuple(term) for term in node.args["terms"]]
    return lambda row: [_product(row, term) for term in terms]


def _product(row: list[float], term: tuple[int, ...]) -> float:
    product = 1.0
    for at in reversed(term):
        product *= row[at]
    return product


def _function(node: Node) -> Transform:
    """A function of each value: one of `log1p`, `expm1`, `log`, `exp`, `sqrt`, `abs`, `square`."""
    name: str = node.args["name"]
    if name not in _FUNCTIONS:
        raise ProgramError(f"The program has the function {name!r}, which is not known.")
    function = _FUNCTIONS[name]
    return lambda row: list(map(function, row))


def _log1p(value: float) -> float:
    return log1p(value) if value > -1.0 else _at_pole(value, -1.0)


def _log(value: float) -> float:
    return log(value) if value > 0.0 else _at_pole(value, 0.0)


def _at_pole(value: float, pole: float) -> float:
    return -inf if value == pole else nan


def _sqrt(value: float) -> float:
    return math.sqrt(value) if value >= 0.0 else nan


def _exp(value: float) -> float:
    return math.exp(value) if value < _TOO_LARGE or isnan(value) else inf


_EPSILON = 2.0**-52
_BOUND = 1e-7
_TOO_LARGE = 709.782712893384
_FUNCTIONS: dict[str, Callable[[float], float]] = {
    "log1p": _log1p,
    "expm1": _expm1,
    "log": _log,
    "exp": _exp,
    "sqrt": _sqrt,
    "abs": abs,
    "square": lambda value: value * value,
}
OPS: dict[str, Callable[[Node], Any]] = {
    "bins": _bins,
    "bin_flags": _bin_flags,
    "yeo_johnson": _yeo_johnson,
    "box_cox": _box_cox,
    "quantiles": _quantiles,
    "polynomial": _polynomial,
    "function": _function,
}
