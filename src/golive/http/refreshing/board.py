"""The board: what the processes of one server tell each other about versions.

It is a directory. The file `asked` grows by a byte each time a process is to look. `SLOT.served`
holds the version that was switched to last, for a worker that begins later; `SLOT.stepped_back`
says which candidate stepped back, until somebody asks to look.
"""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path

import msgspec

from golive.files import write_atomically
from golive.http.plan import Named
from golive.http.refreshing.trials import REFUSED
from golive.http.stepback.notice import Notice

__all__ = ["Board"]

_STEPPED_BACK = ".stepped_back"


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
        """How often processes were to look."""
        try:
            return self._asked.stat().st_size
        except OSError:  # nobody has, or the server is ending
            return 0

    def ask(self) -> None:
        """Somebody asks: have every process look, and try again what was refused or stepped back.

        Raises:
            OSError: It cannot be written down.
        """
        with suppress(OSError):  # the server is ending
            for suffix in (REFUSED, _STEPPED_BACK):
                for file in self._directory.glob(f"*{suffix}"):
                    file.unlink(missing_ok=True)
        self.nudge()

    def nudge(self) -> None:
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

    def tell_stepped_back(self, slot: str, notice: Notice) -> None:
        """Say which candidate stepped back, of what is called so among what is followed.

        Raises:
            OSError: It cannot be written down.
        """
        write_atomically(self._directory / f"{slot}{_STEPPED_BACK}", msgspec.json.encode(notice))

    def stepped_back(self, slot: str) -> Notice | None:
        """The candidate that stepped back last, or None where there is none, or no more."""
        try:
            content = (self._directory / f"{slot}{_STEPPED_BACK}").read_bytes()
            return msgspec.json.decode(content, type=Notice)
        except (OSError, msgspec.DecodeError):
            return None

    def _file(self, slot: str) -> Path:
        return self._directory / f"{slot}.served"
