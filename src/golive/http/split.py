"""A split: a share of the requests is answered by a candidate, the same ones each time."""

from __future__ import annotations

from collections.abc import Callable
from hashlib import blake2b
from time import perf_counter
from typing import Literal

import msgspec

from golive.http.gateway import ServiceGateway
from golive.http.plan_of_head import HeadPlan
from golive.http.protocols import Admission, Head, Ticket
from golive.service.exchange import Response
from golive.service.problems import Problem

__all__ = ["Outcome", "SplitGateway", "Tell", "Watched", "outcome_of", "place_of"]

Outcome = Literal["answered", "refused", "failed"]

Tell = Callable[[str, str, Outcome, float], object]
"""Is told of each request that was split: model, version, outcome and seconds."""

_PLACES = 1 << 64


def place_of(key: bytes) -> float:
    """Where a key stands between 0 and 1: always the same, and as if by chance."""
    return int.from_bytes(blake2b(key, digest_size=8).digest()) / _PLACES


def outcome_of(status: int) -> Outcome:
    """What a status says of the version: only 5xx are its failures."""
    if status >= 500:
        return "failed"
    return "refused" if status >= 400 else "answered"


class _Either(msgspec.Struct, frozen=True):
    """The two admissions of a head whose bodies decide."""

    usual: Admission
    candidate: Admission


class SplitGateway:
    """Hands a share of the requests to a model to its candidate; a `Gateway`.

    Who asks for a version gets it, and counts for neither.

    Args:
        gateway: Answers with both.
        model: The model that has a candidate.
        share: Of the requests, 0 to 1, that the candidate answers.
        header: The header, in lower case, by which callers keep their version; the body decides
            where a request has none, or for None.
        tell: Is told of each request that was split.
    """

    def __init__(
        self,
        gateway: ServiceGateway,
        *,
        model: str,
        share: float,
        header: str | None = None,
        tell: Tell,
    ) -> None:
        self._gateway = gateway
        self._model = model
        self._share = share
        self._header = header
        self._tell = tell

    @property
    def epoch(self) -> object:
        """That of the gateway behind."""
        return self._gateway.epoch

    def admit(self, head: Head) -> Admission:
        """Find out everything that the head decides; never raises."""
        usual = self._gateway.admit(head)
        if self._share <= 0 or "golive-version" in head.headers:
            return usual
        candidate = self._gateway.admit_to_candidate(head, self._model)
        if candidate is None:
            return usual
        key = None if self._header is None else head.headers.get(self._header)
        either = _Either(usual, candidate)
        if key is not None:
            chosen = self._chosen(either, key.encode("utf-8", "replace"))
            either = _Either(chosen, chosen)
        elif head.method in ("GET", "HEAD"):
            chosen = self._chosen(either, head.query)
            either = _Either(chosen, chosen)
        return Admission(head=head, epoch=usual.epoch, plan=either)

    def answer(self, admission: Admission, body: bytes, *, started: float) -> Response | Ticket:
        """Answer a request; see `Gateway`."""
        either = admission.plan
        if not isinstance(either, _Either):
            return self._gateway.answer(admission, body, started=started)
        chosen = either.usual
        if either.candidate is not chosen:
            chosen = self._chosen(either, body)
        version = _version_of(chosen)
        answered = self._gateway.answer(chosen, body, started=started)
        if isinstance(answered, Response):
            self._told(version, answered, started)
            return answered
        return Watched(answered, lambda response: self._told(version, response, started))

    def refuse(self, head: Head | None, problem: Problem, *, started: float) -> Response:
        """The response to what the transport could not or would not hand over."""
        return self._gateway.refuse(head, problem, started=started)

    def _chosen(self, either: _Either, key: bytes) -> Admission:
        return either.candidate if place_of(key) < self._share else either.usual

    def _told(self, version: str, response: Response, started: float) -> None:
        outcome = outcome_of(response.status)
        self._tell(self._model, version, outcome, perf_counter() - started)


class Watched:
    """A ticket whose response is told of."""

    __slots__ = ("_ticket", "_told", "reply")

    def __init__(self, ticket: Ticket, told: Callable[[Response], object]) -> None:
        self.reply: Callable[[Response], object]  # set by who is to be told
        self._told = told
        self._ticket = ticket
        ticket.reply = self._take

    def cancel(self) -> None:
        """Nobody waits for the answer any more."""
        self._ticket.cancel()

    def _take(self, response: Response) -> None:
        self._told(response)
        self.reply(response)


def _version_of(admission: Admission) -> str:
    plan: HeadPlan = admission.plan
    model = plan.admitted.place.model
    return "" if model is None else model.version
