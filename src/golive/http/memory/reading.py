"""How much memory a process has, as Linux tells it."""

from __future__ import annotations

from collections.abc import Iterator
from mmap import PAGESIZE
from pathlib import Path

from golive.http.process_names import SHADOW_NAME, TRIAL_NAME

__all__ = ["can_read_memory", "memory_of"]

_PROCESSES = Path("/proc")
_NOT_ITS_OWN = (SHADOW_NAME, TRIAL_NAME)


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

    What its children have is its own: those that it has started for models that are served apart;
    but not what a version takes that is tried, or that answers copies: neither serves.

    Args:
        process: Its id.
        above: Below it the RSS will do.
        processes: Where the kernel tells of processes; see proc(5), `statm`, `smaps_rollup` and
            `task/*/children` and `comm`.
    """
    folder = processes / str(process)
    own = _resident(folder)
    if not own:  # there is none, or it has ended, and nobody has taken note
        return None
    sizes = {folder: own}
    for child in _descendants(folder, processes):
        sizes[child] = _resident(child)
    if sum(sizes.values()) <= above:
        return sum(sizes.values())
    return sum(_proportional(each) or resident for each, resident in sizes.items())


def _resident(folder: Path) -> int:
    try:
        return int((folder / "statm").read_text("ascii").split()[1]) * PAGESIZE
    except (OSError, IndexError):
        return 0


def _name(folder: Path) -> str:
    try:
        return (folder / "comm").read_text("utf-8", errors="replace").strip()
    except OSError:
        return ""


def _descendants(folder: Path, processes: Path) -> Iterator[Path]:
    """The children of a process, and theirs; each thread has its own."""
    for listed in folder.glob("task/*/children"):
        try:
            children = listed.read_text("ascii").split()
        except OSError:  # the thread has ended
            continue
        for child in children:
            if _name(processes / child) in _NOT_ITS_OWN:
                continue
            yield processes / child
            yield from _descendants(processes / child, processes)


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
