"""The key file: keys in one JSON file that only its owner can read."""

from __future__ import annotations

import os
import stat
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from golive.access.errors import KeysError
from golive.access.key_format import decode_keys, encode_keys
from golive.access.keys import Key
from golive.files import locked, write_atomically

__all__ = ["KeyFile"]


class KeyFile:
    """Keeps keys in a file, replaced as a whole.

    Who changes it holds a lock on the file of the same name with `.lock` behind it, which the
    system gives back when a process is killed. Where it is a link, that lies beside what it leads
    to, so that all ways to a file take turns.

    Args:
        path: The file; a first change makes it.
    """

    def __init__(self, path: Path) -> None:
        self._path = path

    def read(self) -> tuple[Key, ...]:
        """Every key; see `KeyStore`."""
        path = self._path
        try:
            with path.open("rb") as file:
                self._check_mode(os.fstat(file.fileno()))
                content = file.read()
        except FileNotFoundError as error:
            hint = "make it with `golive keys create`"
            raise KeysError(f"There is no file of keys at {path}.", hint=hint) from error
        except OSError as error:
            raise KeysError(f"The file of keys {path} cannot be read: {error.strerror}.") from error
        return decode_keys(content, path)

    def change(self, edit: Callable[[tuple[Key, ...]], tuple[Key, ...]]) -> None:
        """Replace the keys by what `edit` makes of them; see `KeyStore`."""
        try:
            with self._locked():
                path = self._path.resolve()
                keys = edit(self.read() if path.exists() else ())
                write_atomically(path, encode_keys(keys))
        except OSError as error:
            message = f"The file of keys {self._path} cannot be written: {error.strerror}."
            raise KeysError(message) from error

    def mark(self) -> object:
        """Inode, size, mode and times of the file, or None; see `KeyStore`."""
        try:
            status = self._path.stat()
        except OSError:
            return None
        return (
            status.st_dev, status.st_ino, status.st_size, status.st_mode,
            status.st_mtime_ns, status.st_ctime_ns,
        )  # fmt: skip

    @contextmanager
    def _locked(self) -> Iterator[None]:
        target = self._path.resolve()
        path = target.with_name(f"{target.name}.lock")
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        with locked(path):
            yield

    def _check_mode(self, status: os.stat_result) -> None:
        if not stat.S_ISREG(status.st_mode):
            raise KeysError(f"{self._path} is no file.")
        if status.st_mode & 0o077:
            mode = stat.S_IMODE(status.st_mode)
            raise KeysError(
                f"Others may read or write the file of keys {self._path} (mode {mode:04o}).",
                hint=f"chmod 600 {self._path}",
            )
