"""The gateway: hands requests to a service, each in the way that costs the others least.

What answers in microseconds is answered at once; questions to a fast model are gathered while the
event loop is busy, those to a slow one while its thread is; all that may take any time has a thread
of its own. The event loop alone tells of exchanges, so that nothing there waits for a lock.
"""

from __future__ import annotations

from threading import Lock

import msgspec

from golive.http.bodies import parse_query
from golive.http.lanes import Lane, lanes_of
from golive.http.limits import AppLimits
from golive.http.open_exchange import Desk, OpenExchange
from golive.http.plan_of_head import SMALL_BODY, HeadPlan
from golive.http.pool import Room, ThreadPool
from golive.http.protocols import Admission, Head, Ticket
from golive.http.telemetry import Telemetry
from golive.service.admission import Admitted
from golive.service.answering import Question
from golive.service.calls import Reply, problem_reply
from golive.service.exchange import Request, Response
from golive.service.problems import Problem
from golive.service.service import Service

__all__ = ["ServiceGateway"]


class _Served(msgspec.Struct, frozen=True):
    """A service and the lanes of its models."""

    service: Service
    lanes: dict[str, Lane]


class ServiceGateway:
    """Answers requests with a service.

    Args:
        service: Answers; may be replaced by another one at any time, from any thread.
        telemetry: Is told of every exchange.
        limits: What requests may cost.
    """

    def __init__(
        self, service: Service, *, telemetry: Telemetry, limits: AppLimits | None = None
    ) -> None:
        self.telemetry = telemetry
        self.limits = limits = limits or AppLimits()
        self._pool = ThreadPool(threads=limits.threads, name="golive-answer")
        self._health_pool = ThreadPool(threads=1, name="golive-health")
        self._desk = Desk(
            pool=self._pool,
            room=Room(limits.threads + limits.queue),
            telemetry=telemetry,
            limits=limits,
        )
        self._health_desk = Desk(
            pool=self._health_pool,
            room=Room(1 + limits.queue),
            telemetry=telemetry,
            limits=limits,
            tells_saturation=False,
        )
        self._renewing = Lock()
        self.service = service

    @property
    def service(self) -> Service:
        """What answers."""
        return self._served.service

    @service.setter
    def service(self, service: Service) -> None:
        served = _Served(service, lanes_of(service.models, self._pool, self._desk.room))
        with self._renewing:
            self._served = served

    def renew(self) -> None:
        """Begin another epoch with the same service; from any thread."""
        with self._renewing:
            self._served = _Served(self._served.service, self._served.lanes)

    @property
    def epoch(self) -> object:
        """The service: what another one admitted must be admitted again."""
        return self._served

    @property
    def saturation(self) -> float:
        """How much of the threads and the queue is taken, 0 to 1."""
        return self._desk.room.saturation

    def admit(self, head: Head) -> Admission:
        """Find out everything that the head decides; never raises."""
        served = self._served
        request = Request(method=head.method, path=head.path, headers=head.headers)
        bad_query = None
        if head.query:
            try:
                query = parse_query(head.query)
                request = Request(
                    method=head.method, path=head.path, query=query, headers=head.headers
                )
            except ValueError:
                detail = "The query is not UTF-8, or too long."
                bad_query = Problem(code="bad_query", detail=detail)
        admitted = served.service.admit(request)
        plan = self._plan(served, admitted, bad_query)
        return Admission(head=head, epoch=served, plan=plan)

    def answer(self, admission: Admission, body: bytes, *, started: float) -> Response | Ticket:
        """Answer a request; see `Gateway`."""
        plan: HeadPlan = admission.plan
        request_id = plan.service.context.new_id()
        if not (plan.is_instant or (plan.reads_on_loop and len(body) <= SMALL_BODY)):
            desk = self._desk if plan.effort != "short" else self._health_desk
            exchange = OpenExchange(desk, plan, body, started, request_id)
            return exchange.read_in_thread() or exchange
        reply = None if plan.shortcut is None else plan.shortcut(body, request_id)
        if reply is None:
            begun = _begun(plan, body, request_id)
            if isinstance(begun, Question):
                exchange = OpenExchange(self._desk, plan, body, started, request_id)
                return exchange.ask(begun) or exchange
            reply = begun
        response = plan.service.respond(plan.admitted, request_id, reply)
        self.telemetry.record(plan.teller, response, started, body)
        return response

    def refuse(self, head: Head | None, problem: Problem, *, started: float) -> Response:
        """The response to what the transport could not or would not hand over."""
        admission = self.admit(head or Head(method="", path=""))
        plan: HeadPlan = admission.plan
        response = plan.service.refuse_admitted(plan.admitted, problem)
        self.telemetry.record(plan.teller, response, started, b"")
        return response

    def close(self) -> None:
        """Let the threads end when they have done what was asked before."""
        self._pool.close()
        self._health_pool.close()

    def _plan(self, served: _Served, admitted: Admitted, bad_query: Problem | None) -> HeadPlan:
        model = admitted.place.model
        return HeadPlan(
            service=served.service,
            admitted=admitted,
            lane=None if model is None else served.lanes.get(model.name),
            teller=self.telemetry.teller(admitted),
            bad_query=bad_query,
        )


def _begun(plan: HeadPlan, body: bytes, request_id: str) -> Reply | Question:
    """The reply, or the question that is not answered at once."""
    service, admitted = plan.service, plan.admitted
    if plan.bad_query is not None:
        return problem_reply(plan.bad_query, request_id, admitted.place.style)
    begun = service.begin(admitted, body, request_id)
    if isinstance(begun, Reply):
        return begun
    is_quick = plan.answers_at_once and begun.decoded.size <= plan.most_on_loop
    return service.answer(begun) if is_quick else begun
