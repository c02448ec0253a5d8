"""What the connections of one server share."""

from __future__ import annotations

import logging
from collections.abc import Callable
from time import time
from typing import TYPE_CHECKING

from golive.http.front.head_cache import HeadCache
from golive.http.front.limits import FrontLimits
from golive.http.front.refusals import CROWDED
from golive.http.front.writing import Writer
from golive.http.protocols import Gateway

if TYPE_CHECKING:
    from golive.http.front.connection import Connection

__all__ = ["Shared"]

_SPARE = 64
_logger = logging.getLogger("golive.http")


class Shared:
    """What the connections of one server share.

    Args:
        gateway: Answers.
        limits: What clients may do.
        is_secure: Whether the connections are TLS.
        count: Counts what ends without an answer, by its code.

    Attributes:
        gateway: Answers.
        limits: What clients may do.
        is_secure: Whether the connections are TLS.
        heads: What was read before.
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
    ) -> None:
        self.gateway = gateway
        self.limits = limits
        self.is_secure = is_secure
        self.heads = HeadCache(gateway, body_bytes=limits.body_bytes)
        self.writer = Writer(time())
        self.connections: set[Connection] = set()
        self.is_ending = False
        self.is_over = False
        self._count = count
        self._refused = 0

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

    def count_unread(self) -> None:
        """A client was given up that read nothing of its answer."""
        self._count("write_time_limit")

    def tell_refused(self) -> None:
        """Log how many connections were refused since this was last called, if any were."""
        if self._refused:
            _logger.warning(
                "%d connections were refused: %d are open, which is the most (connections)",
                self._refused,
                self.limits.connections,
            )
        self._refused = 0
