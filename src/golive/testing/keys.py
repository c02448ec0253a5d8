"""A key store in memory, for tests."""

from __future__ import annotations

from collections.abc import Callable
from threading import Lock

from golive.access.errors import KeysError
from golive.access.keys import Key

__all__ = ["MemoryKeys"]


class MemoryKeys:
    """Keeps keys in memory.

    Attributes:
        failure: Is raised by `read` and `change`, unless it is None.
    """

    def __init__(self, *keys: Key) -> None:
        self.failure: KeysError | None = None
        self._keys = keys
        self._changes = 0
        self._lock = Lock()

    def read(self) -> tuple[Key, ...]:
        """Every key."""
        if self.failure is not None:
            raise self.failure
        return self._keys

    def change(self, edit: Callable[[tuple[Key, ...]], tuple[Key, ...]]) -> None:
        """Replace the keys."""
        with self._lock:
            self._keys = edit(self.read())
            self._changes += 1

    def mark(self) -> object:
        """How often they were changed, and whether they can be read."""
        return self._changes, self.failure
