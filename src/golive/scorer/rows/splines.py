"""Splines: each number becomes the values of basis functions."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable
from itertools import chain

from golive.scorer.node import Node
from golive.scorer.rows.building import Transform

__all__ = ["OPS"]


def _basis(node: Node) -> Transform:
    """The values of the B-splines of each column, side by side.

    The arrays have a part of equal size for each column: `knots`, and `slopes` (how each value goes
    on below the lowest and above the highest knot). The arguments: `degree`; `count`, how many
    splines a column has; `has_all`, else the last of them is left out.
    """
    degree, count = node.args["degree"], node.args["count"]
    knots, slopes = node.list("knots"), node.list("slopes")
    size = count + degree + 1
    kept = count if node.args["has_all"] else count - 1
    columns = [
        _column(knots[at * size :][:size], slopes[at * 2 * count :][: 2 * count], degree)
        for at in range(len(knots) // size)
    ]
    return lambda row: list(
        chain.from_iterable(
            [column(value)[:kept] for column, value in zip(columns, row, strict=True)]
        )
    )


def _column(knots: list[float], slopes: list[float], degree: int) -> Callable[[float], list[float]]:
    count = len(knots) - degree - 1
    least, most = knots[degree], knots[count]

    def values(value: float) -> list[float]:
        inside = min(max(value, least), most)
        at = min(max(bisect_right(knots, inside) - 1, degree), count - 1)
        found = [0.0] * count
        found[at - degree : at + 1] = _not_zero(knots, degree, at, inside)
        if value == inside:
            return found
        beyond = slopes[:count] if value < least else slopes[count:]
        return [v + (value - inside) * slope for v, slope in zip(found, beyond, strict=True)]

    return values


def _not_zero(knots: list[float], degree: int, at: int, value: float) -> list[float]:
    """The splines that are not 0 between two knots, by the recursion of Cox and de Boor."""
    found = [1.0]
    for order in range(1, degree + 1):
        carried, grown = 0.0, []
        for j, part in enumerate(found):
            high, low = knots[at + j + 1], knots[at + 1 - order + j]
            share = part / (high - low)
            grown.append(carried + (high - value) * share)
            carried = (value - low) * share
        found = [*grown, carried]
    return found


OPS: dict[str, Callable[[Node], Transform]] = {"basis": _basis}
