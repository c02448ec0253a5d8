"""Links: from the sum of a model's parts to what it predicts."""

from __future__ import annotations

from collections.abc import Callable
from math import exp, inf

from golive.scorer.format import ProgramError
from golive.scorer.rows.linear import sigmoid

__all__ = ["exponential", "first_largest", "link_named"]


def exponential(value: float) -> float:
    """exp(value), infinite where it is too large for a float, as NumPy has it."""
    try:
        return exp(value)
    except OverflowError:
        return inf


def first_largest(values: list[float]) -> int:
    """The position of the largest value, the first of equal ones."""
    return values.index(max(values))


def _identity(value: float) -> float:
    return value


def _double_sigmoid(value: float) -> float:
    return sigmoid(2.0 * value)


_LINKS: dict[str, Callable[[float], float]] = {
    "identity": _identity,
    "exp": exponential,
    "sigmoid": sigmoid,
    "double_sigmoid": _double_sigmoid,
}


def link_named(name: str) -> Callable[[float], float]:
    """The function that a program names: `identity`, `exp`, `sigmoid` or `double_sigmoid`.

    Raises:
        ProgramError: There is no such link.
    """
    if name not in _LINKS:
        raise ProgramError(f"The program has a link {name!r}, which this golive does not know.")
    return _LINKS[name]
