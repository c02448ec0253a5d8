"""Random bits of the operating system, fetched many at a time."""

from __future__ import annotations

import os
from collections.abc import Callable
from struct import unpack

from golive.forks import call_in_children

__all__ = ["RandomBits"]

_WORDS = 1024


class RandomBits:
    """Gives integers of so many random bits, as `secrets.randbits` does, for a tenth of the time.

    For one thread at a time. After a fork each process fetches its own.

    Args:
        read: Gives so many random bytes.
    """

    def __init__(self, read: Callable[[int], bytes] = os.urandom) -> None:
        self._read = read
        self._forget()
        call_in_children(self._forget)

    def _forget(self) -> None:
        self._words: list[int] = []

    def __call__(self, bits: int) -> int:
        """An integer of so many random bits."""
        if bits == 32 and self._words:
            return self._words.pop()
        number = 0
        for _ in range((bits + 31) // 32):
            if not self._words:
                self._words = list(unpack(f"{_WORDS}I", self._read(4 * _WORDS)))
            number = number << 32 | self._words.pop()
        return number >> (-bits % 32)
