"""A gateway that answers with what it was asked, at once or later, for tests of transports."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from itertools import count
from urllib.parse import parse_qs

import msgspec

from golive.http.protocols import Admission, Head, Ticket
from golive.service.exchange import Facts, Response, header_lines
from golive.service.problems import PROBLEM_TYPE, Problem, problem_body, status_of

__all__ = ["EchoGateway"]


class EchoGateway:
    """Answers with method, path, query, address, the header `x-asked` and body as a JSON object.

    What the query says decides how: `later=0.1` waits so many seconds, `hold=1` until `release`
    is called, `fill=1000` adds so many bytes, `status=204` is the status, `close=1` closes the
    connection.

    Args:
        tells_clients_apart: Whether transports are to say where heads come from.

    Attributes:
        tells_clients_apart: The same.
        admitted: Heads in the order in which they were admitted.
        answered: How many requests have been answered.
        cancelled: Paths of requests whose clients went away.
        refused: Heads and codes of what was refused.
    """

    def __init__(self, *, tells_clients_apart: bool = False) -> None:
        self.tells_clients_apart = tells_clients_apart
        self.admitted: list[Head] = []
        self.answered = 0
        self.cancelled: list[str] = []
        self.refused: list[tuple[Head | None, str]] = []
        self._epoch = object()
        self._numbers = count(1)
        self._held: list[Callable[[], None]] = []

    @property
    def epoch(self) -> object:
        """Changes with `renew`."""
        return self._epoch

    @property
    def held(self) -> int:
        """How many requests wait for `release`."""
        return len(self._held)

    def renew(self) -> None:
        """Begin another epoch."""
        self._epoch = object()

    def release(self, *, newest_first: bool = False) -> None:
        """Answer what is held."""
        held, self._held = self._held, []
        for answer in reversed(held) if newest_first else held:
            answer()

    def admit(self, head: Head) -> Admission:
        """Admit anything."""
        self.admitted.append(head)
        asked = {key: values[-1] for key, values in parse_qs(head.query.decode("latin-1")).items()}
        return Admission(head=head, epoch=self._epoch, plan=asked)

    def answer(
        self,
        admission: Admission,
        body: bytes,
        *,
        started: float,  # noqa: ARG002 - of the protocol
    ) -> Response | Ticket:
        """Answer with what was asked."""
        asked: dict[str, str] = admission.plan
        response = _echo(admission.head, body, asked)
        ticket = _Ticket(self, admission.head)

        def answer() -> None:
            self.answered += 1
            ticket.reply(response)

        if "later" in asked:
            loop = asyncio.get_running_loop()
            ticket.drop = loop.call_later(float(asked["later"]), answer).cancel
            return ticket
        if "hold" in asked:
            self._held.append(answer)
            ticket.drop = lambda: self._forget(answer)
            return ticket
        self.answered += 1
        return response

    def refuse(
        self,
        head: Head | None,
        problem: Problem,
        *,
        started: float,  # noqa: ARG002 - of the protocol
    ) -> Response:
        """A problem."""
        self.refused.append((head, problem.code))
        body = problem_body(problem, f"{next(self._numbers)}")
        headers = {"content-type": PROBLEM_TYPE, "content-length": str(len(body))}
        return Response(
            status=status_of(problem.code),
            lines=header_lines(headers | problem.headers),
            body=b"" if head is not None and head.method == "HEAD" else body,
            facts=_FACTS,
        )

    def _forget(self, answer: Callable[[], None]) -> None:
        if answer in self._held:
            self._held.remove(answer)


_FACTS = Facts(request_id="", route="")


class _Ticket:
    reply: Callable[[Response], object]
    drop: Callable[[], object]

    def __init__(self, gateway: EchoGateway, head: Head) -> None:
        self._gateway = gateway
        self._head = head

    def cancel(self) -> None:
        self._gateway.cancelled.append(self._head.path)
        self.drop()


def _echo(head: Head, body: bytes, asked: dict[str, str]) -> Response:
    content = msgspec.json.encode(
        {
            "method": head.method,
            "path": head.path,
            "query": head.query.decode("latin-1"),
            "host": head.headers.get("host"),
            "client": head.client,
            "asked": head.headers.get("x-asked"),
            "body": body.decode("latin-1"),
            "fill": "x" * int(asked.get("fill", "0")),
        }
    )
    status = int(asked.get("status", "200"))
    sent = b"" if status in (204, 304) or head.method == "HEAD" else content
    headers = {"content-type": "application/json"}
    if status not in (204, 304):
        headers["content-length"] = str(len(content))
    if "close" in asked:
        headers["connection"] = "close"
    return Response(status=status, lines=header_lines(headers), body=sent, facts=_FACTS)
