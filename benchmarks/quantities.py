"""Quantities as a reader is shown them."""

from __future__ import annotations

from collections.abc import Sequence
from statistics import median

__all__ = ["ABSENT", "mebibytes", "milliseconds", "of_median", "rate", "spread", "table", "times"]

ABSENT = "–"


def rate(value: float) -> str:
    """Answers a second."""
    return f"{value:,.0f}"


def spread(values: Sequence[float]) -> str:
    """The median of rates, and their least and most."""
    if not values:
        return ABSENT
    middle = rate(median(values))
    return middle if len(values) == 1 else f"{middle} ({rate(min(values))}–{rate(max(values))})"


def milliseconds(microseconds: float) -> str:
    """A latency, with more digits the smaller it is."""
    value = microseconds / 1000
    return f"{value:.2f} ms" if value < 10 else f"{value:,.0f} ms"


def mebibytes(size: float) -> str:
    """A size of memory."""
    return f"{size / 2**20:,.0f} MiB"


def times(value: float | None, unit: float | None) -> str:
    """How many times a unit something is."""
    if value is None or not unit:
        return ABSENT
    ratio = value / unit
    return f"{ratio:.2g}×" if ratio < 10 else f"{ratio:,.0f}×"


def of_median(values: Sequence[float]) -> float | None:
    """The median, or none of nothing."""
    return median(values) if values else None


def table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """A table in Markdown; all columns but the first are aligned to the right."""
    rule = ["---", *["---:"] * (len(head) - 1)]
    return "\n".join(f"| {' | '.join(row)} |" for row in (head, rule, *rows))
