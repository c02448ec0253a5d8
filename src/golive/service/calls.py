"""Calls and replies: one request on its way through a handler, and what comes of it.

They are Structs, for one of each is made for every request and a dataclass costs several times as
much to make.
"""

from __future__ import annotations

import msgspec

from golive.service.exchange import Request
from golive.service.problems import (
    PLAIN_STYLE,
    Problem,
    ProblemStyle,
    problem_body,
    status_of,
)
from golive.service.served import ServedModel

__all__ = ["Call", "Reply", "problem_reply"]


class Call(msgspec.Struct, kw_only=True):
    """One request on its way through a handler.

    Attributes:
        request: Its head: as received, but without the body.
        body: The body, decompressed.
        request_id: The server's id.
        model: The model that the route is about, or None.
        style: How the route's problems are written.
    """

    request: Request
    body: bytes = b""
    request_id: str
    model: ServedModel | None = None
    style: ProblemStyle = PLAIN_STYLE

    @property
    def served(self) -> ServedModel:
        """The model that the route is about.

        Raises:
            LookupError: It is about none.
        """
        if self.model is None:
            raise LookupError("This route answers for no model.")
        return self.model


class Reply(msgspec.Struct, kw_only=True):
    """What a handler gives.

    Attributes:
        body: The body.
        status: HTTP status.
        content_type: Of the body.
        headers: Further headers.
        records: Records in the request.
        failed: Records that got an error.
        codes: Error code to count.
        extra_columns: Values that were ignored.
        out_of_range: Values outside the sample's range.
        defaulted: Why columns could not be looked up, and in how many records; None for none.
    """

    body: bytes
    status: int = 200
    content_type: str = "application/json"
    headers: dict[str, str] = msgspec.field(default_factory=dict)
    records: int = 0
    failed: int = 0
    codes: dict[str, int] = msgspec.field(default_factory=dict)
    extra_columns: int = 0
    out_of_range: int = 0
    defaulted: tuple[tuple[str, int], ...] | None = None


def problem_reply(problem: Problem, request_id: str, style: ProblemStyle = PLAIN_STYLE) -> Reply:
    """The reply that a problem is."""
    return Reply(
        status=status_of(problem.code),
        content_type=style.content_type,
        headers=problem.headers,
        body=problem_body(problem, request_id, style),
        codes={problem.code: 1},
    )
