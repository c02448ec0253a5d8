"""The seams of access: where keys are kept, and where what they use is counted."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

from golive.access.keys import Key
from golive.access.spending import Spending, Standing

__all__ = ["KeyStore", "Ledger", "SharedLedger", "Standings"]

Standings = dict[tuple[str, str], Standing]
"""What was used, by the id of a key and the name of a model."""


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


class Ledger(Protocol):
    """Where it is counted what keys use of models; safe to use from several threads."""

    @property
    def waits(self) -> bool:
        """Whether to spend may mean to wait for another machine."""
        ...

    def spend(self, key: Key, model: str, count: int) -> Spending:
        """Ask for so many requests or records of a model, within the limits that the key has now.

        To look and to count are one step, whoever else asks. What is refused is not counted.

        Raises:
            LedgerError: What was used is not known now.
        """
        ...

    def standings(self) -> Standings:
        """What was used, as it was counted last.

        Raises:
            LedgerError: It cannot be read now.
        """
        ...

    def look(self) -> None:
        """Do what has to be done now and then, about every second; never raises, may wait."""
        ...


class SharedLedger(Ledger, Protocol):
    """A ledger that other processes and machines count in, too, and that may be out of reach."""

    def ping(self) -> None:
        """Ask whether it answers.

        Raises:
            LedgerError: It does not.
        """
        ...
