"""Request ids: UUIDs of version 7 (RFC 9562) that grow within a process."""

from __future__ import annotations

from collections.abc import Callable
from threading import Lock

__all__ = ["RequestIds"]

_RANDOM_BITS = 74
_STEP_BITS = 32
_MAX_MILLISECONDS = (1 << 48) - 1
_LAST_PART = (1 << 48) - 1


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
        self._time = ""

    def __call__(self) -> str:
        """The next id, such as `01890a5d-ac96-774b-bcce-b302099a8057`."""
        with self._lock:
            now = max(self._clock(), 0)
            if now <= self._milliseconds:
                self._random += 1 + self._random_bits(_STEP_BITS)
                now = self._milliseconds + (self._random >> _RANDOM_BITS)  # it may overflow
            if now > self._milliseconds:
                self._begin(now)
            random = self._random
            variant = 0x8000 | random >> 48 & 0x3FFF
            return f"{self._time}{random >> 62:03x}-{variant:04x}-{random & _LAST_PART:012x}"

    def _begin(self, milliseconds: int) -> None:
        """Begin with a new random part, at another time or where the last one overflowed."""
        self._milliseconds = milliseconds
        self._random = self._random_bits(_RANDOM_BITS)
        text = f"{min(milliseconds, _MAX_MILLISECONDS):012x}"
        self._time = f"{text[:8]}-{text[8:]}-7"
