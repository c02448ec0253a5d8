"""Limits: what requests may cost a process."""

from __future__ import annotations

import msgspec

from golive.service.served import Limits
from golive.settings import ServeSettings

__all__ = ["AppLimits", "limits_of"]


class AppLimits(msgspec.Struct, frozen=True, kw_only=True):
    """What requests may cost a process.

    Attributes:
        threads: Requests that threads answer at the same time.
        queue: Requests that wait for a thread.
        body_bytes: Largest body.
        read_seconds: Until a body must be complete.
        answer_seconds: Until an answer from a thread must be there, waiting included.
        retry_after: Seconds that a refused caller is told to wait.
    """

    threads: int = 4
    queue: int = 256
    body_bytes: int = 10 * 1024 * 1024
    read_seconds: float = 15.0
    answer_seconds: float = 30.0
    retry_after: int = 1


def limits_of(settings: ServeSettings) -> Limits:
    """What a request may cost, wherever it comes from, as the settings say."""
    return Limits(
        body_bytes=settings.body_limit,
        decompression_times=settings.max_decompression,
        answer_bytes=settings.max_answer,
    )
