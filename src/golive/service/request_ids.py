"""Request ids: UUIDs of version 7 (RFC 9562) that grow within a process."""

from __future__ import annotations

from collections.abc import Callable
from threading import Lock

__all__ = ["RequestIds"]

_RANDOM_BITS = 74
_STEP_BITS = 32
_MAX_MILLISECONDS = (1 << 48) - 1


class RequestIds:
    """Makes ids; each is greater than the one before, whatever the clock does.

    Within one millisecond the random part is counted up by a random step (RFC 9562, section
    6.2, method 2), so that an id does not tell the next one.

    Args:
        clock: Milliseconds since 1970 in UTC.
        random_bits: An integer of so many random bits, such as `secrets.randbits`.
    """

    def __init__(self, *, clock: Callable[[], int], random_bits: Callable[[int], int]) -> None:
        self._clock = clock
        self._random_bits = random_bits
        self._lock = Lock()
        self._milliseconds = -1
        self._random = 0

    def __call__(self) -> str:
        """The next id, such as `01890a5d-ac96-774b-bcce-b302099a8057`."""
        with self._lock:
            self._advance()
            return _format(self._milliseconds, self._random)

    def _advance(self) -> None:
        now = min(max(self._clock(), 0), _MAX_MILLISECONDS)
        if now > self._milliseconds:
            self._milliseconds = now
            self._random = self._random_bits(_RANDOM_BITS)
            return
        self._random += 1 + self._random_bits(_STEP_BITS)
        if self._random >> _RANDOM_BITS:
            self._milliseconds += 1
            self._random = self._random_bits(_RANDOM_BITS)


def _format(milliseconds: int, random: int) -> str:
    time = f"{milliseconds:012x}"
    variant_and_more, rest = 0x8000 | random >> 48 & 0x3FFF, random & 0xFFFFFFFFFFFF
    return f"{time[:8]}-{time[8:]}-7{random >> 62:03x}-{variant_and_more:04x}-{rest:012x}"
