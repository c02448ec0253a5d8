"""A fake store of looked-up values: a mapping."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from golive.lookups.errors import LookupUnavailableError
from golive.lookups.protocols import Row

__all__ = ["MemoryLookups"]


class MemoryLookups:
    """Keeps rows in memory.

    Args:
        rows: By key.
        waits: What it says of itself.
        gives_texts: Likewise.

    Attributes:
        failure: Is raised by `fetch`, unless it is None.
        fetched: The keys of each call.
    """

    def __init__(
        self, rows: Mapping[str, Row], *, waits: bool = False, gives_texts: bool = False
    ) -> None:
        self.waits = waits
        self.gives_texts = gives_texts
        self.failure: LookupUnavailableError | None = None
        self.fetched: list[list[str]] = []
        self._rows = rows

    def fetch(self, keys: Sequence[str]) -> Sequence[Row | None]:
        """What is kept under each key."""
        self.fetched.append(list(keys))
        if self.failure is not None:
            raise self.failure
        return [self._rows.get(key) for key in keys]
