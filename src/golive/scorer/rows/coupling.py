"""Coupling: from decisions between pairs of classes to the probability of each class.

The second method of Wu, Lin and Weng (2004), with the bounds and the stopping rule of libsvm.
"""

from __future__ import annotations

from math import exp
from operator import mul

__all__ = ["coupled"]

_LEAST = 1e-7


def coupled(
    decisions: list[float],
    curves: list[tuple[float, float]],
    pairs: list[tuple[int, int]],
    classes: int,
) -> list[float]:
    """The probability of each class.

    Args:
        decisions: Of each pair.
        curves: Slope and offset of each pair's sigmoid.
        pairs: The classes of each pair.
        classes: How many there are.
    """
    between = [[0.0] * classes for _ in range(classes)]
    for (one, other), decision, (slope, offset) in zip(pairs, decisions, curves, strict=True):
        share = min(max(_sigmoid(decision * slope + offset), _LEAST), 1.0 - _LEAST)
        between[one][other] = share
        between[other][one] = 1.0 - share
    matrix = [
        [-between[other][one] * between[one][other] for other in range(classes)]
        for one in range(classes)
    ]
    for one in range(classes):
        matrix[one][one] = sum(
            [between[other][one] * between[other][one] for other in range(classes) if other != one]
        )
    return _solved(matrix, classes)


def _sigmoid(value: float) -> float:
    if value >= 0.0:
        power = exp(-value)
        return power / (1.0 + power)
    return 1.0 / (1.0 + exp(value))


def _solved(matrix: list[list[float]], classes: int) -> list[float]:
    shares = [1.0 / classes] * classes
    for _ in range(max(100, classes)):
        products = [sum(map(mul, line, shares)) for line in matrix]
        total = sum(map(mul, shares, products))
        if max([abs(product - total) for product in products]) < 0.005 / classes:
            break
        for at, line in enumerate(matrix):
            step = (total - products[at]) / line[at]
            shares[at] += step
            total = (total + step * (step * line[at] + 2.0 * products[at])) / (1.0 + step)
            total /= 1.0 + step
            products = [
                (product + step * part) / (1.0 + step)
                for product, part in zip(products, line, strict=True)
            ]
            shares = [share / (1.0 + step) for share in shares]
    return shares
