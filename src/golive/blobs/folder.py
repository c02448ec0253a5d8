"""Blobs in a folder, on a local disk or a network one that knows hard links."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path
from uuid import uuid4

from golive.blobs.store import (
    Blob,
    BlobNotFoundError,
    Readable,
    StoreUnavailableError,
    TellingReader,
    checked_key,
)
from golive.files import flush_directory, write_durably

__all__ = ["FolderStore"]

_UPLOADS = ".uploads"
_STALE_SECONDS = 86_400


class FolderStore:
    """A blob store in a folder, which is made when something is first written.

    A blob is written beside the others, flushed to the disk, and then linked under its name, which
    fails if there is one: so it is seen whole or not at all, and one writer of several wins.

    Args:
        root: The folder.
    """

    def __init__(self, root: Path) -> None:
        self._root = root

    def put_if_absent(self, key: str, content: bytes | Path) -> bool:
        """See `BlobStore`."""
        target = self._root / checked_key(key)
        scratch = self._root / _UPLOADS / uuid4().hex
        with self._told(f"{target} cannot be written"):
            if target.exists():
                return False
            try:
                write_durably(scratch, content)
                target.parent.mkdir(parents=True, exist_ok=True)
                os.link(scratch, target)
                flush_directory(target.parent)
            except FileExistsError:
                return False
            finally:
                scratch.unlink(missing_ok=True)
                self._forget_stale_uploads()
        return True

    @contextmanager
    def open(self, key: str) -> Iterator[Readable]:
        """See `BlobStore`."""
        path = self._root / checked_key(key)
        try:
            file = path.open("rb")
        except (FileNotFoundError, IsADirectoryError, NotADirectoryError) as error:
            raise BlobNotFoundError(f"There is no {path}.") from error
        except OSError as error:
            raise _unavailable(f"{path} cannot be read", error) from error
        with file:
            yield TellingReader(file, lambda: self._told(f"{path} cannot be read"))

    def list(self, prefix: str) -> Iterator[Blob]:
        """See `BlobStore`."""
        folder = self._root / prefix.rpartition("/")[0]
        with self._told(f"{folder} cannot be read"):
            found = sorted(self._keys(folder, prefix))
        for key in found:
            with suppress(FileNotFoundError):  # removed meanwhile
                status = (self._root / key).stat()
                modified = datetime.fromtimestamp(status.st_mtime, UTC)
                yield Blob(key=key, size=status.st_size, modified=modified)

    def delete(self, key: str) -> None:
        """See `BlobStore`."""
        path = self._root / checked_key(key)
        with self._told(f"{path} cannot be removed"):
            path.unlink(missing_ok=True)

    def _keys(self, folder: Path, prefix: str) -> Iterator[str]:
        for directory, folders, files in os.walk(folder, onerror=_raise_unless_absent):
            folders[:] = [name for name in folders if not name.startswith(".")]
            parent = Path(directory).relative_to(self._root).as_posix()
            for name in files:
                key = name if parent == "." else f"{parent}/{name}"
                if key.startswith(prefix) and not name.startswith("."):
                    yield key

    def _forget_stale_uploads(self) -> None:
        """Remove what writers left that were killed."""
        with suppress(OSError):  # the next one does it
            for left in (self._root / _UPLOADS).iterdir():
                if left.stat().st_mtime < time.time() - _STALE_SECONDS:
                    left.unlink()

    @contextmanager
    def _told(self, what: str) -> Iterator[None]:
        """Say of an error of the file system what could not be done."""
        try:
            yield
        except OSError as error:
            raise _unavailable(what, error) from error


def _raise_unless_absent(error: OSError) -> None:
    if not isinstance(error, FileNotFoundError):
        raise error


def _unavailable(what: str, error: OSError) -> StoreUnavailableError:
    return StoreUnavailableError(
        f"{what}: {error.strerror or error}.",
        hint="Make sure that the disk is there and has room, and that you may write to it.",
    )
