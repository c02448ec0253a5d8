"""Request ids: UUIDs of version 7 (RFC 9562) that grow within a process."""

from __future__ import annotations

import time
from collections.abc import Callable
from threading import Lock

from golive.forks import call_in_children
from golive.service.random_bits import RandomBits

__all__ = ["RequestIds", "request_ids"]

_HIGH_BITS = 26
_LOW_BITS = 48
_STEP_BITS = 32
_LOW = (1 << _LOW_BITS) - 1
_MAX_MILLISECONDS = (1 << 48) - 1


def request_ids() -> RequestIds:
    """Makes ids by the clock and the randomness of this machine."""
    return RequestIds(clock=time.time_ns, random_bits=RandomBits())


class RequestIds:
    """Makes ids; each is greater than the one before, whatever the clock does.

    Within one millisecond the random part is counted up by a random step (RFC 9562, section
    6.2, method 2), so that an id does not tell the next one.

    Args:
        clock: Nanoseconds since 1970 in UTC.
        random_bits: An integer of so many random bits, such as `secrets.randbits`.
    """

    def __init__(self, *, clock: Callable[[], int], random_bits: Callable[[int], int]) -> None:
        self._clock = clock
        self._random_bits = random_bits
        self._begin_anew()
        call_in_children(self._begin_anew)

    def _begin_anew(self) -> None:
        """Remember no id, so that after a fork the random part is another in each process."""
        self._lock = Lock()
        self._milliseconds = -1
        self._high = 0
        self._low = 0
        self._beginning = ""

    def __call__(self) -> str:
        """The next id, such as `01890a5d-ac96-774b-bcce-b302099a8057`."""
        with self._lock:
            now = self._clock() // 1_000_000
            if now > self._milliseconds or self._milliseconds < 0:
                self._begin(max(now, 0))
            else:
                self._low += 1 + self._random_bits(_STEP_BITS)
                if self._low > _LOW:
                    self._carry()
            return f"{self._beginning}{self._low:012x}"

    def _carry(self) -> None:
        self._low &= _LOW
        self._high += 1
        if self._high >> _HIGH_BITS:
            self._begin(self._milliseconds + 1)
        else:
            self._write_beginning()

    def _begin(self, milliseconds: int) -> None:
        """Begin with a new random part, at another time or where the last one overflowed."""
        self._milliseconds = milliseconds
        random = self._random_bits(_HIGH_BITS + _LOW_BITS)
        self._high, self._low = random >> _LOW_BITS, random & _LOW
        self._write_beginning()

    def _write_beginning(self) -> None:
        """Write what seldom changes: all but the last twelve digits."""
        time = f"{min(self._milliseconds, _MAX_MILLISECONDS):012x}"
        variant = 0x8000 | self._high & 0x3FFF
        self._beginning = f"{time[:8]}-{time[8:]}-7{self._high >> 14:03x}-{variant:04x}-"
