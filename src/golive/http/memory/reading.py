"""How much memory a process has, as Linux tells it."""

from __future__ import annotations

from mmap import PAGESIZE
from pathlib import Path

__all__ = ["can_read_memory", "memory_of"]

_PROCESSES = Path("/proc")


def can_read_memory(processes: Path = _PROCESSES) -> bool:
    """Whether this system tells how much memory a process has."""
    return (processes / "self/statm").exists()


def memory_of(process: int, *, above: int = 0, processes: Path = _PROCESSES) -> int | None:
    """The bytes of memory that a process has, or None where there is no such process.

    It is the proportional set size (PSS): a page that several workers share, such as the libraries
    and what was there before they began, counts for each of them in part, so that the sum over all
    workers is what the machine or the container has lost. To tell it, the kernel looks at every
    page. The resident set (RSS), which counts shared pages in full, costs it nothing; it is never
    less, so that it will do where it is not above what matters, and where there is no PSS.

    Args:
        process: Its id.
        above: Below it the RSS will do.
        processes: Where the kernel tells of processes; see proc(5), `statm` and `smaps_rollup`.
    """
    folder = processes / str(process)
    try:
        resident = int((folder / "statm").read_text("ascii").split()[1]) * PAGESIZE
    except (OSError, IndexError):
        return None
    if not resident:  # it has ended, and nobody has taken note
        return None
    return resident if resident <= above else (_proportional(folder) or resident)


def _proportional(folder: Path) -> int | None:
    try:
        lines = (folder / "smaps_rollup").read_text("ascii", "replace").splitlines()
    except OSError:
        return None
    for line in lines:
        name, _, value = line.partition(":")
        if name == "Pss":
            return int(value.split()[0]) * 1024
    return None
