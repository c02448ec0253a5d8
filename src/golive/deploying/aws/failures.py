"""What AWS says when it refuses, in golive's own type."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from golive.errors import GoliveError

__all__ = ["AwsError", "Explanation", "Failure", "failure_of"]


class AwsError(GoliveError):
    """AWS refused what was asked of it.

    Attributes:
        policy: What an administrator would have to allow; None where that is not it.
        passes: Whether the same call may succeed a little later.
    """

    code = "aws_refused"

    def __init__(
        self,
        message: str,
        *,
        hint: str | None = None,
        code: str | None = None,
        policy: Mapping[str, Any] | None = None,
        passes: bool = False,
    ) -> None:
        super().__init__(message, hint=hint, code=code)
        self.policy = policy
        self.passes = passes


@dataclass(frozen=True, slots=True, kw_only=True)
class Failure:
    """A refusal.

    Attributes:
        service: As IAM names it, such as `lambda`.
        operation: Such as `CreateFunction`.
        code: AWS's own; of an error without a response, the name of botocore's exception.
        message: AWS's own.
    """

    service: str
    operation: str
    code: str
    message: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Explanation:
    """What it means.

    Attributes:
        code: Stable, snake_case name.
        message: What happened, and why.
        hint: What to type next.
        policy: What an administrator would have to allow; None where that is not it.
        passes: Whether the same call may succeed a little later.
    """

    code: str
    message: str
    hint: str
    policy: Mapping[str, Any] | None = None
    passes: bool = False


def failure_of(response: Mapping[str, Any], *, service: str, operation: str) -> Failure:
    """The failure of a response, as botocore's `ClientError` has it."""
    error = response.get("Error", {})
    return Failure(
        service=service,
        operation=operation,
        code=str(error.get("Code", "")),
        message=str(error.get("Message", "")),
    )
