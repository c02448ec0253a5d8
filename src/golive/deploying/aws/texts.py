"""Texts of the graph in which a place is left for what is known only in an account.

`<account>`, `<region>` and `<partition>` stand for the account's number, the region and the
partition of ARNs; `<id:NAME>` for the id that AWS gives the resource of that name.
"""

from __future__ import annotations

import re
from collections.abc import Callable

__all__ = ["PLACE", "fill", "has_places"]

PLACE = re.compile(r"<(account|region|partition|id:[A-Za-z0-9]+)>")


def has_places(text: str) -> bool:
    """Whether there is something to fill in."""
    return PLACE.search(text) is not None


def fill(text: str, value: Callable[[str], str], *, literal: Callable[[str], str]) -> str:
    """The text with its places filled.

    Args:
        text: The text.
        value: What to write for a place, such as `account`.
        literal: How what is between places is written.
    """
    parts = PLACE.split(text)
    return "".join(value(p) if odd % 2 else literal(p) for odd, p in enumerate(parts))
