"""The seam of access: where keys are kept."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

from golive.access.keys import Key

__all__ = ["KeyStore"]


class KeyStore(Protocol):
    """Where keys are kept. Several processes may change them at the same time."""

    def read(self) -> tuple[Key, ...]:
        """Every key, in the order in which they were made.

        Raises:
            KeysError: They cannot be read, or are not to be trusted.
        """
        ...

    def change(self, edit: Callable[[tuple[Key, ...]], tuple[Key, ...]]) -> None:
        """Replace the keys by what `edit` makes of them; nobody changes them meanwhile.

        What `edit` raises is raised, and nothing is changed.

        Raises:
            KeysError: They cannot be read or written.
        """
        ...

    def mark(self) -> object:
        """Is another one, by equality, when the keys have changed; costs little, never raises."""
        ...
