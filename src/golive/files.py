"""Files: hashes, atomic writes, and paths that stay inside their directory.

What only writing needs is imported there: most processes only read.
"""

from __future__ import annotations

import hashlib
import os
import re
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path, PurePosixPath

__all__ = [
    "flush_directory",
    "is_safe_relative",
    "locked",
    "private_directory",
    "reserve",
    "sha256_of",
    "temporary_sibling",
    "write_atomically",
    "write_durably",
]

_DRIVE = re.compile(r"^[A-Za-z]:")


def sha256_of(path: Path) -> str:
    """The SHA-256 of a file's content, as hexadecimal text."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def is_safe_relative(path: str) -> bool:
    """Whether a path with forward slashes names something below the directory it is joined to.

    Only the one plain spelling of a path counts: `a/b`, not `./a/b`, `a//b` or `a/../a/b`.

    Examples:
        >>> is_safe_relative("model/model.joblib")
        True
        >>> is_safe_relative("../secrets"), is_safe_relative("/etc/passwd")
        (False, False)
    """
    if not path or not path.isprintable() or "\\" in path or _DRIVE.match(path):
        return False
    pure = PurePosixPath(path)
    return not pure.is_absolute() and ".." not in pure.parts and str(pure) == path and path != "."


@contextmanager
def locked(path: Path) -> Iterator[None]:
    """Hold the lock of a file, which is made for its owner alone, while no other process does.

    The system lets go for a process that ends.

    Raises:
        OSError: The file cannot be made or opened.
    """
    import fcntl

    handle = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)


def write_durably(path: Path, content: Path | bytes) -> None:
    """Write bytes, or the content of another file, to a new file and flush it to the disk.

    Args:
        path: The file to make; its directory is made, too.
        content: The bytes, or the file to copy them from.

    Raises:
        FileExistsError: The file exists.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("xb") as target:
        if isinstance(content, bytes):
            target.write(content)
        else:
            import shutil

            with content.open("rb") as source:
                shutil.copyfileobj(source, target, 1 << 20)
        target.flush()
        os.fsync(target.fileno())


def write_atomically(path: Path, content: bytes) -> None:
    """Write a file that readers see whole: as it was before, or as it is now.

    The file is readable by its owner only (mode 0600).
    """
    import tempfile

    handle, name = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
    temporary = Path(name)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(path)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise


def reserve(file: int, size: int) -> None:
    """Make an open file at least so long, and set its room on the disk aside.

    Who maps a file without this is killed by SIGBUS when the disk is full as a page is first
    written.

    Args:
        file: Its descriptor.
        size: In bytes.

    Raises:
        OSError: There is no room.
    """
    if sys.platform == "linux":
        os.posix_fallocate(file, 0, size)
    elif os.fstat(file).st_size < size:
        os.truncate(file, size)


def flush_directory(path: Path) -> None:
    """Flush a directory's own entries to the disk, so that a rename in it survives a crash."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


@contextmanager
def temporary_sibling(path: Path) -> Iterator[Path]:
    """A new empty directory beside `path`, on the same file system; removed with what is in it."""
    import shutil
    import tempfile

    directory = Path(tempfile.mkdtemp(prefix=f".{path.name}.", dir=path.parent))
    try:
        yield directory
    finally:
        shutil.rmtree(directory, ignore_errors=True)


def private_directory(path: Path) -> Path:
    """Make a directory that only its owner can enter, or make sure that an existing one is.

    Raises:
        OSError: It cannot be made.
        PermissionError: Another user owns it, or others may write to it.
    """
    path.mkdir(mode=0o700, parents=True, exist_ok=True)
    status = path.stat()
    if status.st_uid != os.getuid() or status.st_mode & 0o022:
        raise PermissionError(f"{path} can be written to by others")
    return path
