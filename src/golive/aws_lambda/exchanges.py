"""Exchanges: one request of an event, answered by a service within the time and size there is."""

from __future__ import annotations

from collections.abc import Callable

import msgspec

from golive.aws_lambda.chunks import entries_in_time
from golive.aws_lambda.deadline import Deadline
from golive.aws_lambda.fronts import Front
from golive.aws_lambda.requests import Received
from golive.aws_lambda.responses import event_answer, plain_answer, sent_bytes
from golive.aws_lambda.shapes import HttpShape
from golive.service.admission import Admitted
from golive.service.answer_size import bounded, too_large
from golive.service.answering import Entries, Question
from golive.service.calls import Reply, problem_reply
from golive.service.exchange import Request, Response
from golive.service.problems import Problem
from golive.service.service import Service
from golive.service.version_choice import HEADER, chosen, not_served
from golive.signature.model import JsonValue

__all__ = ["DIRECT", "Exchange", "Way", "event_way", "exchange"]

_HEADER_BYTES = 4096
"""What the headers of an answer take at most, with what stands around them."""
_MOST_TIMES = 6
"""How many times longer a byte of a body becomes in the JSON around it: `\\u0000`."""


class Way(msgspec.Struct, frozen=True, kw_only=True):
    """How a response goes back.

    Attributes:
        answer: What the function returns for it.
        size_of: The bytes that a body, without its headers, has in that.
    """

    answer: Callable[[Response], JsonValue]
    size_of: Callable[[bytes], int]


DIRECT = Way(answer=plain_answer, size_of=lambda body: sent_bytes(msgspec.json.decode(body)))
"""To whoever invoked the function."""


class Exchange(msgspec.Struct, kw_only=True):
    """A request that was answered.

    Attributes:
        admitted: What its head decided.
        response: Its response.
        answer: What the function returns.
    """

    admitted: Admitted
    response: Response
    answer: JsonValue


def event_way(shape: HttpShape, received: Received) -> Way:
    """To the front that sent a request."""
    return Way(
        answer=lambda response: event_answer(response, shape, received),
        size_of=lambda body: sent_bytes(body.decode()) + _HEADER_BYTES,
    )


def exchange(
    service: Service, received: Received, *, way: Way, front: Front, deadline: Deadline
) -> Exchange:
    """Answer a request; never raises.

    Args:
        service: Answers.
        received: The request.
        way: How its response goes back.
        front: What stands before the function.
        deadline: When the answer must be there.
    """
    admitted = service.admit(_head(received.request, front))
    request_id = service.context.new_id()

    def sent(reply: Reply) -> Exchange:
        response = service.respond(admitted, request_id, reply)
        return Exchange(admitted=admitted, response=response, answer=way.answer(response))

    begun = _begun(service, admitted, received, request_id)
    if isinstance(begun, Reply):
        found = sent(begun)
        return found if _fits(found, front) else sent(_refusal(admitted, request_id, front))
    entries = _entries(begun, deadline)
    reply = service.conclude(begun, entries)
    found = sent(reply)
    if _fits(found, front):
        return found
    if not isinstance(entries, BaseException):
        limit = front.answer_bytes
        reply = bounded(begun, entries, reply, limit=limit, size_of=way.size_of)
        found = sent(reply)
    return found if _fits(found, front) else sent(_refusal(admitted, request_id, front))


def _head(request: Request, front: Front) -> Request:
    headers = request.headers
    if not front.takes_encoding:
        headers = {n: v for n, v in headers.items() if n != "accept-encoding"}
    return msgspec.structs.replace(request, headers=headers, body=b"")


def _begun(
    service: Service, admitted: Admitted, received: Received, request_id: str
) -> Reply | Question:
    """The reply, or the question that is to be answered; what is wrong is for who is let in."""
    problem = None if admitted.is_barred else received.problem or _version_problem(admitted)
    if problem is not None:
        return problem_reply(problem, request_id, admitted.place.style)
    return service.begin(admitted, received.request.body, request_id)


def _version_problem(admitted: Admitted) -> Problem | None:
    """Why the version that a header asks for is not there, or None."""
    wanted, model = admitted.head.headers.get(HEADER), admitted.place.model
    if wanted is None or model is None or chosen(wanted.strip(), (model,)) is not None:
        return None
    return not_served(wanted, (model,))


def _entries(question: Question, deadline: Deadline) -> Entries | BaseException:
    try:
        return entries_in_time(question, deadline)
    except BaseException as error:  # noqa: BLE001 - models raise what is no Exception, too
        return error


def _fits(found: Exchange, front: Front) -> bool:
    most = _MOST_TIMES * len(found.response.body) + _HEADER_BYTES
    return most <= front.answer_bytes or sent_bytes(found.answer) <= front.answer_bytes


def _refusal(admitted: Admitted, request_id: str, front: Front) -> Reply:
    problem = too_large(front.answer_bytes)
    return problem_reply(problem, request_id, admitted.place.style)
