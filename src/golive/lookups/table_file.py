"""The table file: looked-up values in a file that is read again when it changes."""

from __future__ import annotations

import logging
import time
from collections.abc import Sequence
from pathlib import Path
from threading import Lock, Thread
from weakref import ref

from golive.forks import call_in_children
from golive.lookups.errors import LookupUnavailableError
from golive.lookups.protocols import Row
from golive.lookups.tables import read_table
from golive.signature.model import Lookup

__all__ = ["TableFile"]

_SECONDS = 1.0
_logger = logging.getLogger("golive.lookups")


class TableFile:
    """Keeps what a file holds in memory, so that asking waits for nothing.

    Args:
        path: A `.json`, `.csv` or `.parquet` file; replace it as a whole.
        lookup: Names its key and columns.

    Attributes:
        waits: False.
        gives_texts: Whether it is CSV.

    Raises:
        LookupUnavailableError: There is no such file, or it cannot be read.
    """

    waits = False

    def __init__(self, path: Path, lookup: Lookup) -> None:
        self.gives_texts = path.suffix.lower() == ".csv"
        self._path = path
        self._lookup = lookup
        self._looking = Lock()
        self._mark = self._current_mark()
        self._rows = read_table(path, lookup)

    def fetch(self, keys: Sequence[str]) -> Sequence[Row | None]:
        """What is kept under each key; see `LookupStore`."""
        get = self._rows.get  # one table for all keys, whatever comes meanwhile
        return [get(key) for key in keys]

    def look(self) -> None:
        """Read the file again if it has changed; one that cannot be read changes nothing."""
        with self._looking:
            mark = self._current_mark()
            if mark == self._mark:
                return
            self._mark = mark
            try:
                self._rows = read_table(self._path, self._lookup)
            except LookupUnavailableError as error:
                _logger.warning(
                    "%s The values of before are used on for %s.", error.message, self._lookup.name
                )
            else:
                _logger.info("%s: %d keys from %s.", self._lookup.name, len(self._rows), self._path)

    def watch(self) -> None:
        """Look every second, in a thread that ends with this object."""
        self._begin_watch()
        call_in_children(self._begin_watch)

    def _begin_watch(self) -> None:
        self._looking = Lock()
        Thread(target=_watch, args=(ref(self),), name="golive-lookups", daemon=True).start()

    def _current_mark(self) -> object:
        """Another one when the file has changed."""
        try:
            status = self._path.stat()
        except OSError:
            return None
        return status.st_dev, status.st_ino, status.st_size, status.st_mtime_ns, status.st_ctime_ns


def _watch(reference: ref[TableFile]) -> None:
    while True:
        time.sleep(_SECONDS)
        table = reference()
        if table is None:
            return
        try:
            table.look()
        except Exception:  # a thread that ends would leave old values in use, unseen
            _logger.exception("A file of looked-up values could not be looked at.")
        del table
