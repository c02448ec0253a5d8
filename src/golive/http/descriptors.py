"""Descriptors: how many sockets the machine lets a process have."""

from __future__ import annotations

import logging
import resource

__all__ = ["allow_connections", "wanted_limit"]

_OWN = 256  # files, pipes and libraries of the process itself
_logger = logging.getLogger("golive.http")


def wanted_limit(connections: int, *, soft: int, hard: int) -> int:
    """The limit of descriptors to set for so many connections, given the present ones.

    Args:
        connections: That may be open.
        soft: The present limit; -1 is none.
        hard: The highest that may be set; -1 is none.
    """
    wanted = connections + _OWN
    if soft == resource.RLIM_INFINITY or soft >= wanted:
        return soft
    return wanted if hard == resource.RLIM_INFINITY else min(wanted, hard)


def allow_connections(connections: int) -> None:
    """Raise this process's limit of descriptors; a warning tells where it stays too low."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    limit = wanted_limit(connections, soft=soft, hard=hard)
    if limit != soft:
        resource.setrlimit(resource.RLIMIT_NOFILE, (limit, hard))
    if limit != resource.RLIM_INFINITY and limit < connections + _OWN:
        _logger.warning(
            "%d connections may be open, but the machine allows this process %d descriptors "
            "(ulimit -n)",
            connections,
            limit,
        )
