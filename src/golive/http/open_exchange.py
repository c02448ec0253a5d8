"""Open exchanges: requests that are answered later, on the event loop or by threads."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import suppress

import msgspec

from golive.engine.batcher import Asked
from golive.http.limits import AppLimits
from golive.http.plan_of_head import HeadPlan
from golive.http.pool import Place, Room, ThreadPool
from golive.http.telemetry import Telemetry
from golive.service.answering import Entries, Question
from golive.service.calls import Reply
from golive.service.exchange import Response
from golive.service.problems import Problem

__all__ = ["Desk", "OpenExchange"]

_FEW_RECORDS = 64  # the reply of more is made in a thread


class Desk(msgspec.Struct, frozen=True, kw_only=True):
    """What exchanges share.

    Attributes:
        pool: Its threads.
        room: How many exchanges they may have in hand.
        telemetry: Is told of every exchange.
        limits: What a request may cost.
        saturation: How much is taken of what the metrics tell of, 0 to 1; None: of nothing here.
    """

    pool: ThreadPool
    room: Room
    telemetry: Telemetry
    limits: AppLimits
    saturation: Callable[[], float] | None = None

    def tell_saturation(self) -> None:
        """Tell how much is taken now."""
        if self.saturation is not None:
            self.telemetry.metrics.saturate(self.saturation())


class OpenExchange:
    """A request that is answered later.

    It is closed once: by its response, by its time limit or by the client that goes away. Only
    the event loop closes it. A thread that has it in hand (`_is_held`) then gives its place back;
    otherwise who closes it does.
    """

    __slots__ = (
        "_asked",
        "_body",
        "_desk",
        "_is_closed",
        "_is_held",
        "_loop",
        "_place",
        "_plan",
        "_question",
        "_request_id",
        "_started",
        "_timer",
        "reply",
    )

    def __init__(
        self,
        desk: Desk,
        plan: HeadPlan,
        body: bytes,
        started: float,
        request_id: str,
    ) -> None:
        self.reply: Callable[[Response], object]  # set by who is to be told
        self._desk = desk
        self._plan = plan
        self._body = body
        self._started = started
        self._request_id = request_id
        self._loop = asyncio.get_running_loop()
        self._question: Question | None = None
        self._asked: Asked | None = None
        self._place: Place | None = None
        self._timer: asyncio.TimerHandle | None = None
        self._is_closed = False
        self._is_held = False
        desk.telemetry.metrics.begin()

    def cancel(self) -> None:
        """Nobody waits for the answer any more; records that are not yet answered are dropped."""
        if self._is_closed:
            return
        problem = Problem(code="client_disconnected", detail="The client went away.")
        response = self._refusal(problem)
        self._close()
        self._record(response)

    def read_in_thread(self) -> Response | None:
        """Have the body read, and all that follows, by threads; gives why not, if not."""
        refused = self._take_place()
        if refused is None:
            plan, lane = self._plan, self._plan.lane
            run = lane.run if lane is not None and plan.answers_apart else self._desk.pool.run
            run(self._read)
        return refused

    def ask(self, question: Question) -> Response | None:
        """Have a question answered where its model answers; gives why not, if not."""
        self._question = question
        plan, lane = self._plan, self._plan.lane
        if lane is None:
            raise LookupError("There is no way to the model of this question.")
        if plan.answers_on_loop and question.decoded.size <= plan.most_on_loop:
            self._asked = lane.on_loop.ask(question.decoded, self._conclude)
            return None
        refused = self._take_place()
        if refused is None:
            self._asked = lane.in_thread.ask(question.decoded, self._take_entries, self._begins)
        return refused

    # On the event loop.

    def _take_place(self) -> Response | None:
        """Take one of the places; the refusal if there is none."""
        plan, lane = self._plan, self._plan.lane
        room = lane.room if lane is not None and plan.effort == "model" else self._desk.room
        self._place = room.take()
        if self._place is None:
            response = self._refusal(_overloaded(self._desk.limits))
            self._close()
            self._record(response)
            return response
        self._timer = self._loop.call_later(self._desk.limits.answer_seconds, self._time_out)
        self._desk.tell_saturation()
        return None

    def _time_out(self) -> None:
        if not self._is_closed:
            seconds = self._desk.limits.answer_seconds
            detail = f"There was no answer within {seconds:g} seconds."
            self._finish(self._refusal(Problem(code="time_limit", detail=detail)))

    def _refusal(self, problem: Problem) -> Response:
        return self._plan.service.refuse_admitted(self._plan.admitted, problem)

    def _conclude(self, entries: Entries | BaseException) -> None:
        if not self._is_closed:
            self._finish(self._concluded(entries))

    def _finish(self, response: Response) -> None:
        if self._is_closed:
            return
        self._close()
        self._record(response)
        self.reply(response)

    def _close(self) -> None:
        self._is_closed = True
        if self._timer is not None:
            self._timer.cancel()
        if self._asked is not None:
            self._asked.cancel()
        if self._place is not None and not self._is_held:
            self._place.give_back()
        self._desk.telemetry.metrics.end()
        if self._place is not None:
            self._desk.tell_saturation()

    def _record(self, response: Response) -> None:
        self._desk.telemetry.record(self._plan.teller, response, self._started, self._body)

    # In threads.

    def _begins(self) -> bool:
        """Take it in hand; False if it is closed, and so over."""
        self._is_held = True
        if self._is_closed:
            self._release()
            return False
        return True

    def _release(self) -> None:
        """Let go of it; what closes it after that gives its place back."""
        self._is_held = False
        if self._is_closed and self._place is not None:
            self._place.give_back()
            with suppress(RuntimeError):  # the loop is closed: nobody asks
                self._loop.call_soon_threadsafe(self._desk.tell_saturation)

    def _deliver(self, then: Callable[..., None], *arguments: object) -> None:
        """Go on on the event loop, if it still runs."""
        self._release()
        try:
            self._loop.call_soon_threadsafe(then, *arguments)
        except RuntimeError:  # it is closed, and with it every connection
            if self._place is not None:
                self._place.give_back()

    def _read(self) -> None:
        if not self._begins():
            return
        plan = self._plan
        begun = plan.service.begin(plan.admitted, self._body, self._request_id)
        if isinstance(begun, Reply):
            self._deliver(self._finish, self._respond(begun))
        elif plan.lane is None or plan.lane.pace.manner == "apart":
            self._deliver(self._finish, self._respond(plan.service.answer(begun)))
        else:
            self._question = begun
            self._is_held = False
            self._asked = plan.lane.in_thread.ask(begun.decoded, self._take_entries, self._begins)

    def _take_entries(self, entries: Entries | BaseException) -> None:
        if self._is_closed:
            self._release()
        elif isinstance(entries, BaseException) or len(entries) <= _FEW_RECORDS:
            self._deliver(self._conclude, entries)
        else:
            self._desk.pool.run(lambda: self._deliver(self._finish, self._concluded(entries)))

    def _concluded(self, entries: Entries | BaseException) -> Response:
        if self._question is None:
            raise LookupError("There are answers, but there was no question.")
        return self._respond(self._plan.service.conclude(self._question, entries))

    def _respond(self, reply: Reply) -> Response:
        service, admitted = self._plan.service, self._plan.admitted
        try:
            return service.respond(admitted, self._request_id, reply)
        except Exception as error:  # noqa: BLE001 - whoever waits is to learn of it
            failed = service.fail(admitted, self._request_id, error)
            return service.respond(admitted, self._request_id, failed)


def _overloaded(limits: AppLimits) -> Problem:
    return Problem(
        code="overloaded",
        detail="More requests are waiting than this process can answer; ask again later.",
        headers={"retry-after": str(limits.retry_after)},
    )
