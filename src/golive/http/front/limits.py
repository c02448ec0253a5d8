"""Limits of the front: what a client may send, hold and make wait for."""

from __future__ import annotations

import msgspec

__all__ = ["FrontLimits"]


class FrontLimits(msgspec.Struct, frozen=True, kw_only=True):
    """What clients may do.

    Attributes:
        head_bytes: Largest request line and headers together.
        body_bytes: Largest body.
        head_seconds: From a head's first byte to its last.
        body_seconds: From the head to a body's last byte.
        idle_seconds: Without a request, until the connection is closed.
        write_seconds: In which a client reads nothing of an answer, until it is given up.
        linger_seconds: In which what a refused client still sends is read and thrown away.
        connections: Open ones; more are refused.
        pipeline: Requests of one connection that are being answered.
    """

    head_bytes: int = 64 * 1024
    body_bytes: int = 10 * 1024 * 1024
    head_seconds: float = 10.0
    body_seconds: float = 15.0
    idle_seconds: float = 75.0
    write_seconds: float = 30.0
    linger_seconds: float = 5.0
    connections: int = 4096
    pipeline: int = 32

    @property
    def sweep_seconds(self) -> float:
        """How often connections are looked at: often enough for the shortest limit."""
        shortest = min(
            self.head_seconds,
            self.body_seconds,
            self.idle_seconds,
            self.write_seconds,
            self.linger_seconds,
        )
        return min(max(shortest / 4, 0.02), 0.5)
