"""Handshakes of TLS: how many have come to nothing."""

from __future__ import annotations

__all__ = ["Handshakes"]

_SPARE_SECONDS = 1.0


class Handshakes:
    """Counts connections that began and never became any, by the second in which they began.

    The event loop tells nobody of a handshake that fails or takes too long.

    Args:
        seconds: How long one may take.
    """

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        self._open: dict[int, int] = {}

    def begin(self, now: float) -> None:
        """A client has connected at this time, of any clock that only goes forwards."""
        self._open[int(now)] = self._open.get(int(now), 0) + 1

    def succeed(self, begun: float) -> None:
        """What began then has become a connection."""
        if int(begun) in self._open:
            self._open[int(begun)] -= 1

    def failed(self, now: float) -> int:
        """How many have failed, since this was last called, of those that had all their time."""
        oldest = now - self._seconds - _SPARE_SECONDS
        past = [second for second in self._open if second + 1 <= oldest]
        return sum(self._open.pop(second) for second in past)
