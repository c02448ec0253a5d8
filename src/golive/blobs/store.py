"""The blob store: what a registry needs of a place that holds bytes under keys."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from datetime import datetime
from pathlib import Path
from typing import Protocol

import msgspec

from golive.errors import GoliveError, UsageError
from golive.files import is_safe_relative

__all__ = [
    "Blob",
    "BlobNotFoundError",
    "BlobStore",
    "Readable",
    "StoreUnavailableError",
    "TellingReader",
    "checked_key",
]


class BlobNotFoundError(GoliveError):
    """There is nothing under a key."""

    code = "blob_not_found"


class StoreUnavailableError(GoliveError):
    """The store does not answer, refuses access, or cannot write; trying again may help."""

    code = "store_unavailable"


class Blob(msgspec.Struct, frozen=True, kw_only=True):
    """What a listing tells of a blob.

    Attributes:
        key: Its key.
        size: In bytes.
        modified: When it was written, by the store's clock, with a time zone.
    """

    key: str
    size: int
    modified: datetime


class Readable(Protocol):
    """Bytes that are read from their beginning."""

    def read(self, size: int = -1, /) -> bytes:
        """At most `size` more bytes, or all that are left; none at the end."""


class BlobStore(Protocol):
    """Holds bytes under keys such as `games/history/00000001.json`.

    A key is a safe relative path (`golive.files.is_safe_relative`). What is written becomes
    visible whole or not at all, and is never changed. Safe to use from several threads and
    processes at once.
    """

    def put_if_absent(self, key: str, content: bytes | Path) -> bool:
        """Write bytes, or a file's content, under a key under which there is nothing yet.

        Of several at once, in whatever processes, exactly one writes.

        Args:
            key: Where.
            content: The bytes, or the file that holds them.

        Returns:
            True if this call wrote them, False if there was something before, or another writer
            was faster. After an error it is not known whether they were written.

        Raises:
            StoreUnavailableError: The store cannot be written to.
        """

    def open(self, key: str) -> AbstractContextManager[Readable]:
        """The bytes under a key, to be read from their beginning.

        Raises:
            BlobNotFoundError: There are none.
            StoreUnavailableError: The store cannot be read, now or while it is being read.
        """

    def list(self, prefix: str) -> Iterator[Blob]:
        """The blobs whose keys begin with `prefix`, by key; half-written ones are not among them.

        Raises:
            StoreUnavailableError: The store cannot be read.
        """

    def delete(self, key: str) -> None:
        """Remove what is under a key, if anything is.

        Raises:
            StoreUnavailableError: The store cannot be written to.
        """


class TellingReader:
    """Reads bytes, and says of the errors of a store what could not be done.

    Args:
        source: Where they come from.
        told: Turns the errors of the store inside it into golive's own.
    """

    def __init__(self, source: Readable, told: Callable[[], AbstractContextManager[None]]) -> None:
        self._source = source
        self._told = told

    def read(self, size: int = -1, /) -> bytes:
        """At most `size` more bytes, or all that are left; none at the end."""
        with self._told():
            return self._source.read(size)


def checked_key(key: str) -> str:
    """The key, if it is one.

    Raises:
        UsageError: It is none.
    """
    if is_safe_relative(key):
        return key
    raise UsageError(f"{key!r} is no key of a blob: it must be a plain relative path.")
