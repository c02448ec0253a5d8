"""Processors: how many this process may use, as its cgroup and its affinity say."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path, PurePosixPath

__all__ = ["processors", "usable_processors"]

_ROOT = Path("/sys/fs/cgroup")
_MEMBERSHIP = Path("/proc/self/cgroup")

Read = Callable[[PurePosixPath], str | None]
"""Gives the text of a file below the cgroups' root, or None if there is none."""


def usable_processors(affinity: int, membership: str, read: Read) -> int:
    """Whole processors that may be used, at least one.

    A limit counts wherever in the hierarchy it stands; half a processor left over is none, since
    two workers that share it would make each other wait.

    Args:
        affinity: Processors that the process may run on.
        membership: The text of /proc/self/cgroup.
        read: Reads files of the cgroups.
    """
    limits = [limit for place in _places(membership) if (limit := _limit(place, read)) is not None]
    return max(1, min([affinity, *(int(limit) for limit in limits)]))


def processors() -> int:
    """Whole processors that this process may use."""
    try:
        membership = _MEMBERSHIP.read_text("utf-8")
    except OSError:
        membership = ""
    affinity = (
        len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    )
    return usable_processors(affinity, membership, _read)


def _read(place: PurePosixPath) -> str | None:
    try:
        return (_ROOT / place).read_text("utf-8")
    except OSError:
        return None


def _places(membership: str) -> Iterator[PurePosixPath]:
    """The cgroups that hold the process, from the inmost outwards.

    Inside a container the path is often that of the machine outside and not there; then the
    root is the container's own.
    """
    for line in membership.splitlines():
        _, controllers, path = line.split(":", 2)
        parts = PurePosixPath(path).parts[1:]
        for mount in _mounts(controllers):
            for depth in range(len(parts), -1, -1):
                yield PurePosixPath(mount, *parts[:depth])


def _mounts(controllers: str) -> tuple[str, ...]:
    if not controllers:  # version 2
        return ("",)
    return ("cpu", controllers) if "cpu" in controllers.split(",") else ()


def _limit(place: PurePosixPath, read: Read) -> float | None:
    if (both := read(place / "cpu.max")) is not None:
        return _ratio(*both.partition(" ")[::2])
    quota, period = read(place / "cpu.cfs_quota_us"), read(place / "cpu.cfs_period_us")
    return None if quota is None or period is None else _ratio(quota, period)


def _ratio(quota: str, period: str) -> float | None:
    """Quota by period; None if there is no limit (`max` or -1)."""
    try:
        ratio = int(quota) / int(period)
    except (ValueError, ZeroDivisionError):
        return None
    return ratio if ratio > 0 else None
