"""Room on this machine's own disk, for copies of bundles that are on their way."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from golive.files import temporary_sibling
from golive.registry.errors import NoRoomError

__all__ = ["scratch_folder"]


@contextmanager
def scratch_folder(*, beside: Path | None = None) -> Iterator[Path]:
    """A new folder, removed with what is in it.

    Args:
        beside: On the file system of this file; where temporary files lie if None.

    Raises:
        NoRoomError: What is done inside fails for want of room, or of the right to write.
    """
    try:
        if beside is not None:
            with temporary_sibling(beside) as folder:
                yield folder
        else:
            with tempfile.TemporaryDirectory(prefix="golive-push-") as name:
                yield Path(name)
    except OSError as error:
        place = tempfile.gettempdir() if beside is None else beside.absolute().parent
        raise NoRoomError(
            f"A copy of the bundle cannot be written in {place}: {error.strerror or error}.",
            hint="Make room there, and make sure that you may write to it"
            + (", or name another folder in TMPDIR." if beside is None else "."),
        ) from error
