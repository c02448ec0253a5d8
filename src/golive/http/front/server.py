"""The server: listens, looks after its connections, and ends when it is told to."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import suppress
from socket import socket
from ssl import SSLContext
from time import perf_counter, time

from golive.http.front.acceptor import Acceptor
from golive.http.front.balance import Balance
from golive.http.front.connection import Connection
from golive.http.front.limits import FrontLimits
from golive.http.front.shared import Shared
from golive.http.front.sockets import turn_away
from golive.http.protocols import Gateway

__all__ = ["FrontServer"]

_LAST_SECONDS = 0.02  # between looks at the last connections
_ABORT_SECONDS = 1.0
_ADOPTION_SECONDS = 1.0  # handshakes of TLS among them
_READING_SECONDS = 0.1  # what is on its way arrives, and each answer closes its connection


class FrontServer:
    """Serves HTTP/1.1 on a listening socket.

    Args:
        gateway: Answers.
        limits: What clients may do.
        tls: Makes the connections TLS; plain if None.
        count: Counts what ends without an answer, by its code or by an `Ending`.
        tells_clients_apart: Whether what is answered depends on the client's address.
    """

    def __init__(
        self,
        gateway: Gateway,
        limits: FrontLimits,
        *,
        tls: SSLContext | None = None,
        count: Callable[[str], object] = lambda code: None,  # noqa: ARG005
        tells_clients_apart: bool = False,
    ) -> None:
        self._shared = Shared(
            gateway,
            limits,
            is_secure=tls is not None,
            count=count,
            tells_clients_apart=tells_clients_apart,
        )
        self._tls = tls
        self._listening: asyncio.Server | Acceptor | None = None
        self._listener: socket | None = None
        self._sweeping: asyncio.Task[None] | None = None

    @property
    def connections(self) -> int:
        """How many are open."""
        return len(self._shared.connections)

    async def listen(self, listener: socket, *, balance: Balance | None = None) -> None:
        """Begin to answer those who connect to the socket.

        Args:
            listener: The socket.
            balance: Shared with the other processes that listen on it, if there are any.
        """
        loop = asyncio.get_running_loop()
        self._listener = listener
        if balance is None:
            self._listening = await loop.create_server(
                self._connection,
                sock=listener,
                ssl=self._tls,
                ssl_handshake_timeout=self._handshake_seconds,
            )
        else:
            self._listening = Acceptor(
                listener,
                balance,
                adopt=self._adopt,
                connections=lambda: len(self._shared.connections),
            )
        self._sweeping = loop.create_task(self._sweep())

    @property
    def _handshake_seconds(self) -> float | None:
        return None if self._tls is None else self._shared.limits.head_seconds

    def _connection(self) -> Connection:
        return Connection(self._shared, asyncio.get_running_loop())

    async def _adopt(self, accepted: socket) -> None:
        await asyncio.get_running_loop().connect_accepted_socket(
            self._connection,
            accepted,
            ssl=self._tls,
            ssl_handshake_timeout=self._handshake_seconds,
        )

    async def end(self, seconds: float, *, patience: float = 0.0) -> None:
        """Take no more requests; wait for open ones, until so many seconds have passed.

        What has reached this machine by now is answered, though nobody has read it yet.

        Args:
            seconds: How long to wait.
            patience: How long before that clients may still ask on the connections that they have;
                each answer closes its own.
        """
        listening, self._listening = self._listening, None
        if listening is None or self._sweeping is None:
            return
        self._shared.is_ending = True
        await asyncio.sleep(_READING_SECONDS)
        if isinstance(listening, Acceptor):
            await listening.close(seconds=_ADOPTION_SECONDS)
        else:
            if self._listener is not None:
                turn_away(self._listener)
                await asyncio.sleep(_LAST_SECONDS)  # those who have connected are accepted
            listening.close()
        if self._listener is not None:
            self._listener.close()  # else who comes now would wait for an answer
        await self._wait(patience, closes=False)
        await asyncio.sleep(_LAST_SECONDS)  # who came just before has a chance, too
        self._shared.is_over = True
        await self._wait(seconds)
        self.abort()
        await self._wait(_ABORT_SECONDS)
        self._sweeping.cancel()
        with suppress(asyncio.CancelledError):
            await self._sweeping

    def abort(self) -> None:
        """Close every connection at once, whatever is open."""
        for connection in tuple(self._shared.connections):
            connection.abort()

    async def _wait(self, seconds: float, *, closes: bool = True) -> None:
        """Wait until no connection is open, for so many seconds at most.

        Args:
            seconds: How long.
            closes: Whether connections without a request are closed.
        """
        deadline = perf_counter() + seconds
        while self._shared.connections and perf_counter() < deadline:
            for connection in tuple(self._shared.connections) if closes else ():
                connection.end()
            await asyncio.sleep(_LAST_SECONDS)

    async def _sweep(self) -> None:
        """Look at all connections now and then, instead of a timer for each."""
        shared = self._shared
        while True:
            await asyncio.sleep(shared.limits.sweep_seconds)
            shared.writer.tell_time(time())
            shared.tell_refused()
            shared.forget_heads()
            now = perf_counter()
            shared.count_handshakes(now)
            for connection in tuple(shared.connections):
                connection.sweep(now)
