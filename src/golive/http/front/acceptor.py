"""The acceptor: takes its share of the connections that come to several processes."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Coroutine
from socket import socket
from typing import Any

from golive.http.front.balance import Balance
from golive.http.front.sockets import turn_away

__all__ = ["Acceptor"]

_MOST_AT_ONCE = 32  # more would keep those waiting who have asked already
_MOST_IF_AHEAD = 4
_WAIT_SECONDS = 0.002
_PAUSE_SECONDS = 1.0
_logger = logging.getLogger("golive.http")


class Acceptor:
    """Accepts some connections at a time, and leaves others to the others that listen.

    All processes wake when a client comes. One that is ahead of another waits for a moment, in
    which the other takes the client; if that does not, because it is busy or gone, this one takes
    a few. (Event loops accept all that wait at once, which gives one process nearly all connections
    of clients that come together; SO_REUSEPORT spreads them by chance, to busy processes, too. One
    connection in each round of a busy loop would keep the last of many clients waiting for a
    second.)

    Args:
        listener: The socket on which all of them listen.
        balance: Of their connections.
        adopt: Makes a connection of an accepted socket.
        connections: How many this process has.
    """

    def __init__(
        self,
        listener: socket,
        balance: Balance,
        *,
        adopt: Callable[[socket], Coroutine[Any, Any, None]],
        connections: Callable[[], int],
    ) -> None:
        self._listener = listener
        self._balance = balance
        self._adopt = adopt
        self._connections = connections
        self._loop = asyncio.get_running_loop()
        self._tasks: set[asyncio.Task[None]] = set()
        self._timer: asyncio.TimerHandle | None = None
        self._has_waited = False
        listener.settimeout(0)
        self._loop.add_reader(listener, self._take)

    async def close(self, *, seconds: float) -> None:
        """Accept those who have connected, and no more; the socket is closed.

        Args:
            seconds: How long what was accepted may take to become a connection.
        """
        self._loop.remove_reader(self._listener)
        if self._balance.all_end:
            turn_away(self._listener)
        while self._accept():
            pass
        if self._timer is not None:
            self._timer.cancel()
        self._listener.close()
        self._balance.close()
        if self._tasks:
            await asyncio.wait(self._tasks, timeout=seconds)

    def _take(self) -> None:
        """Accept clients until this process is ahead, or enough are."""
        if self._has_waited:
            self._has_waited = False
            for _ in range(_MOST_IF_AHEAD):
                if not self._accept():
                    return
        for _ in range(_MOST_AT_ONCE):
            if self._balance.is_ahead(self._connections() + len(self._tasks)):
                self._has_waited = True
                self._wait(_WAIT_SECONDS)
                return
            if not self._accept():
                return

    def _accept(self) -> bool:
        """Accept one client; False if there is none."""
        try:
            accepted, _ = self._listener.accept()
        except (BlockingIOError, InterruptedError, ConnectionAbortedError):
            return False  # another process was faster, or the client has gone
        except OSError as error:
            _logger.warning("a connection could not be accepted: %s", error.strerror)
            self._wait(_PAUSE_SECONDS)
            return False
        task = self._loop.create_task(self._begin(accepted))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return True

    async def _begin(self, accepted: socket) -> None:
        try:
            await self._adopt(accepted)
        except OSError:
            accepted.close()  # the handshake failed, or the client has gone

    def _wait(self, seconds: float) -> None:
        self._loop.remove_reader(self._listener)
        self._timer = self._loop.call_later(seconds, self._listen_again)

    def _listen_again(self) -> None:
        self._timer = None
        self._loop.add_reader(self._listener, self._take)
