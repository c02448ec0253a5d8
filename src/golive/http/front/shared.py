"""What the connections of one server share."""

from __future__ import annotations

import logging
from collections.abc import Callable
from time import perf_counter, time
from typing import TYPE_CHECKING, Literal
from weakref import WeakValueDictionary

from golive.http.front.handshakes import Handshakes
from golive.http.front.head_cache import HeadCache
from golive.http.front.limits import FrontLimits
from golive.http.front.refusals import CROWDED
from golive.http.front.sockets import peer_address
from golive.http.front.unread_heads import unread_head
from golive.http.front.writing import Writer
from golive.http.protocols import Gateway, Head

if TYPE_CHECKING:
    from asyncio import BaseTransport, Transport

    from golive.http.connection_families import Ending
    from golive.http.front.connection import Connection

__all__ = ["Shared"]

_SPARE = 64
_MOST_CLIENTS = 256
_MOST_OF_A_CLIENT = 32
_logger = logging.getLogger("golive.http")


class Shared:
    """What the connections of one server share.

    Args:
        gateway: Answers.
        limits: What clients may do.
        is_secure: Whether the connections are TLS.
        count: Counts what ends without an answer, by its code or by an `Ending`.
        tells_clients_apart: Whether what is answered depends on the client's address.

    Attributes:
        gateway: Answers.
        limits: What clients may do.
        is_secure: Whether the connections are TLS.
        heads: What was read before, of no known address.
        writer: Makes bytes of responses.
        connections: Those that are open.
        is_ending: Whether every answer is a connection's last.
        is_over: Whether further connections are closed at once.
    """

    def __init__(
        self,
        gateway: Gateway,
        limits: FrontLimits,
        *,
        is_secure: bool = False,
        count: Callable[[str], object] = lambda code: None,  # noqa: ARG005
        tells_clients_apart: bool = False,
    ) -> None:
        self.gateway = gateway
        self.limits = limits
        self.is_secure = is_secure
        self.heads = HeadCache(gateway, body_bytes=limits.body_bytes)
        self._tells_clients_apart = tells_clients_apart
        self._heads_by_client: WeakValueDictionary[str, HeadCache] = WeakValueDictionary()
        self.writer = Writer(time())
        self.connections: set[Connection] = set()
        self.is_ending = False
        self.is_over = False
        self._count = count
        self._handshakes = Handshakes(limits.head_seconds) if is_secure else None
        self._refused = 0

    def heads_of(self, transport: BaseTransport) -> HeadCache:
        """What was read before, by connections for which the same bytes mean the same.

        Where addresses count, each has heads of its own, for as long as it has a connection. Of
        very many addresses the later ones keep none.
        """
        if not self._tells_clients_apart:
            return self.heads
        client = peer_address(transport)
        known = None if client is None else self._heads_by_client.get(client)
        if known is not None:
            return known
        is_kept = client is not None and len(self._heads_by_client) < _MOST_CLIENTS
        heads = HeadCache(
            self.gateway,
            body_bytes=self.limits.body_bytes,
            client=client,
            most=_MOST_OF_A_CLIENT if is_kept else 0,
        )
        if client is not None and is_kept:
            self._heads_by_client[client] = heads
        return heads

    def forget_heads(self) -> None:
        """Forget the heads of another epoch."""
        for heads in (self.heads, *self._heads_by_client.values()):
            heads.forget()

    @property
    def is_crowded(self) -> bool:
        """Whether there are more connections than there may be."""
        return len(self.connections) > self.limits.connections

    @property
    def is_overcrowded(self) -> bool:
        """Whether there are so many that a further one is not even told."""
        return len(self.connections) > self.limits.connections + _SPARE

    def count_refused(self, *, is_told: bool) -> None:
        """A connection was refused because there are too many; `is_told`: with an answer."""
        self._refused += 1
        if not is_told:
            self._count(CROWDED.code)

    def count_ended(self, why: Ending) -> None:
        """A connection is closed that nobody uses."""
        self._count(why)

    def give_up(self, transport: Transport, why: Ending | Literal["write_time_limit"]) -> None:
        """Close a connection at once: its client reads no answer, or goes on after the last."""
        self._count(why)
        transport.abort()

    def begin_handshake(self) -> float:
        """A client has connected, and is to agree on TLS if that is spoken; gives the time."""
        now = perf_counter()
        if self._handshakes is not None:
            self._handshakes.begin(now)
        return now

    def end_handshake(self, begun: float) -> None:
        """It has; `begun` is what `begin_handshake` gave."""
        if self._handshakes is not None:
            self._handshakes.succeed(begun)

    def count_handshakes(self, now: float) -> None:
        """Count the handshakes that have come to nothing since this was last called."""
        failed = 0 if self._handshakes is None else self._handshakes.failed(now)
        for _ in range(failed):
            self._count("handshake")

    def unread_head(self, received: bytearray) -> Head | None:
        """What is told of a head that could not be read."""
        return unread_head(received, self.limits.head_bytes)

    def tell_refused(self) -> None:
        """Log how many connections were refused since this was last called, if any were."""
        if self._refused:
            _logger.warning(
                "%d connections were refused: %d are open, which is the most (connections)",
                self._refused,
                self.limits.connections,
            )
        self._refused = 0
