"""The seam of lookups: where the values of looked-up columns are kept."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Protocol

from golive.signature.model import JsonValue

__all__ = ["LookupStore", "Row"]

Row = Mapping[str, JsonValue]
"""What is kept under a key: names of columns to their values."""


class LookupStore(Protocol):
    """What a batch job fills. It is asked from several threads at the same time."""

    @property
    def waits(self) -> bool:
        """Whether asking it may take longer than it looks: it is on another machine."""
        ...

    @property
    def gives_texts(self) -> bool:
        """Whether its values are texts, which mean what they mean in a CSV file."""
        ...

    def fetch(self, keys: Sequence[str]) -> Sequence[Row | None]:
        """What is kept under each key, in their order; None where nothing is.

        All keys are asked for at once. A column that a row does not have is not kept there.

        Raises:
            LookupTimeoutError: It does not answer in time.
            LookupUnavailableError: It cannot be asked.
        """
        ...
