"""Stamps: notes in a private cache that a bundle was verified, so that it starts faster again.

A stamp holds the state (size and times) of every file when all hashes were right. While the states
are the same the hashes need not be computed again. A cache that cannot be written, or that others
can write to, is not used.
"""

from __future__ import annotations

import hashlib
import logging
import time
from collections.abc import Callable
from pathlib import Path

import msgspec

from golive.bundle.verification import FileState
from golive.files import private_directory, write_atomically

__all__ = ["Stamp", "Stamps"]

_log = logging.getLogger(__name__)
_CLOCK_STEP_NS = 50_000_000
"""File times advance in steps; a change within one of them may not be seen in them."""


class Stamp(msgspec.Struct, frozen=True, kw_only=True):
    """What was verified.

    Attributes:
        id: Of the bundle.
        manifest_sha256: Of the bytes of its manifest.
        files: The state of every file when its hash was found right.
    """

    id: str
    manifest_sha256: str
    files: dict[str, FileState]


class Stamps:
    """The stamps in one cache directory."""

    def __init__(self, cache: Path, *, now_ns: Callable[[], int] = time.time_ns) -> None:
        self._directory = cache / "verified"
        self._now_ns = now_ns

    def holds(self, root: Path, stamp: Stamp) -> bool:
        """Whether exactly this was verified before."""
        try:
            private_directory(self._directory)
            data = self._file(root).read_bytes()
            return msgspec.json.decode(data, type=Stamp) == stamp
        except FileNotFoundError:
            return False
        except (OSError, msgspec.DecodeError, UnicodeError) as error:
            _log.debug("the stamp of %s cannot be read: %s", root, error)
            return False

    def record(self, root: Path, stamp: Stamp, *, started_ns: int) -> None:
        """Note that this was verified, unless a file changed too shortly before to be sure.

        Args:
            root: The bundle's directory.
            stamp: What was verified; its states were read before the hashes were computed.
            started_ns: When they were read, from `now_ns`.
        """
        newest = max(max(state.mtime_ns, state.ctime_ns) for state in stamp.files.values())
        if newest > started_ns - _CLOCK_STEP_NS:
            _log.debug("%s changed just now; it gets its stamp when it is opened again", root)
            return
        try:
            private_directory(self._directory)
            write_atomically(self._file(root), msgspec.json.encode(stamp, order="sorted"))
        except OSError as error:
            _log.debug("no stamp of %s can be written: %s", root, error)

    def now_ns(self) -> int:
        """The time, in nanoseconds since 1970."""
        return self._now_ns()

    def _file(self, root: Path) -> Path:
        digest = hashlib.sha256(str(root.resolve()).encode("utf-8", "surrogateescape")).hexdigest()
        return self._directory / f"{digest}.json"
