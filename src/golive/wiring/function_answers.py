"""Where a function's answers to messages of a queue go: its log, or another queue (SQS)."""

from __future__ import annotations

from typing import Any

import msgspec

from golive.aws_lambda.reporter import Reporter
from golive.errors import GoliveError
from golive.optional import require

__all__ = ["LogSink", "QueueSink", "SinkUnavailableError"]


class SinkUnavailableError(GoliveError):
    """An answer could not be handed over; trying again may help."""

    code = "answer_not_sent"


class LogSink:
    """Writes answers as log lines; an `AnswerSink`.

    Args:
        reporter: Writes them.
    """

    def __init__(self, reporter: Reporter) -> None:
        self._reporter = reporter

    def send(self, message_id: str, answer: bytes) -> None:
        """Write an answer."""
        told: Any = msgspec.json.decode(answer)
        self._reporter.event("answer", {"message_id": message_id, "answer": told})


class QueueSink:
    """Sends answers to a queue; an `AnswerSink`.

    The attribute `message_id` says which message each one answers. It needs `sqs:SendMessage`.

    Args:
        url: Of the queue.

    Raises:
        MissingExtraError: boto3 is not installed; Lambda's own runtime has it.
    """

    def __init__(self, url: str) -> None:
        boto3 = require("boto3", extra="aws")
        self._errors = require("botocore.exceptions", extra="aws")
        config = require("botocore.config", extra="aws").Config(
            connect_timeout=3, read_timeout=5, retries={"mode": "standard", "total_max_attempts": 3}
        )
        self._url = url
        self._client: Any = boto3.session.Session().client("sqs", config=config)

    def send(self, message_id: str, answer: bytes) -> None:
        """Send an answer.

        Raises:
            SinkUnavailableError: It was not taken.
        """
        about = {"message_id": {"DataType": "String", "StringValue": message_id}}
        try:
            self._client.send_message(
                QueueUrl=self._url, MessageBody=answer.decode(), MessageAttributes=about
            )
        except (self._errors.ClientError, self._errors.BotoCoreError) as error:
            raise SinkUnavailableError(f"The queue {self._url} took no answer: {error}") from error
