"""Tried versions: of the processes of a server, one tries a version, and the others rely on it."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import msgspec

from golive.errors import GoliveError
from golive.files import locked, write_atomically
from golive.http.refreshing.source import SourceUnavailableError

__all__ = ["REFUSED", "TriedVersions"]

REFUSED = ".refused"
"""How the names of files end that say why a version was refused; who asks to look removes them."""


class _Refused(msgspec.Struct, frozen=True, kw_only=True):
    code: str
    message: str
    hint: str | None = None


class TriedVersions:
    """The versions that were tried. What has passed is not tried again.

    Args:
        directory: Of the processes of one server, or None where there is one alone.
    """

    def __init__(self, directory: Path | None) -> None:
        self._directory = directory
        self._passed: set[str] = set()

    def know(self, sha256: str) -> None:
        """This version serves already."""
        self._passed.add(sha256)

    def once(self, sha256: str, attempt: Callable[[], object]) -> None:
        """Try a version, unless this or another process has done so.

        Args:
            sha256: Of the version.
            attempt: Tries it; raises what is wrong with it.

        Raises:
            SourceUnavailableError: It could not be tried.
            GoliveError: What is wrong with it.
        """
        if sha256 in self._passed:
            return
        if self._directory is None:
            attempt()
        else:
            self._once_of_all(self._directory / sha256, attempt)
        self._passed.add(sha256)

    def _once_of_all(self, path: Path, attempt: Callable[[], object]) -> None:
        passed, refused = path.with_suffix(".passed"), path.with_suffix(REFUSED)
        with locked(path.with_suffix(".trying")):
            if passed.exists():
                return
            if (known := _read(refused)) is not None:
                raise GoliveError(known.message, hint=known.hint, code=known.code)
            try:
                attempt()
            except SourceUnavailableError:
                raise
            except GoliveError as error:
                found = _Refused(code=error.code, message=error.message, hint=error.hint)
                with suppress(OSError):  # the others try it themselves
                    write_atomically(refused, msgspec.json.encode(found))
                raise
            with suppress(OSError):  # likewise
                passed.touch()


def _read(path: Path) -> _Refused | None:
    try:
        return msgspec.json.decode(path.read_bytes(), type=_Refused)
    except (OSError, msgspec.DecodeError):
        return None
