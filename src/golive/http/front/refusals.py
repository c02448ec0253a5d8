"""Refusals: the problems of requests that never reach what answers them."""

from __future__ import annotations

from golive.service.problems import Problem

__all__ = [
    "BROKEN_OFF",
    "CROWDED",
    "HEADERS_TOO_LARGE",
    "HTTP_2",
    "SLOW_HEAD",
    "TLS_ON_PLAIN_PORT",
    "UNREADABLE",
    "RefusedError",
    "body_too_large",
    "slow_body",
]


class RefusedError(Exception):
    """What a client sent is not to be answered as a request.

    Attributes:
        problem: Why.
    """

    def __init__(self, problem: Problem) -> None:
        super().__init__(problem.detail)
        self.problem = problem


UNREADABLE = Problem(code="bad_request", detail="This is no valid HTTP/1.1 request.")
TLS_ON_PLAIN_PORT = Problem(
    code="bad_request",
    detail="These bytes are TLS, and this port speaks plain HTTP/1.1; use http:// in the URL.",
)
HTTP_2 = Problem(
    code="bad_request", detail="These bytes are HTTP/2, and this port speaks HTTP/1.1 alone."
)
HEADERS_TOO_LARGE = Problem(
    code="headers_too_large",
    detail="The request line and the headers are too large; send less in them.",
)
SLOW_HEAD = Problem(
    code="read_time_limit", detail="The headers were not there in time; send them faster."
)
BROKEN_OFF = Problem(
    code="client_disconnected", detail="The client stopped sending before the request was complete."
)
CROWDED = Problem(
    code="too_many_connections",
    detail="More connections are open than this process takes; ask again later.",
    headers={"retry-after": "1"},
)


def body_too_large(limit: int) -> Problem:
    """The problem of a body of more than `limit` bytes."""
    return Problem(
        code="body_too_large",
        detail=f"The body is larger than {limit} bytes; send the records in several requests.",
    )


def slow_body(seconds: float) -> Problem:
    """The problem of a body that was not there after so many seconds."""
    return Problem(
        code="read_time_limit", detail=f"The body was not there after {seconds:g} seconds."
    )
