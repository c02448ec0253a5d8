"""Fronts: what stands before a function, and what each lets through."""

from __future__ import annotations

from collections.abc import Mapping

import msgspec

__all__ = ["FRONTS", "INVOKE", "Front"]

_LAMBDA_BYTES = 6_291_556
"""What Lambda takes back from a synchronous invocation, as JSON."""


class Front(msgspec.Struct, frozen=True, kw_only=True):
    """What stands before a function.

    Attributes:
        name: As a person calls it, also in log lines.
        answer_bytes: The most that it takes back, as JSON.
        seconds: How long it waits for an answer; None: as long as the function may run.
        takes_encoding: Whether it sends bodies on as they are compressed, without having to be
            told which types are bytes.
    """

    name: str
    answer_bytes: int = _LAMBDA_BYTES
    seconds: float | None = None
    takes_encoding: bool = True


INVOKE = Front(name="invoke")
"""A direct invocation."""

FRONTS: Mapping[str, Front] = {
    "rest": Front(name="rest", seconds=29.0, takes_encoding=False),
    "http": Front(name="http", seconds=30.0),
    "url": Front(name="url"),
    "alb": Front(name="alb", answer_bytes=1_000_000),
    "plain": Front(name="invoke", takes_encoding=False),
}
"""By the shape of their events. API Gateway takes 10 MB, so that Lambda's own limit comes first."""
