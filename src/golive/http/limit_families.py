"""Limit families: the metrics of a Redis in which limits are counted."""

from __future__ import annotations

from typing import Literal

from golive.http.counters import Key
from golive.http.exposition import Family

__all__ = ["LIMIT_FAMILIES", "LIMIT_SERIES", "limit_series"]

_OUTAGES = Family(
    name="golive_limits_outages",
    help="Times that the Redis in which limits are counted stopped answering.",
    kind="counter",
)
_UNSHARED = Family(
    name="golive_limits_unshared",
    help="Requests whose limits were counted without it, by the process alone, or refused.",
    kind="counter",
    labels=("outcome",),
)
LIMIT_FAMILIES = (_OUTAGES, _UNSHARED)


def limit_series(event: Literal["outage", "alone", "refused"]) -> Key:
    """Where an event is counted."""
    return (_OUTAGES.name,) if event == "outage" else (_UNSHARED.name, event)


LIMIT_SERIES = (limit_series("outage"), limit_series("alone"), limit_series("refused"))
"""Where anything is counted."""
