"""The seams of a function: what Lambda tells of an invocation, and where versions come from."""

from __future__ import annotations

from typing import Protocol

from golive.service.served import ServedModel

__all__ = ["AnswerSink", "LambdaContext", "VersionSource"]


class LambdaContext(Protocol):
    """What Lambda tells of an invocation, as far as it is used here."""

    function_name: str
    function_version: str
    aws_request_id: str

    def get_remaining_time_in_millis(self) -> int:
        """Milliseconds until the invocation is ended."""
        ...


class VersionSource(Protocol):
    """The versions of a model that a reference names. Called by one thread at a time."""

    def look(self, seconds: float) -> str:
        """The SHA-256 of the version that the reference names now.

        Args:
            seconds: How long it may take.

        Raises:
            GoliveError: It cannot be told now, or the reference names nothing.
        """
        ...

    def load(self, seconds: float) -> ServedModel:
        """What was looked at last, pulled, verified and loaded, its golden records replayed.

        Args:
            seconds: How long it may take to pull it.

        Raises:
            GoliveError: It cannot be had now, is not what was pushed, or does not load here.
        """
        ...


class AnswerSink(Protocol):
    """Where answers to the messages of a queue go."""

    def send(self, message_id: str, answer: bytes) -> None:
        """Hand an answer over.

        Args:
            message_id: Of the message that was answered.
            answer: JSON: what `/predict` answers, or a problem.

        Raises:
            GoliveError: It could not be handed over.
        """
        ...
