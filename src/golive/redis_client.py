"""Clients of Redis: what is one, and how it is asked: with a strict time, and nothing twice."""

from __future__ import annotations

from typing import Any

from golive.optional import require

__all__ = ["REDIS_SCHEMES", "connect"]

REDIS_SCHEMES = ("redis://", "rediss://", "unix://")
"""How the URL of a Redis begins."""


def connect(url: str, *, seconds: float) -> Any:
    """A client that connects when it is asked first; it answers texts.

    Args:
        url: As redis-py reads it.
        seconds: How long to wait for a connection, and for an answer, where the URL says nothing.

    Raises:
        MissingExtraError: redis-py is not installed.
        ValueError: The URL is none.
        TypeError: It says something that redis-py does not know.
    """
    redis = require("redis", extra="redis")
    never = require("redis.backoff", extra="redis").NoBackoff()
    client = redis.Redis.from_url(
        url,
        socket_timeout=seconds,
        socket_connect_timeout=seconds,
        retry=require("redis.retry", extra="redis").Retry(never, 0),
        protocol=2,
        decode_responses=True,
    )
    client.connection_pool.make_connection()  # which does not connect yet
    return client
