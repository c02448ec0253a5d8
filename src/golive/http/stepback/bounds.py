"""Bounds: how much worse than the usual version a candidate may do, as a person says it."""

from __future__ import annotations

from math import isfinite

import msgspec

from golive.errors import UsageError

__all__ = ["Bounds", "read_bounds"]


class Bounds(msgspec.Struct, frozen=True, kw_only=True):
    """How much worse than the usual version a candidate may do; None stands for anything.

    Attributes:
        errors: How much larger the share of its failed requests may be, 0 to 1.
        latency: How many times the usual version's 95th percentile its own may be.
        disagreement: The share of records that it may answer otherwise, 0 to 1.
        least: Requests of each of the two that must have been seen before anything is decided.
    """

    errors: float | None = 0.05
    latency: float | None = 2.0
    disagreement: float | None = None
    least: int = 50


def read_bounds(
    *, errors: str | None, latency: str | None, disagreement: str | None, least: int
) -> Bounds:
    """The bounds of the settings.

    Args:
        errors: Such as `5%`; `off`, or None, for none.
        latency: Such as `2x`, likewise.
        disagreement: Such as `10%`, likewise.
        least: Requests of each side.

    Raises:
        UsageError: One is neither `off` nor what it is to be.
    """
    return Bounds(
        errors=_percent(errors, "--canary-errors", "5%"),
        latency=_times(latency),
        disagreement=_percent(disagreement, "--canary-disagreement", "10%"),
        least=least,
    )


def _percent(text: str | None, flag: str, example: str) -> float | None:
    if _is_off(text):
        return None
    percent = _number(text, "%")
    if not 0 < percent <= 100:
        raise UsageError(
            f"{flag} {text!r} is neither a percent above 0 nor off.", hint=f"{flag} {example}"
        )
    return percent / 100


def _times(text: str | None) -> float | None:
    if _is_off(text):
        return None
    times = _number(text, "x")
    if not (times > 1 and isfinite(times)):
        raise UsageError(
            f"--canary-latency {text!r} is neither so many times, more than once, nor off.",
            hint="--canary-latency 2x",
        )
    return times


def _is_off(text: str | None) -> bool:
    return text is None or text.strip().lower() == "off"


def _number(text: str | None, unit: str) -> float:
    try:
        return float((text or "").strip().lower().removesuffix(unit))
    except ValueError:
        return -1.0
