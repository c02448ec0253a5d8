"""What flows between the steps of a pipeline while it is exported."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Literal

from golive.signature.model import Column

__all__ = ["Given", "Gives", "Made", "null_of"]

Gives = Literal["table", "text", "dense", "sparse", "estimator"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Given:
    """The rows that a step gets.

    Attributes:
        gives: How the scorer has them, see `golive.scorer.rows.building`.
        width: How many values a row has.
        names: The names of a frame's columns, where the original gets a frame.
        columns: The signature's columns, one a value, where the rows are a `table` or a `text`.
        is_float32: Whether the original gets an array of 32-bit floats.
        is_finite: Whether NaN and infinities have been refused before.
    """

    gives: Gives
    width: int
    names: tuple[str, ...] | None = None
    columns: tuple[Column, ...] = ()
    is_float32: bool = False
    is_finite: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Made:
    """A step, exported.

    Attributes:
        node: The step as `golive.scorer.format` says.
        given: The rows that it gives to the next step; None for an estimator.
    """

    node: dict[str, Any]
    given: Given | None = field(default=None)


def null_of(column: Column) -> Literal["nan", "none"]:
    """What the original sees where a value of the column is null."""
    return "none" if column.dtype == "object" and column.null_as == "none" else "nan"
