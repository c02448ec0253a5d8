"""Turns: the open requests of one connection, and their answers in the same order."""

from __future__ import annotations

from asyncio import AbstractEventLoop, Transport
from collections import deque
from time import perf_counter
from typing import Protocol

from golive.http.front.shared import Shared
from golive.http.front.writing import CONTINUE
from golive.http.protocols import Ticket
from golive.service.exchange import Response

__all__ = ["Owner", "Turn", "Turns"]

_CLOSE = "connection: close\r\n"
_KEEP_ALIVE = "connection: keep-alive\r\n"


class Owner(Protocol):
    """The connection, as its turns see it."""

    def flushed(self) -> None:
        """Answers were written; there may be room for further requests."""
        ...

    def finished(self) -> None:
        """The last answer was written."""
        ...


class Turn:
    """A request whose answer has not been written; called with the answer.

    Attributes:
        response: The answer, once it is there.
        keeps_alive: Whether the connection stays open after it.
        names_keep_alive: Whether the client must be told that it does.
        has_body: Whether the answer has one.
        is_interim: Whether this only gives leave to send a body.
        takes_interim: Whether the client knows answers that precede the last.
        ticket: Cancels it while it is being answered.
    """

    __slots__ = (
        "_turns",
        "has_body",
        "is_interim",
        "keeps_alive",
        "names_keep_alive",
        "response",
        "takes_interim",
        "ticket",
    )

    def __init__(self, turns: Turns, *, keeps_alive: bool, has_body: bool) -> None:
        self._turns = turns
        self.response: Response | None = None
        self.keeps_alive = keeps_alive
        self.names_keep_alive = False
        self.has_body = has_body
        self.is_interim = False
        self.takes_interim = True
        self.ticket: Ticket | None = None

    def __call__(self, response: Response) -> None:
        """Take the answer."""
        self.response = response
        self.ticket = None
        self._turns.answered(self)


class Turns:
    """Writes the answers of a connection in the order of its requests.

    Answers that are there at the same time are one write.

    Args:
        transport: Of the connection.
        loop: The event loop.
        shared: What the connections of a server share.
        owner: The connection.

    Attributes:
        open: The turns whose answers have not been written, the oldest first.
        is_held: While it is True, nothing is written.
        quiet_since: When the last answer was written.
    """

    __slots__ = (
        "_flush_is_due",
        "_loop",
        "_owner",
        "_shared",
        "_transport",
        "is_held",
        "open",
        "quiet_since",
    )

    def __init__(
        self, transport: Transport, loop: AbstractEventLoop, shared: Shared, owner: Owner
    ) -> None:
        self.open: deque[Turn] = deque()
        self.is_held = False
        self.quiet_since = perf_counter()
        self._transport = transport
        self._loop = loop
        self._shared = shared
        self._owner = owner
        self._flush_is_due = False

    def take(
        self,
        answered: Response | Ticket,
        *,
        keeps_alive: bool,
        has_body: bool,
        names_keep_alive: bool = False,
        takes_interim: bool = True,
    ) -> None:
        """Take what is to be written after the answers that are open, now or when it is there."""
        turn = Turn(self, keeps_alive=keeps_alive, has_body=has_body)
        turn.names_keep_alive = names_keep_alive
        turn.takes_interim = takes_interim
        self.open.append(turn)
        if isinstance(answered, Response):
            turn(answered)
        else:
            turn.ticket = answered
            answered.reply = turn

    def take_alone(self, answered: Response | Ticket, *, has_body: bool) -> None:
        """As `take`, for less: no other is open, and the client keeps the connection alive."""
        shared = self._shared
        if (
            not isinstance(answered, Response)
            or shared.is_ending
            or "\nconnection: " in answered.lines
        ):
            self.take(answered, keeps_alive=True, has_body=has_body)
            return
        self._transport.write(shared.writer.write(answered, "", has_body=has_body))
        self.quiet_since = perf_counter()

    def give_leave(self) -> None:
        """Tell the client to send its body, once the answers before are written."""
        turn = Turn(self, keeps_alive=True, has_body=True)
        turn.is_interim = True
        self.open.append(turn)

    def probe(self) -> None:
        """Write what a client that waits for its answer passes over.

        One that has gone answers it with a reset, which the next write meets.
        """
        turns = self.open
        if turns and turns[0].ticket is not None and turns[0].takes_interim:
            self._transport.write(CONTINUE)

    def answered(self, turn: Turn) -> None:
        """The turn has its answer."""
        turns = self.open
        if self.is_held or not turns or turns[0] is not turn:
            return
        if len(turns) == 1:
            self.flush()
        elif not self._flush_is_due:
            self._flush_is_due = True
            self._loop.call_soon(self.flush)

    def flush(self) -> None:
        """Write the answers that are next and there."""
        self._flush_is_due = False
        parts = []
        is_last = False
        while not is_last and (turn := self._next()) is not None:
            if turn.response is None:
                parts.append(CONTINUE)
            else:
                line, is_last = self._connection_line(turn, turn.response)
                parts.append(self._shared.writer.write(turn.response, line, has_body=turn.has_body))
        if parts:
            self._transport.write(b"".join(parts))
            self.quiet_since = perf_counter()
        if is_last:
            self.drop()
            self._owner.finished()
        else:
            self._owner.flushed()

    def drop(self) -> None:
        """Cancel what is open."""
        while self.open:
            ticket = self.open.popleft().ticket
            if ticket is not None:
                ticket.cancel()

    def _next(self) -> Turn | None:
        turns = self.open
        if turns and (turns[0].response is not None or turns[0].is_interim):
            return turns.popleft()
        return None

    def _connection_line(self, turn: Turn, response: Response) -> tuple[str, bool]:
        """The line about the connection, and whether this is its last answer."""
        if "\nconnection: " in response.lines:
            return "", "\nconnection: close\r" in response.lines
        if not turn.keeps_alive or (self._shared.is_ending and not self.open):
            return _CLOSE, True
        return (_KEEP_ALIVE if turn.names_keep_alive else ""), False
