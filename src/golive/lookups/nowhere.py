"""Nowhere: in place of a store, where nothing says which one it is."""

from __future__ import annotations

from collections.abc import Sequence

from golive.lookups.errors import LookupUnavailableError
from golive.lookups.protocols import Row

__all__ = ["Nowhere"]


class Nowhere:
    """Cannot be asked; answers say so.

    Attributes:
        waits: False.
        gives_texts: False.
    """

    waits = False
    gives_texts = False

    def fetch(self, keys: Sequence[str]) -> Sequence[Row | None]:
        """Raise, but for no keys; see `LookupStore`."""
        if not keys:
            return []
        raise LookupUnavailableError("Nothing says where this is looked up.")
