"""A split: a share of the requests is answered by a candidate, the same ones each time."""

from __future__ import annotations

from collections.abc import Callable, Collection
from hashlib import blake2b
from time import perf_counter
from typing import TYPE_CHECKING, Literal

import msgspec

from golive.http.gateway import ServiceGateway
from golive.http.plan import Canary
from golive.http.plan_of_head import HeadPlan
from golive.http.protocols import Admission, Head, Ticket
from golive.service.exchange import Response
from golive.service.problems import Problem
from golive.service.served import ServedModel

if TYPE_CHECKING:
    from golive.http.shadow import Shadow
    from golive.http.stepback.step_back import StepBack

__all__ = [
    "Outcome",
    "SplitGateway",
    "Tell",
    "Watched",
    "has_failed",
    "outcome_of",
    "place_of",
]

Outcome = Literal["answered", "refused", "failed"]

Tell = Callable[[str, str, Outcome, float], object]
"""Is told of each request that was split: model, version, outcome and seconds."""

_PLACES = 1 << 64
_OF_MODELS = frozenset({"model_failed", "non_finite_output", "internal_error"})
_CRASHED = "backend_crashed"  # where it is served apart
_UNAVAILABLE = 503  # of the server, whatever the version


def place_of(key: bytes) -> float:
    """Where a key stands between 0 and 1: always the same, and as if by chance."""
    return int.from_bytes(blake2b(key, digest_size=8).digest()) / _PLACES


def outcome_of(status: int, codes: Collection[str] = ()) -> Outcome:
    """What came of a request, as far as its version is concerned.

    A version has failed where the status is 5xx and, whatever the status, where it failed on one of
    the records. Everything else that has no answer is its caller's fault.

    Args:
        status: The HTTP status.
        codes: Of what went wrong with the request and with its records.
    """
    if status >= 500 or not _OF_MODELS.isdisjoint(codes):
        return "failed"
    return "refused" if status >= 400 else "answered"


def has_failed(response: Response) -> bool | None:
    """Whether a version failed a request; None where the response says nothing of the version."""
    outcome = outcome_of(response.status, response.facts.codes)
    says_nothing = outcome == "refused" or response.status == _UNAVAILABLE
    return None if says_nothing else outcome == "failed"


class _Either(msgspec.Struct, frozen=True):
    """The two admissions of a head, and its place between 0 and 1; the body decides if None."""

    usual: Admission
    candidate: Admission
    place: float | None


