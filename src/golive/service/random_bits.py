"""Random bits of the operating system, fetched many at a time."""

from __future__ import annotations

import os
from collections.abc import Callable

__all__ = ["RandomBits"]

_BLOCK = 4096


class RandomBits:
    """Gives integers of so many random bits, as `secrets.randbits` does, for a tenth of the time.

    For one thread at a time. After a fork both processes would give the same: make it afterwards.

    Args:
        read: Gives so many random bytes.
    """

    def __init__(self, read: Callable[[int], bytes] = os.urandom) -> None:
        self._read = read
        self._block = b""
        self._at = 0

    def __call__(self, bits: int) -> int:
        """An integer of so many random bits, at most some thousands."""
        size = (bits + 7) // 8
        start = self._at
        if start + size > len(self._block):
            self._block, start = self._read(max(_BLOCK, size)), 0
        self._at = start + size
        return int.from_bytes(self._block[start : self._at]) >> (size * 8 - bits)
