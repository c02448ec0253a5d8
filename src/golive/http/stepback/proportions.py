"""Proportions: how far a share that was counted may be from the true one. Pure."""

from __future__ import annotations

from math import sqrt

__all__ = ["DEVIATES", "least_excess", "wilson"]

DEVIATES = 3.09
"""Standard deviations of a one-sided error of 0.1%: the same share is looked at many times."""


def wilson(count: float, size: int, deviates: float = DEVIATES) -> tuple[float, float]:
    """Lower and upper bound of a share, by Wilson's score interval.

    E. B. Wilson, "Probable inference, the law of succession, and statistical inference", Journal of
    the American Statistical Association 22 (1927). It holds for few observations, too, and where
    none or all count.

    Args:
        count: Of the observations, those that count.
        size: Observations; of none, nothing is known.
        deviates: Standard deviations on each side.
    """
    if not size:
        return 0.0, 1.0
    share, squared = count / size, deviates * deviates
    middle = share + squared / (2 * size)
    half = deviates * sqrt(share * (1 - share) / size + squared / (4 * size * size))
    whole = 1 + squared / size
    return max(0.0, (middle - half) / whole), min(1.0, (middle + half) / whole)


def least_excess(
    count: int, size: int, other: int, other_size: int, deviates: float = DEVIATES
) -> float:
    """By how much a share is above another one at least, -1 to 1.

    It is the lower bound of the difference by method 10 of R. G. Newcombe, "Interval estimation for
    the difference between independent proportions", Statistics in Medicine 17 (1998): Wilson's
    bounds of both shares, put together.

    Args:
        count: Of the one's observations, those that count.
        size: The one's observations.
        other: Of the other's observations, those that count.
        other_size: The other's observations.
        deviates: Standard deviations.
    """
    if not size or not other_size:
        return -1.0
    low, _ = wilson(count, size, deviates)
    _, high = wilson(other, other_size, deviates)
    share, other_share = count / size, other / other_size
    return share - other_share - sqrt((share - low) ** 2 + (high - other_share) ** 2)
