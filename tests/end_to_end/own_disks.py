"""Disks of a process's own: small ones that get full, and ones that cannot be written to."""

from __future__ import annotations

import errno
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

__all__ = ["filled", "on_a_disk", "seen_by"]


def on_a_disk(folder: Path, *, prepare: str = "true", size: str = "3m") -> list[str]:
    """The beginning of a command that has a disk of its own at a folder, in memory.

    Nobody else sees it there; it goes with the command.

    Args:
        folder: Where; it must exist.
        prepare: What the shell does before the command, such as `mount -o remount,ro PATH`.
        size: How much it holds.
    """
    mount = f'mount -t tmpfs -o size={size},mode=700 none "{folder}"'
    script = f'{mount} && {{ {prepare}; }} && exec "$@"'
    return ["unshare", "--user", "--map-root-user", "--mount", "sh", "-c", script, "sh"]


def seen_by(process: int, path: Path) -> Path:
    """Where the path of another process is to be found by this one; see proc(5)."""
    return Path(f"/proc/{process}/root") / path.relative_to("/")


@contextmanager
def filled(folder: Path) -> Iterator[None]:
    """Fill the disk of a folder to the last byte for a while."""
    filler = folder / "filler"
    with filler.open("wb", buffering=0) as file:
        for size in (65536, 4096, 1):
            _fill(file, bytes(size))
    try:
        yield
    finally:
        filler.unlink()


def _fill(file, block: bytes) -> None:
    try:
        while file.write(block):
            pass
    except OSError as error:
        if error.errno != errno.ENOSPC:
            raise
