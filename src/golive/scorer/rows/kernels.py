"""Kernels: how alike a row and each support vector are, as libsvm measures it."""

from __future__ import annotations

from collections.abc import Callable
from math import dist, exp, tanh
from operator import mul
from typing import Any

from golive.scorer.node import Node
from golive.scorer.rows.checking import refuse_non_finite

__all__ = ["kernel_of"]

Kernel = Callable[[Any], list[float]]


def kernel_of(node: Node) -> Kernel:
    """The kernel's value of a row and each support vector.

    It is `exp(-gamma * distance²)`, `(gamma * product + coef0) ** degree` or
    `tanh(gamma * product + coef0)`. The arguments are `kernel` (`rbf`, `poly` or `sigmoid`),
    `gamma`, `coef0`, `degree`, `takes` and `inputs`. The array of dense rows is `vectors`, vector
    by vector. Those of sparse rows go input by input: `starts` (where each input's values begin,
    and where the last end), `places` (whose they are), `parts` (the values), and `lengths`
    (squared, of each vector).
    """
    is_sparse = node.args["takes"] == "sparse"
    match node.args["kernel"]:
        case "rbf":
            return _sparse_radial(node) if is_sparse else _radial(node)
        case "poly":
            return _polynomial(node, _products(node))
        case _:
            return _sigmoid(node, _products(node))


def _radial(node: Node) -> Kernel:
    vectors, gamma = _vectors(node), -node.args["gamma"]

    def kernel(row: list[float]) -> list[float]:
        refuse_non_finite(row)
        return [exp(gamma * away * away) for away in [dist(row, vector) for vector in vectors]]

    return kernel


def _sparse_radial(node: Node) -> Kernel:
    lengths, gamma = node.list("lengths"), -node.args["gamma"]
    products = _sparse_products(node)

    def kernel(row: tuple[list[int], list[float]]) -> list[float]:
        own = sum(map(mul, row[1], row[1]))
        return [
            exp(gamma * max(own + length - 2.0 * product, 0.0))
            for length, product in zip(lengths, products(row), strict=True)
        ]

    return kernel


def _polynomial(node: Node, products: Kernel) -> Kernel:
    gamma, shift, degree = node.args["gamma"], node.args["coef0"], node.args["degree"]
    return lambda row: [_power(gamma * product + shift, degree) for product in products(row)]


def _power(base: float, times: int) -> float:
    """By squaring, in libsvm's order and without an exception where it is too large."""
    power = 1.0
    while times > 0:
        if times % 2:
            power *= base
        base *= base
        times //= 2
    return power


def _sigmoid(node: Node, products: Kernel) -> Kernel:
    gamma, shift = node.args["gamma"], node.args["coef0"]
    return lambda row: [tanh(gamma * product + shift) for product in products(row)]


def _products(node: Node) -> Kernel:
    if node.args["takes"] == "sparse":
        return _sparse_products(node)
    vectors = _vectors(node)

    def products(row: list[float]) -> list[float]:
        refuse_non_finite(row)
        return [sum(map(mul, row, vector)) for vector in vectors]

    return products


def _sparse_products(node: Node) -> Kernel:
    starts, places, parts = node.view("starts"), node.view("places"), node.view("parts")
    count = len(node.view("lengths"))

    def products(row: tuple[list[int], list[float]]) -> list[float]:
        refuse_non_finite(row[1])
        found = [0.0] * count
        for at, value in zip(*row, strict=True):
            begin, end = starts[at], starts[at + 1]
            for place, part in zip(places[begin:end], parts[begin:end], strict=True):
                found[place] += value * part
        return found

    return products


def _vectors(node: Node) -> list[list[float]]:
    values, width = node.list("vectors"), node.args["inputs"]
    return [values[at : at + width] for at in range(0, len(values), width)]
