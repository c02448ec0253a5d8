"""What is made once for all of pytest's processes, by the one that needs it first."""

from __future__ import annotations

import fcntl
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from golive.bundle.reading import Bundle

__all__ = ["OnceARun"]


class OnceARun:
    """Folders that are made when they are first asked for; to be read only.

    Args:
        root: Where; processes that name the same one share it.
    """

    def __init__(self, root: Path) -> None:
        self._root = root
        root.mkdir(parents=True, exist_ok=True)

    def folder(self, name: str, fill: Callable[[Path], object]) -> Path:
        """The folder of a name.

        Args:
            name: The same for the same content; may have slashes.
            fill: Writes into the empty folder. If it fails, the next who asks tries again.
        """
        folder = self._root / name
        done = folder.with_name(f"{folder.name}.done")
        with self.locked(name):
            if not done.exists():
                shutil.rmtree(folder, ignore_errors=True)
                folder.mkdir(parents=True)
                fill(folder)
                done.touch()
        return folder

    def bundle(self, name: str, pack: Callable[[Path], object]) -> Bundle:
        """The bundle of a name, whose last part is also that of the bundle's directory.

        Args:
            name: As of a folder, in which the bundle is alone with what `pack` writes beside it.
            pack: Writes the bundle; gets its path.
        """
        from golive.bundle.reading import open_bundle

        file = f"{name.rpartition('/')[2]}.bundle"
        return open_bundle(self.folder(name, lambda folder: pack(folder / file)) / file)

    @contextmanager
    def locked(self, name: str) -> Iterator[None]:
        """Wait until no other process does the same."""
        lock = self._root / f"{name}.lock"
        lock.parent.mkdir(parents=True, exist_ok=True)
        with lock.open("w") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            yield
