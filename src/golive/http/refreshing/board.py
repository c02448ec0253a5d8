"""The board: what the processes of one server tell each other about versions.

It is a directory. The file `asked` grows by a byte each time somebody asks to look, and
`SLOT.served` holds the version that was switched to last, for a worker that begins later.
"""

from __future__ import annotations

from pathlib import Path

import msgspec

from golive.files import write_atomically
from golive.http.plan import Named

__all__ = ["Board"]


class Board:
    """What the processes of one server tell each other.

    Args:
        directory: Theirs alone.
    """

    def __init__(self, directory: Path) -> None:
        self._directory = directory
        self._asked = directory / "asked"

    @property
    def times_asked(self) -> int:
        """How often somebody has asked to look."""
        try:
            return self._asked.stat().st_size
        except OSError:  # nobody has, or the server is ending
            return 0

    def ask(self) -> None:
        """Have every process look.

        Raises:
            OSError: It cannot be written down.
        """
        with self._asked.open("ab") as file:
            file.write(b".")

    def tell_served(self, slot: str, named: Named) -> None:
        """Say which version serves, of what is called so among what is followed.

        Raises:
            OSError: It cannot be written down.
        """
        write_atomically(self._file(slot), msgspec.json.encode(named))

    def served(self, slot: str) -> Named | None:
        """The version that was switched to last, or None."""
        try:
            return msgspec.json.decode(self._file(slot).read_bytes(), type=Named)
        except (OSError, msgspec.DecodeError):
            return None

    def _file(self, slot: str) -> Path:
        return self._directory / f"{slot}.served"
