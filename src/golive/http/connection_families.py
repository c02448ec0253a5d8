"""Connection families: the metrics of connections that a limit ended and nobody was told of."""

from __future__ import annotations

from typing import Literal, get_args

from golive.http.counters import Key
from golive.http.exposition import Family

__all__ = ["CONNECTION_FAMILIES", "ENDINGS", "Ending", "ending_series"]

Ending = Literal["idle", "lingering", "handshake"]
"""Nothing was asked; more came after the last answer; TLS was not agreed on."""

ENDINGS: frozenset[str] = frozenset(get_args(Ending))

_ENDED = Family(
    name="golive_connections_ended",
    help="Connections that were ended without an answer, by the limit that they ran into.",
    kind="counter",
    labels=("limit",),
)
CONNECTION_FAMILIES = (_ENDED,)


def ending_series(ending: str) -> Key:
    """Where connections that ended so are counted."""
    return (_ENDED.name, ending)
