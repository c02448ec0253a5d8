"""The gateway: hands requests to a service, each in the way that costs the others least.

What answers in microseconds is answered at once; questions to a fast model are gathered while the
event loop is busy, those to a slow one while its thread is; all that may take any time has a thread
of its own. The event loop alone tells of exchanges, so that nothing there waits for a lock.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from threading import Lock
from typing import TYPE_CHECKING

import msgspec

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
from golive.service.query_text import parse_query
from golive.service.service import Service

if TYPE_CHECKING:
    from golive.http.retirement import Retirement

__all__ = ["ServiceGateway"]

_PATIENCE_SECONDS = 1.0  # beside the time that a request may take


class _Way(msgspec.Struct, frozen=True):
    """A service, the lanes of its models, and the rooms of those that other processes hold."""

    service: Service
    lanes: dict[str, Lane]
    own_rooms: tuple[Room, ...] = ()


class _Served(msgspec.Struct, frozen=True):
    """The way of those who choose none, and others."""

    usual: _Way
    candidate: _Way | None = None
    others: tuple[_Way, ...] = ()

    @property
    def ways(self) -> tuple[_Way, ...]:
        """All of them, the usual one first."""
        return (*filter(None, (self.usual, self.candidate)), *self.others)


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
            saturation=lambda: self.saturation,
        )
        self._health_desk = Desk(
            pool=self._health_pool,
            room=Room(1 + limits.queue),
            telemetry=telemetry,
            limits=limits,
        )
        self._renewing = Lock()
        self._retirement: Retirement | None = None
        self._served = _Served(self._way(service, ()))

    @property
    def service(self) -> Service:
        """What answers those who choose no version."""
        return self._served.usual.service

    @service.setter
    def service(self, service: Service) -> None:
        self.serve(service)

    def serve(
        self,
        service: Service,
        *,
        candidate: Service | None = None,
        also: Sequence[Service] = (),
    ) -> None:
        """Answer with a service from now on; from any thread.

        Processes of models that no service has any more are ended when they have done what was
        asked of them.

        Args:
            service: Answers those who choose no version.
            candidate: Answers those whom `admit_to_candidate` admits, and who choose it; one whose
                calls hang leaves a thread to the service.
            also: Answer those who choose a version of theirs, by the header `golive-version`.
        """
        with self._renewing:
            before = self._served.ways
            ways = {id(way.service): way for way in before}

            def way(one: Service, *, leaves_room: bool = False) -> _Way:
                if id(one) not in ways:
                    ways[id(one)] = self._way(one, [*ways.values()], leaves_room=leaves_room)
                return ways[id(one)]

            second = None if candidate is None else way(candidate, leaves_room=True)
            self._served = _Served(way(service), second, tuple(way(one) for one in also))
            self._retire(before, self._served.ways)

    def renew(self) -> None:
        """Begin another epoch with the same services; from any thread."""
        with self._renewing:
            self._served = msgspec.structs.replace(self._served)

    def _way(self, service: Service, known: Iterable[_Way], *, leaves_room: bool = False) -> _Way:
        """The way to a service; what another process holds has one lane on all ways."""
        pool, room, models = self._pool, self._desk.room, service.models
        own = {id(lane.engine): lane for way in known for lane in _own_lanes(way)}
        kept = {n: own[id(m.engine)] for n, m in models.items() if id(m.engine) in own}
        lanes = lanes_of(models, pool, room, leaves_room=leaves_room, kept=kept)
        apart = [name for name, model in service.models.items() if model.backend is not None]
        return _Way(service, lanes, tuple(lanes[name].room for name in apart))

    def _retire(self, before: Sequence[_Way], after: Sequence[_Way]) -> None:
        """See to the end of what is on no way any more."""
        staying = {lane for way in after for lane in _own_lanes(way)}
        leaving = {lane for way in before for lane in _own_lanes(way)} - staying
        if not leaving:
            return
        if self._retirement is None:
            from golive.http.retirement import Retirement  # few servers serve anything apart

            patience = self.limits.answer_seconds + _PATIENCE_SECONDS
            self._retirement = Retirement(patience=patience)
        asked = {lane.backend for lane in staying}
        backends = {lane.backend for lane in leaving if lane.backend is not None}
        self._retirement.take(
            [*leaving],
            [*backends - asked],
            has_takers=any(
                model.features for way in before for model in way.service.models.values()
            ),
        )

    @property
    def epoch(self) -> object:
        """The service: what another one admitted must be admitted again."""
        return self._served

    @property
    def tells_clients_apart(self) -> bool:
        """Whether answers depend on addresses, so that heads have to say where they come from."""
        return self.service.context.addresses is not None

    @property
    def saturation(self) -> float:
        """How much of the threads and the queue is taken, 0 to 1; of the fullest of several."""
        rooms = self._served.usual.own_rooms
        return max(self._desk.room.saturation, *(room.saturation for room in rooms), 0.0)

    def admit(self, head: Head) -> Admission:
        """Find out everything that the head decides; never raises."""
        served = self._served
        problem = None
        try:
            request = _request(head)
        except ValueError:
            request = Request(
                method=head.method, path=head.path, headers=head.headers, client=head.client
            )
            detail = "The query is not UTF-8, or too long."
            problem = Problem(code="bad_query", detail=detail)
        way, admitted = served.usual, served.usual.service.admit(request)
        if admitted.is_barred:  # what else is wrong is for those who are let in
            return Admission(head=head, epoch=served, plan=self._plan(way, admitted, None))
        wanted = head.headers.get("golive-version")
        if wanted is not None and admitted.place.model is not None:
            found = _way_of(wanted, admitted.place.model.name, served)
            if isinstance(found, Problem):
                problem = problem or found
            elif found is not way:
                way, admitted = found, found.service.admit(request)
        plan = self._plan(way, admitted, problem)
        return Admission(head=head, epoch=served, plan=plan)

    def admit_to_candidate(self, head: Head, model: str) -> Admission | None:
        """Admit a head to the candidate, as `admit` does; None where it asks nothing of a model.

        Args:
            head: The head.
            model: The model that has a candidate.
        """
        served = self._served
        if served.candidate is None:
            return None
        try:
            admitted = served.candidate.service.admit(_request(head))
        except ValueError:
            return None
        endpoint, asked = admitted.endpoint, admitted.place.model
        if endpoint is None or endpoint.effort != "model" or asked is None or asked.name != model:
            return None
        plan = self._plan(served.candidate, admitted, None)
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
        """Let the threads end when they have done what was asked before, and backends at once."""
        for way in self._served.ways:
            for model in way.service.models.values():
                if model.backend is not None:
                    model.backend.close()
        if self._retirement is not None:
            self._retirement.close()
        self._pool.close()
        self._health_pool.close()

    def _plan(self, way: _Way, admitted: Admitted, problem: Problem | None) -> HeadPlan:
        model = admitted.place.model
        return HeadPlan(
            service=way.service,
            admitted=admitted,
            lane=None if model is None else way.lanes.get(model.name),
            teller=self.telemetry.teller(admitted),
            problem=problem,
        )


def _own_lanes(way: _Way) -> list[Lane]:
    """The lanes to models that other processes hold."""
    return [lane for lane in way.lanes.values() if lane.backend is not None]


def _request(head: Head) -> Request:
    """The request of a head, without its body.

    Raises:
        ValueError: Its query cannot be read.
    """
    query = parse_query(head.query) if head.query else ()
    return Request(
        method=head.method,
        path=head.path,
        query=query,
        headers=head.headers,
        client=head.client,
    )


def _begun(plan: HeadPlan, body: bytes, request_id: str) -> Reply | Question:
    """The reply, or the question that is not answered at once."""
    service, admitted = plan.service, plan.admitted
    if plan.problem is not None:
        return problem_reply(plan.problem, request_id, admitted.place.style)
    begun = service.begin(admitted, body, request_id)
    if isinstance(begun, Reply):
        return begun
    is_quick = plan.answers_at_once and begun.decoded.size <= plan.most_on_loop
    return service.answer(begun) if is_quick else begun


def _way_of(wanted: str, name: str, served: _Served) -> _Way | Problem:
    """The way to the version of a model that a head asks for, or why there is none."""
    from golive.service.version_choice import chosen, not_served  # few heads ask for one

    ways = [way for way in served.ways if name in way.service.models]
    models = [way.service.models[name] for way in ways]
    found = chosen(wanted.strip(), models)
    return not_served(wanted, models) if found is None else ways[found]