class SplitGateway:
    """Hands a share of the requests to a model to its candidate; a `Gateway`.

    Who asks for a version gets it, and counts for neither.

    Args:
        gateway: Answers with both.
        canary: The candidate's share, and the header by which callers keep their version; the body
            decides where a request has none, or where there is no such header.
        tell: Is told of each request that was split.
        step_back: Says whether the candidate may be asked, and sees what comes of it; None: it may.
        pairs: Has the usual version answer copies of what the candidate has answered, or None.
    """

    def __init__(
        self,
        gateway: ServiceGateway,
        canary: Canary,
        *,
        tell: Tell,
        step_back: StepBack | None = None,
        pairs: Shadow | None = None,
    ) -> None:
        self._gateway = gateway
        self._model = canary.named.model
        self._share = canary.share
        self._header = canary.header
        self._tell = tell
        self._step_back = step_back
        self._pairs = pairs

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
        place = None
        if key is not None:
            place = place_of(key.encode("utf-8", "replace"))
        elif head.method in ("GET", "HEAD"):
            place = place_of(head.query)
        either = _Either(usual, candidate, place)
        return Admission(head=head, epoch=usual.epoch, plan=either)

    def answer(self, admission: Admission, body: bytes, *, started: float) -> Response | Ticket:
        """Answer a request; see `Gateway`."""
        either = admission.plan
        if not isinstance(either, _Either):
            return self._answer_other(admission, body, started)
        if not self._lets(either):
            return self._gateway.answer(either.usual, body, started=started)
        place = place_of(body) if either.place is None else either.place
        chosen = either.candidate if place < self._share else either.usual
        model = _model_of(chosen)
        version = "" if model is None else model.version
        answered = self._gateway.answer(chosen, body, started=started)

        def told(response: Response) -> None:
            self._told(version, response, started)
            if model is not None and _CRASHED in response.facts.codes:
                self._see_crash(model)
            if chosen is either.candidate and self._pairs is not None and response.status == 200:
                self._pairs.take(either.usual.plan, body, response.body)

        if isinstance(answered, Response):
            told(answered)
            return answered
        return Watched(answered, told, left=lambda: self._left(version, started))

    def refuse(self, head: Head | None, problem: Problem, *, started: float) -> Response:
        """The response to what the transport could not or would not hand over."""
        return self._gateway.refuse(head, problem, started=started)

    def _answer_other(self, admission: Admission, body: bytes, started: float) -> Response | Ticket:
        """Answer what is not split: who asks for a version that crashes does not get it."""
        plan: HeadPlan = admission.plan
        model = _model_of(admission)
        if model is None or self._step_back is None or plan.effort != "model":
            return self._gateway.answer(admission, body, started=started)
        usual = self._gateway.service.models.get(model.name)
        is_usual = usual is not None and usual.version == model.version  # it was promoted
        if is_usual or not self._step_back.bars(model):
            return self._gateway.answer(admission, body, started=started)
        detail = f"Version {model.version} of {model.name} crashes, and is not asked any more."
        problem = Problem(code="version_not_served", detail=detail)
        return self._gateway.refuse(admission.head, problem, started=started)

    def _lets(self, either: _Either) -> bool:
        """Whether the candidate may be asked."""
        if self._step_back is None:
            return True
        usual, candidate = _model_of(either.usual), _model_of(either.candidate)
        return usual is None or candidate is None or self._step_back.lets(usual, candidate)

    def _told(self, version: str, response: Response, started: float) -> None:
        outcome = outcome_of(response.status, response.facts.codes)
        seconds = perf_counter() - started
        self._tell(self._model, version, outcome, seconds)
        failed = has_failed(response)
        if self._step_back is not None and failed is not None:
            self._step_back.see(version, has_failed=failed, seconds=seconds)

    def _see_crash(self, model: ServedModel) -> None:
        """A process has ended: the version's own, unless it takes features of other models."""
        if self._step_back is not None and not model.features:
            message = "its process ended while it had a request"
            self._step_back.see_crash(model.version, message)

    def _left(self, version: str, started: float) -> None:
        """It took too long for its caller: how long it would have taken, nobody knows."""
        if self._step_back is not None:
            seconds = perf_counter() - started
            self._step_back.see(version, has_failed=None, seconds=seconds)


class Watched:
    """A ticket whose response is told of.

    Args:
        ticket: The ticket.
        told: Is told of the response.
        left: Is told instead that nobody waits for it any more.
    """

    __slots__ = ("_left", "_ticket", "_told", "reply")

    def __init__(
        self,
        ticket: Ticket,
        told: Callable[[Response], object],
        *,
        left: Callable[[], object] = lambda: None,
    ) -> None:
        self.reply: Callable[[Response], object]  # set by who is to be told
        self._told = told
        self._left = left
        self._ticket = ticket
        ticket.reply = self._take

    def cancel(self) -> None:
        """Nobody waits for the answer any more."""
        left, self._left = self._left, _nothing
        left()
        self._ticket.cancel()

    def _take(self, response: Response) -> None:
        self._left = _nothing
        self._told(response)
        self.reply(response)


def _nothing() -> None:
    """There is nothing more to tell."""


def _model_of(admission: Admission) -> ServedModel | None:
    plan: HeadPlan = admission.plan
    return plan.admitted.place.model
