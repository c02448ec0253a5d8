"""The seam between transports and what answers: heads are admitted, bodies are answered."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Protocol

import msgspec

from golive.service.exchange import Response
from golive.service.problems import Problem

__all__ = ["Admission", "Gateway", "Head", "Ticket"]


class Head(msgspec.Struct, frozen=True, kw_only=True):
    """What a transport knows of a request before its body.

    Attributes:
        method: Upper-case HTTP method.
        path: Decoded path, without the query.
        query: The raw query string, without the question mark.
        headers: Lower-case names to values; repeated ones joined by `, `.
        client: The address at the other end of the connection, or None where it is not known or
            does not count.
    """

    method: str
    path: str
    query: bytes = b""
    headers: dict[str, str] = msgspec.field(default_factory=dict)
    client: str | None = None


class Admission(msgspec.Struct, kw_only=True):
    """Everything about a request that its head alone decides.

    It may be kept and used again for every request whose head is the same to the byte, and comes
    from the same address if the transport tells addresses apart, as long as `epoch` is the
    gateway's.

    Attributes:
        head: The head.
        epoch: The gateway's epoch when it was admitted.
        plan: What the gateway itself wants to remember.
    """

    head: Head
    epoch: object
    plan: Any = None


class Ticket(Protocol):
    """A request that is being answered.

    Attributes:
        reply: Takes the response, on the event loop; set by who got the ticket, at once.
    """

    reply: Callable[[Response], object]

    def cancel(self) -> None:
        """Nobody waits for the answer any more; `reply` is not called after this."""
        ...


class Gateway(Protocol):
    """What a transport hands requests to; everything is called on the event loop."""

    @property
    def epoch(self) -> object:
        """Changes whenever what was admitted before must be admitted again."""
        ...

    def admit(self, head: Head) -> Admission:
        """Find out everything that the head decides; never raises."""
        ...

    def answer(self, admission: Admission, body: bytes, *, started: float) -> Response | Ticket:
        """Answer a request: now, or later through a ticket, whose `reply` is then called once.

        The exchange is logged and counted here.

        Args:
            admission: What `admit` gave, of the present epoch.
            body: The whole body as it was received.
            started: `time.perf_counter()` at the request's first byte.
        """
        ...

    def refuse(self, head: Head | None, problem: Problem, *, started: float) -> Response:
        """The response to what the transport could not or would not hand over.

        It is logged and counted here. The transport adds `connection: close` where it closes.

        Args:
            head: The request's head, or None if it could not be read; of such a one with a line
                `origin` a head without method and path, which has that header alone.
            problem: What is wrong.
            started: As for `answer`.
        """
        ...
