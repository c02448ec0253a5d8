"""A shadow: a candidate answers copies of requests, which nobody gets, and both are compared."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from queue import Empty, Full, Queue
from threading import Thread
from typing import TYPE_CHECKING, Literal

import msgspec

from golive.errors import BackendError
from golive.forks import call_in_children
from golive.http.comparison import Comparison, compare
from golive.http.gateway import ServiceGateway
from golive.http.plan_of_head import HeadPlan
from golive.http.protocols import Admission, Head, Ticket
from golive.http.split import Watched, has_failed
from golive.service.calls import Reply
from golive.service.exchange import Response
from golive.service.problems import Problem
from golive.service.protocols import Backend

if TYPE_CHECKING:
    from golive.http.stepback.step_back import StepBack

__all__ = ["Observer", "Seen", "Shadow", "ShadowGateway"]

Seen = Literal["compared", "failed", "dropped", "missed"]

Observer = Callable[[str, str, Seen, Comparison | None], object]
"""Is told of each copy: model, version, what came of it and, if compared, the comparison."""

_MOST_WAITING = 256
_MOST_BYTES = 64 * 1024
_LOOK_SECONDS = 0.05
_CRASHED = "backend_crashed"
_PROCESSES = frozenset({_CRASHED, BackendError.code})
_ANYTHING = BaseException  # models raise what is no Exception, too, such as the panics of Rust
_logger = logging.getLogger("golive.shadow")


class _Copy(msgspec.Struct, frozen=True):
    plan: HeadPlan
    body: bytes
    given: bytes


class Shadow:
    """Has copies answered in a thread of its own, one after the other, and compares.

    It rests as long as it worked, so that at most half of a processor goes there. Copies wait for a
    candidate whose process is being started; where it has crashed, those that wait are missed.

    Args:
        model: The model that has a candidate.
        observe: Is told of each copy; of dropped ones on the event loop, of others in the thread.
        crashed: Is told that the process of a version, by its short id, ended with a copy in hand,
            and how.
        most: How many copies wait; more are dropped.
        rest: Waits so many seconds.
    """

    def __init__(
        self,
        *,
        model: str,
        observe: Observer,
        crashed: Callable[[str, str], object] = lambda *_: None,
        most: int = _MOST_WAITING,
        rest: Callable[[float], object] = time.sleep,
    ) -> None:
        self._model = model
        self._observe = observe
        self._crashed = crashed
        self._rest = rest
        self._most = most
        self._copies: Queue[_Copy] = Queue(most)
        self._held: _Copy | None = None  # it waits for its process

    def start(self) -> None:
        """Begin to answer, in a thread that ends with the process; so do processes forked of it."""
        self._begin_anew()
        call_in_children(self._begin_anew)

    def take(self, plan: HeadPlan, body: bytes, given: bytes) -> None:
        """Take a copy of a request and of its answer, or drop it; never waits, never raises."""
        if len(body) > _MOST_BYTES or len(given) > _MOST_BYTES:
            self._tell(plan, "dropped")
            return
        try:
            self._copies.put_nowait(_Copy(plan, body, given))
        except Full:
            self._tell(plan, "dropped")

    def turn(self, seconds: float = 0.0) -> bool:
        """Have one copy answered; False if none came within so many seconds. Never raises."""
        copy, self._held = self._held or self._next(seconds), None
        if copy is None:
            return False
        began, is_over = time.perf_counter(), True
        try:
            is_over = self._compare(copy)
        except _ANYTHING:
            _logger.exception("A copy could not be compared.")
            self._tell(copy.plan, "failed")
        if not is_over:
            self._held = copy
        self._rest(time.perf_counter() - began if is_over else _LOOK_SECONDS)
        return True

    def _next(self, seconds: float) -> _Copy | None:
        try:
            return self._copies.get(timeout=seconds) if seconds else self._copies.get_nowait()
        except Empty:
            return None

    def _compare(self, copy: _Copy) -> bool:
        """Have a copy answered, and compare; False if it has to wait for its process."""
        model = copy.plan.admitted.place.model
        backend = None if model is None else model.backend
        if backend is not None and not backend.is_running:
            return self._is_missed(copy, backend)
        reply = _answer(copy)
        if backend is not None and BackendError.code in reply.codes:  # it has ended just now
            return self._is_missed(copy, backend)
        if backend is None and not _PROCESSES.isdisjoint(reply.codes):  # of a source, which serves
            self._tell(copy.plan, "missed")
            return True
        found = compare(copy.given, reply.body)
        if _CRASHED not in reply.codes or model is None:
            self._tell(copy.plan, "compared" if found is not None else "failed", found)
            return True
        self._tell(copy.plan, "failed", found)
        self._crashed(model.version, _detail(reply.body))
        while (waiting := self._next(0.0)) is not None:  # what ended it may be among them
            self._tell(waiting.plan, "missed")
        return True

    def _is_missed(self, copy: _Copy, backend: Backend) -> bool:
        """Whether no process will answer a copy: another version has taken its place."""
        is_missed = backend.facts().get("state") == "closed"
        if is_missed:
            self._tell(copy.plan, "missed")
        return is_missed

    def _begin_anew(self) -> None:
        self._copies, self._held = Queue(self._most), None  # those of a parent are the parent's
        Thread(target=self._run, name="golive-shadow", daemon=True).start()

    def _run(self) -> None:
        while True:
            self.turn(60.0)

    def _tell(self, plan: HeadPlan, seen: Seen, found: Comparison | None = None) -> None:
        model = plan.admitted.place.model
        self._observe(self._model, "" if model is None else model.version, seen, found)


class ShadowGateway:
    """Answers as the gateway behind it, and gives copies to a shadow; a `Gateway`.

    Only what was answered with 200 is copied, and not who asks for a version.

    Args:
        gateway: Answers, and has a candidate.
        model: The model that has it.
        shadow: Takes the copies.
        step_back: Says whether the candidate is to get any, and sees what the usual version
            answers; None: it is.
    """

    def __init__(
        self,
        gateway: ServiceGateway,
        *,
        model: str,
        shadow: Shadow,
        step_back: StepBack | None = None,
    ) -> None:
        self._gateway = gateway
        self._model = model
        self._shadow = shadow
        self._step_back = step_back

    @property
    def epoch(self) -> object:
        """That of the gateway behind."""
        return self._gateway.epoch

    def admit(self, head: Head) -> Admission:
        """Find out everything that the head decides; never raises."""
        usual = self._gateway.admit(head)
        if "golive-version" in head.headers:
            return usual
        candidate = self._gateway.admit_to_candidate(head, self._model)
        if candidate is None:
            return usual
        return Admission(head=head, epoch=usual.epoch, plan=_Copied(usual, candidate.plan))

    def answer(self, admission: Admission, body: bytes, *, started: float) -> Response | Ticket:
        """Answer a request; see `Gateway`."""
        copied = admission.plan
        if not isinstance(copied, _Copied):
            return self._gateway.answer(admission, body, started=started)
        answered = self._gateway.answer(copied.usual, body, started=started)
        if isinstance(answered, Response):
            self._copy(copied, body, answered)
            return answered
        return Watched(answered, lambda response: self._copy(copied, body, response))

    def refuse(self, head: Head | None, problem: Problem, *, started: float) -> Response:
        """The response to what the transport could not or would not hand over."""
        return self._gateway.refuse(head, problem, started=started)

    def _copy(self, copied: _Copied, body: bytes, response: Response) -> None:
        if self._step_back is not None and not self._lets(copied, response, self._step_back):
            return
        if response.status == 200:
            self._shadow.take(copied.candidate, body, response.body)

    def _lets(self, copied: _Copied, response: Response, step_back: StepBack) -> bool:
        """Whether the candidate is to get copies; what was answered is seen."""
        usual = copied.usual.plan.admitted.place.model
        candidate = copied.candidate.admitted.place.model
        if usual is None or candidate is None:
            return True
        lets = step_back.lets(usual, candidate)
        failed = has_failed(response)
        if lets and failed is not None:
            step_back.see(usual.version, has_failed=failed, seconds=None)
        return lets


class _Copied(msgspec.Struct, frozen=True):
    """The admission of a head, and how the candidate would answer it."""

    usual: Admission
    candidate: HeadPlan


def _answer(copy: _Copy) -> Reply:
    """What the candidate says; the request is neither logged nor counted, for no key either."""
    service, admitted = copy.plan.service, copy.plan.admitted.unmetered()
    begun = service.begin(admitted, copy.body, service.context.new_id())
    return begun if isinstance(begun, Reply) else service.answer(begun)


def _detail(body: bytes) -> str:
    """What a problem says, as a part of a sentence."""
    detail = str(msgspec.json.decode(body).get("detail", "its process ended"))
    return f"{detail[:1].lower()}{detail[1:]}".rstrip(".")
