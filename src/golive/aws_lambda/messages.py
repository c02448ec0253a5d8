"""Messages: a batch of a queue (SQS), of which each is answered, or left for another try."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from golive.aws_lambda.chunks import DEADLINE_EXCEEDED
from golive.aws_lambda.deadline import Deadline
from golive.aws_lambda.protocols import AnswerSink
from golive.aws_lambda.requests import body_of_text, records_request
from golive.errors import GoliveError
from golive.service.exchange import Response
from golive.signature.model import JsonValue

__all__ = ["Message", "answer_messages"]

_LEAST_SECONDS = 1.0
"""A message is not begun with less time left."""


class Message:
    """A message of a queue.

    Attributes:
        id: Its id.
        received: The request that it is.
    """

    __slots__ = ("id", "received")

    def __init__(self, record: dict[str, Any], *, takes_text: bool) -> None:
        self.id = str(record.get("messageId"))
        given = record.get("body")
        text = given if isinstance(given, str) else "" if given is None else json.dumps(given)
        body = body_of_text(text, is_text=takes_text)
        self.received = records_request(body)


def answer_messages(
    event: dict[str, Any],
    *,
    answer: Callable[[Message], Response],
    sink: AnswerSink,
    deadline: Deadline,
    takes_text: bool,
) -> tuple[JsonValue, dict[str, str]]:
    """Answer the messages of an event.

    A message whose records are wrong is done: no other try would make them right; its answer, a
    problem, goes where answers go. A message is left in the queue, for another try, where the
    model failed, the time was over, or its answer could not be handed over. In a FIFO queue those
    after it wait, too.

    Args:
        event: The event.
        answer: Answers a message.
        sink: Where answers go.
        deadline: When the function has to be back.
        takes_text: Whether a record of the model may be a text.

    Returns:
        What Lambda takes back, and why each message was left, by its id.
    """
    messages = [Message(record, takes_text=takes_text) for record in event["Records"]]
    in_order = str(event["Records"][0].get("eventSourceARN", "")).endswith(".fifo")
    left: dict[str, str] = {}
    for message in messages:
        if left and in_order:
            left[message.id] = "after_another"
        elif deadline.left < _LEAST_SECONDS:
            left[message.id] = DEADLINE_EXCEEDED
        elif (why := _outcome(message, answer(message), sink)) is not None:
            left[message.id] = why
    failures: list[JsonValue] = [{"itemIdentifier": name} for name in left]
    return {"batchItemFailures": failures}, left


def _outcome(message: Message, response: Response, sink: AnswerSink) -> str | None:
    """Why the message is left in the queue, or None where it is done."""
    if DEADLINE_EXCEEDED in response.facts.codes:
        return DEADLINE_EXCEEDED
    if response.status >= 500:
        return next(iter(response.facts.codes), "failed")
    try:
        sink.send(message.id, response.body)
    except GoliveError as error:
        return error.code
    return None
