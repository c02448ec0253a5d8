"""The function: what Lambda calls with each event."""

from __future__ import annotations

import time
from typing import Any, assert_never

import msgspec

from golive.aws_lambda.deadline import Deadline
from golive.aws_lambda.exchanges import DIRECT, Exchange, Way, event_way, exchange
from golive.aws_lambda.fronts import FRONTS, INVOKE, Front
from golive.aws_lambda.messages import Message, answer_messages
from golive.aws_lambda.protocols import AnswerSink, LambdaContext
from golive.aws_lambda.reporter import Reporter, about
from golive.aws_lambda.requests import Received, body_of_value, read_request, records_request
from golive.aws_lambda.shapes import HttpShape, shape_of
from golive.aws_lambda.versions import Refreshed, Versions
from golive.service.exchange import Response
from golive.service.request_line import RequestLine
from golive.service.service import Service
from golive.signature.model import JsonValue

__all__ = ["FunctionOptions", "LambdaFunction"]

_COLD = {"cold_start": "Count"}


class FunctionOptions(msgspec.Struct, frozen=True, kw_only=True):
    """How a function answers.

    Attributes:
        base_path: What stands before every path, such as `/models`.
        log_inputs: Whether log lines hold the records that were sent.
        is_warm: Whether the start was over before anybody asked (provisioned concurrency).
    """

    base_path: str = ""
    log_inputs: bool = False
    is_warm: bool = False


class LambdaFunction:
    """Answers every event of Lambda. Called by one thread at a time.

    Args:
        versions: What answers.
        reporter: Is told of each request.
        sink: Where answers to messages of a queue go.
        options: How it answers.
    """

    def __init__(
        self,
        versions: Versions,
        *,
        reporter: Reporter,
        sink: AnswerSink,
        options: FunctionOptions | None = None,
    ) -> None:
        self._versions = versions
        self._reporter = reporter
        self._sink = sink
        self._options = options or FunctionOptions()
        self._is_cold = not self._options.is_warm

    def __call__(self, event: JsonValue, context: LambdaContext | None = None) -> JsonValue:
        """Answer an event.

        Args:
            event: What the function was invoked with, as Lambda decoded it.
            context: What Lambda tells of the invocation.

        Raises:
            UsageError: It is an event of another service, whose answer nobody would get.
        """
        invocation = _Invocation(context, is_cold=self._is_cold)
        self._is_cold = False
        shape = shape_of(event, columns=self._versions.names)
        if self._versions.is_due and shape != "refresh":
            self._refresh(invocation, is_asked=False, front=FRONTS.get(shape, INVOKE))
        match shape:
            case "rest" | "http" | "url" | "alb" | "plain":
                return self._answer_front(event, shape, invocation)
            case "records":
                return self._answer_records(event, invocation)
            case "queue":
                return self._answer_queue(event, invocation)
            case "ping":
                return self._ping(invocation)
            case "refresh":
                return self._refresh(invocation, is_asked=True)
            case "sample":
                return self._explain(event)
            case _:
                assert_never(shape)

    def _answer_front(
        self, event: dict[str, Any], shape: HttpShape, invocation: _Invocation
    ) -> JsonValue:
        options = self._options
        received = read_request(
            event, shape, base_path=options.base_path, takes_text=self._takes_text
        )
        service = self._versions.trusted if shape == "plain" else self._versions.guarded
        way, front = event_way(shape, received), FRONTS[shape]
        return self._exchange(service, received, way, front, invocation).answer

    def _answer_records(self, event: JsonValue, invocation: _Invocation) -> JsonValue:
        received = records_request(*body_of_value(event, called="event"))
        return self._exchange(self._versions.trusted, received, DIRECT, INVOKE, invocation).answer

    def _answer_queue(self, event: dict[str, Any], invocation: _Invocation) -> JsonValue:
        def answer(message: Message) -> Response:
            facts = invocation.facts | {"message_id": message.id}
            service = self._versions.trusted
            own = invocation.of_message(facts)
            invocation.facts["cold_start"] = 0  # of the first one
            return self._exchange(service, message.received, DIRECT, INVOKE, own).response

        answered, left = answer_messages(
            event,
            answer=answer,
            sink=self._sink,
            deadline=invocation.deadline(),
            takes_text=self._takes_text,
        )
        if left:
            why: dict[str, JsonValue] = dict(left)
            self._reporter.event("left_in_queue", invocation.facts | {"messages": why})
        return answered

    def _exchange(
        self,
        service: Service,
        received: Received,
        way: Way,
        front: Front,
        invocation: _Invocation,
    ) -> Exchange:
        deadline = invocation.deadline(front)
        found = exchange(service, received, way=way, front=front, deadline=deadline)
        facts = invocation.facts | {"front": front.name}
        if received.front_request_id is not None:
            facts["front_request_id"] = received.front_request_id
        self._reporter.request(
            RequestLine(found.admitted),
            found.response,
            seconds=deadline.spent,
            body=received.request.body,
            facts=facts,
            has_inputs=self._options.log_inputs,
        )
        return found

    def _ping(self, invocation: _Invocation) -> JsonValue:
        facts = invocation.facts | self._versions.facts
        self._reporter.event("ping", facts, metrics=_COLD)
        cold = bool(facts["cold_start"])
        return {"golive": "ping", "status": "ready", **self._versions.facts, "cold_start": cold}

    def _refresh(
        self, invocation: _Invocation, *, is_asked: bool, front: Front = INVOKE
    ) -> JsonValue:
        left = invocation.deadline(front).left
        found: Refreshed = self._versions.look(left, is_asked=is_asked)
        facts: dict[str, JsonValue] = {"outcome": found.outcome, **self._versions.facts}
        if found.message is not None:
            facts["message"] = found.message
        if found.outcome != "same" or is_asked:
            self._reporter.event("refresh", invocation.facts | facts)
        return {"golive": "refresh", **facts}

    def _explain(self, event: JsonValue) -> JsonValue:
        """What is said of the test event that the console offers."""
        model = self._versions.model
        example = model.examples[0].record if model.examples else None
        return {
            "golive": "sample",
            "message": "This is the console's own test event, and the function works. Save a test "
            "event with a record, or a list of records, to see an answer, such as `event`.",
            **self._versions.facts,
            "received": event,
            "event": example,
        }

    @property
    def _takes_text(self) -> bool:
        return bool(getattr(self._versions.model.engine.decoder, "takes_text", False))


class _Invocation:
    """One call: its time, and what is told of it."""

    __slots__ = ("_begun", "_context", "facts")

    def __init__(self, context: LambdaContext | None, *, is_cold: bool) -> None:
        self._begun = time.perf_counter()
        self._context = context
        self.facts = about(context, front=INVOKE.name, is_cold=is_cold)

    def deadline(self, front: Front = INVOKE) -> Deadline:
        """When the answer must be there; the front has waited since the invocation began."""
        seconds = front.seconds
        if seconds is not None:
            seconds -= time.perf_counter() - self._begun
        return Deadline(self._context, front_seconds=seconds)

    def of_message(self, facts: dict[str, JsonValue]) -> _Invocation:
        """The same, for one of its messages."""
        own = _Invocation(self._context, is_cold=False)
        own.facts = facts
        return own
