"""Verification: whether a directory holds the files of its manifest, and nothing else."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from pathlib import Path

import msgspec

from golive.bundle.layout import LEFT_OUT, MANIFEST
from golive.bundle.manifest import Manifest
from golive.errors import BundleCorruptError
from golive.files import sha256_of

__all__ = ["FileState", "file_states", "verify_hashes", "verify_listing"]

_HINT = "Get the bundle again from where it was packed."


class FileState(msgspec.Struct, frozen=True, kw_only=True):
    """What the file system says of a file; as long as it stays the same, so does the content.

    Attributes:
        size: In bytes.
        mtime_ns: When its content was last changed.
        ctime_ns: When anything of it was last changed; programs cannot set it.
    """

    size: int
    mtime_ns: int
    ctime_ns: int


def file_states(root: Path) -> dict[str, FileState]:
    """The state of every file under `root` by its path, without following links.

    Raises:
        BundleCorruptError: Something is neither a file nor a directory, such as a symbolic link.
    """
    return dict(_walk(root, ""))


def _walk(directory: Path, prefix: str) -> Iterator[tuple[str, FileState]]:
    with os.scandir(directory) as entries:
        for entry in sorted(entries, key=lambda each: each.name):
            path = prefix + entry.name
            status = entry.stat(follow_symlinks=False)
            if stat.S_ISDIR(status.st_mode):
                yield from _walk(Path(entry.path), f"{path}/")
            elif stat.S_ISREG(status.st_mode):
                yield (
                    path,
                    FileState(
                        size=status.st_size,
                        mtime_ns=status.st_mtime_ns,
                        ctime_ns=status.st_ctime_ns,
                    ),
                )
            else:
                raise BundleCorruptError(
                    f"{path} in the bundle is a link or another special file.",
                    file=path,
                    hint=_HINT,
                )


def verify_listing(
    manifest: Manifest, states: dict[str, FileState], *, left_out: frozenset[str] = frozenset()
) -> None:
    """Check that the files are those of the manifest, and of their sizes.

    Args:
        manifest: What the bundle holds.
        states: Its files, from `file_states`.
        left_out: Files that are absent on purpose; where there are any, the file that names them
            may be there, too.

    Raises:
        BundleCorruptError: A file is missing, added, or of another size.
    """
    expected = {path: e for path, e in manifest.files.items() if path not in left_out}
    beside = {MANIFEST, LEFT_OUT} if left_out else {MANIFEST}
    if missing := sorted(expected.keys() - states.keys()):
        raise BundleCorruptError(
            f"{missing[0]} is missing from the bundle.", file=missing[0], hint=_HINT
        )
    if added := sorted(states.keys() - expected.keys() - beside):
        raise BundleCorruptError(
            f"{added[0]} was added to the bundle after it was packed.",
            file=added[0],
            hint=f"Delete {added[0]}; a bundle holds only what its manifest names.",
        )
    for path, entry in sorted(expected.items()):
        if states[path].size != entry.size:
            raise BundleCorruptError(
                f"{path} is not the file that was packed: it has {states[path].size} bytes "
                f"instead of {entry.size}.",
                file=path,
                hint=_HINT,
            )


def verify_hashes(
    root: Path, manifest: Manifest, *, left_out: frozenset[str] = frozenset()
) -> None:
    """Check the SHA-256 of every file but those that were left out.

    Raises:
        BundleCorruptError: A file is not the one that was packed.
    """
    for path, entry in sorted(manifest.files.items()):
        if path not in left_out and sha256_of(root / path) != entry.sha256:
            raise BundleCorruptError(
                f"{path} is not the file that was packed: its SHA-256 differs.",
                file=path,
                hint=_HINT,
            )
