"""Cases: fitted pipelines with data to compare their programs on."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

__all__ = ["Case"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """A fitted estimator and what it is compared on.

    Attributes:
        estimator: Fitted.
        data: A frame, a matrix, or a list of texts with at least 1,000 rows.
        near: Rows of the same kind that lie near splits or near a probability of 0.5, if they
            were made apart; None if `data` has them.
    """

    estimator: Any
    data: Any
    near: Any = None
