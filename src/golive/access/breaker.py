"""The breaker: when something that failed is asked again, as functions of a state and a time.

After a failure nobody asks for a tenth of a second, after each further one twice as long, and a
second at most. Then one may try. Times are seconds of any clock that only goes forwards.
"""

from __future__ import annotations

import msgspec

__all__ = ["CLOSED", "Breaker", "failed", "may_ask", "trying"]

_FIRST_PAUSE = 0.1
_LONGEST_PAUSE = 1.0
_LONGEST_TRIAL = 10.0


class Breaker(msgspec.Struct, frozen=True):
    """How it stands.

    Attributes:
        failures: Since the last answer, one after the other.
        rests_until: Nobody asks before.
        since: When the first of these failures was.
    """

    failures: int = 0
    rests_until: float = 0.0
    since: float = 0.0


CLOSED = Breaker()
"""Everybody may ask: so it is after every answer."""


def may_ask(breaker: Breaker, now: float) -> bool:
    """Whether one may ask, after a failure to try it."""
    return not breaker.failures or now >= breaker.rests_until


def trying(breaker: Breaker, now: float) -> Breaker:
    """While one tries, the others do not, unless the trial never ends."""
    if not breaker.failures:
        return breaker
    return Breaker(breaker.failures, now + _LONGEST_TRIAL, breaker.since)


def failed(breaker: Breaker, asked: Breaker, now: float) -> Breaker:
    """After a failure.

    Args:
        breaker: How it stands.
        asked: How it stood when it was asked: of those who asked together only one failure counts.
        now: The time.
    """
    if asked.failures != breaker.failures:
        return breaker
    failures = breaker.failures + 1
    pause = min(_LONGEST_PAUSE, _FIRST_PAUSE * 2.0 ** min(failures - 1, 10))
    return Breaker(failures, now + pause, breaker.since if breaker.failures else now)
