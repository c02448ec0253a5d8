"""A canary on the command line: which alias gets how much of the requests."""

from __future__ import annotations

from golive.errors import UsageError

__all__ = ["read_canary"]

_HINT = "--canary candidate=10 gives a tenth of the requests to the version of that alias"


def read_canary(text: str, *, usual: str) -> tuple[str, float]:
    """The candidate's alias and its share of the requests, 0 to 1.

    Args:
        text: `candidate=10`, or `prod=90,candidate=10`; in percent.
        usual: The alias, or whatever stands after `@`, of what answers otherwise.

    Raises:
        UsageError: It names no candidate, or its percents are none.
    """
    weights: dict[str, float] = {}
    for part in text.split(","):
        alias, equals, number = (piece.strip() for piece in part.partition("="))
        if not equals or not alias or alias in weights:
            raise UsageError(f"--canary {text!r} is no list of ALIAS=PERCENT.", hint=_HINT)
        weights[alias] = _percent(number, text)
    others = [alias for alias in weights if alias != usual]
    if len(others) != 1:
        raise UsageError(f"--canary {text!r} names {len(others)} candidates, not one.", hint=_HINT)
    if usual in weights and abs(sum(weights.values()) - 100) > 1e-9:
        total = sum(weights.values())
        raise UsageError(f"--canary {text!r} adds up to {total:g}, not to 100.", hint=_HINT)
    return others[0], weights[others[0]] / 100


def _percent(number: str, text: str) -> float:
    try:
        percent = float(number)
    except ValueError:
        percent = -1.0
    if not 0 <= percent <= 100:
        raise UsageError(f"--canary {text!r}: {number!r} is no percent.", hint=_HINT)
    return percent
