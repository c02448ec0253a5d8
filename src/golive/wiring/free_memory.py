"""Free memory: how much this process and those beside it may still take."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path, PurePosixPath

import msgspec

__all__ = ["Memory", "memory_by", "memory_now"]

_ROOT = Path("/sys/fs/cgroup")

Read = Callable[[PurePosixPath], str | None]
"""Gives the text of a file below the cgroups' root, or None if there is none."""


class Memory(msgspec.Struct, frozen=True):
    """Memory in bytes.

    Attributes:
        free: What can be taken before something is killed for it.
        whole: What there is.
    """

    free: int
    whole: int


def memory_by(meminfo: str, membership: str, read: Read) -> Memory | None:
    """The memory of the machine or, where that is less, of the cgroup; None if nothing tells.

    Files that the system keeps in memory and can drop count as free.

    Args:
        meminfo: The text of /proc/meminfo.
        membership: The text of /proc/self/cgroup.
        read: Reads files of the cgroups.
    """
    found = [
        memory for place in _places(membership) if (memory := _of_group(place, read)) is not None
    ]
    whole, free = _kibibytes(meminfo, "MemTotal"), _kibibytes(meminfo, "MemAvailable")
    if whole is not None and free is not None:
        found.append(Memory(free, whole))
    return min(found, key=lambda memory: memory.free, default=None)


def memory_now() -> Memory | None:
    """The memory that there is now, or None where the system does not tell."""
    return memory_by(
        _text(Path("/proc/meminfo")) or "",
        _text(Path("/proc/self/cgroup")) or "",
        lambda place: _text(_ROOT / place),
    )


def _of_group(place: PurePosixPath, read: Read) -> Memory | None:
    for limit, used, droppable in (
        ("memory.max", "memory.current", "inactive_file"),
        ("memory.limit_in_bytes", "memory.usage_in_bytes", "total_inactive_file"),
    ):
        most, now = _number(read(place / limit)), _number(read(place / used))
        if most is not None and now is not None:
            kept = re.search(
                rf"^{droppable} (\d+)$", read(place / "memory.stat") or "", re.MULTILINE
            )
            return Memory(most - now + (int(kept[1]) if kept else 0), most)
    return None


def _places(membership: str) -> Iterator[PurePosixPath]:
    """The cgroups that hold the process, from the inmost outwards; see `golive.http.processors`."""
    for line in membership.splitlines():
        _, controllers, path = line.split(":", 2)
        if controllers and "memory" not in controllers.split(","):
            continue
        parts = PurePosixPath(path).parts[1:]
        for depth in range(len(parts), -1, -1):
            yield PurePosixPath("memory" if controllers else "", *parts[:depth])


def _number(text: str | None) -> int | None:
    """The number of a file; None where it is `max`, or there is no file."""
    stripped = (text or "").strip()
    return int(stripped) if stripped.isdecimal() else None


def _kibibytes(meminfo: str, name: str) -> int | None:
    found = re.search(rf"^{name}: +(\d+) kB$", meminfo, re.MULTILINE)
    return int(found[1]) * 1024 if found else None


def _text(path: Path) -> str | None:
    try:
        return path.read_text("utf-8")
    except OSError:
        return None
