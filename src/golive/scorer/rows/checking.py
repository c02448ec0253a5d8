"""Checks: what the original refuses is refused, with the same kind of exception."""

from __future__ import annotations

from collections.abc import Callable
from math import isfinite, isinf
from typing import Any

from golive.scorer.node import Node
from golive.scorer.rows.building import Transform

__all__ = ["OPS", "refuse_non_finite"]


def refuse_non_finite(row: list[float]) -> None:
    """Raise what scikit-learn raises of NaN and infinities.

    Raises:
        ValueError: There is one in the row.
    """
    if not all(map(isfinite, row)):
        raise ValueError("the input contains NaN or infinity")


def _finite(node: Node) -> Transform:
    """Dense (or sparse) rows without NaN and infinities."""
    if node.gives == "sparse":

        def check_sparse(row: tuple[list[int], list[float]]) -> Any:
            refuse_non_finite(row[1])
            return row

        return check_sparse

    def check(row: list[float]) -> list[float]:
        if not all(map(isfinite, row)):
            raise ValueError("the input contains NaN or infinity")
        return row

    return check


def _no_infinity(node: Node) -> Transform:
    """Dense (or sparse) rows without infinities; NaN may pass."""

    def check(row: list[float]) -> list[float]:
        if any(map(isinf, row)):
            raise ValueError("the input contains infinity")
        return row

    def check_sparse(row: tuple[list[int], list[float]]) -> Any:
        check(row[1])
        return row

    return check_sparse if node.gives == "sparse" else check


def _float32(node: Node) -> Transform:
    """Values rounded to 32 bits, as trees round them; too large ones become infinities."""
    from array import array

    if node.gives == "sparse":
        return lambda row: (row[0], array("f", row[1]).tolist())
    return lambda row: array("f", row).tolist()


OPS: dict[str, Callable[[Node], Transform]] = {
    "finite": _finite,
    "no_infinity": _no_infinity,
    "float32": _float32,
}
