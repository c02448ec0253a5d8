"""The note: what the supervisor lets the workers tell of their memory."""

from __future__ import annotations

from pathlib import Path

import msgspec

from golive.signature.model import JsonValue

__all__ = ["MemoryNote"]


class MemoryNote:
    """What the supervisor has written down last.

    Args:
        directory: Of the server's processes alone.
    """

    def __init__(self, directory: Path) -> None:
        self._path = directory / "memory"

    def write(self, facts: JsonValue) -> None:
        """Write down these facts; they are seen whole, and need not outlive the machine.

        Raises:
            OSError: They cannot be.
        """
        fresh = self._path.with_suffix(".new")
        fresh.write_bytes(msgspec.json.encode(facts))
        fresh.replace(self._path)

    def read(self) -> JsonValue:
        """The facts, or None where there are none yet."""
        try:
            facts: JsonValue = msgspec.json.decode(self._path.read_bytes())
        except (OSError, msgspec.DecodeError):
            return None
        return facts
