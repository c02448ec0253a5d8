"""A blob store in memory, for tests; it can be told to fail."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from threading import Lock

from golive.blobs.store import Blob, BlobNotFoundError, Readable, checked_key

__all__ = ["MemoryStore"]


class MemoryStore:
    """A blob store in memory.

    Attributes:
        content: Key to bytes; tests may change them as no writer can.
        before: Is called with the operation and the key before each one, and may raise.
        after_put: Is called with the key after a write was done, and may raise: the writer then
            does not learn of it.
        clock: The time of what is written.
    """

    def __init__(self) -> None:
        self.content: dict[str, bytes] = {}
        self.before: Callable[[str, str], object] = lambda operation, key: None  # noqa: ARG005
        self.after_put: Callable[[str], object] = lambda key: None  # noqa: ARG005
        self.clock: Callable[[], datetime] = lambda: datetime.now(UTC)
        self._modified: dict[str, datetime] = {}
        self._lock = Lock()

    def put_if_absent(self, key: str, content: bytes | Path) -> bool:
        """See `BlobStore`."""
        checked_key(key)
        self.before("put", key)
        data = content if isinstance(content, bytes) else content.read_bytes()
        with self._lock:
            if key in self.content:
                return False
            self.content[key] = data
            self._modified[key] = self.clock()
        self.after_put(key)
        return True

    @contextmanager
    def open(self, key: str) -> Iterator[Readable]:
        """See `BlobStore`."""
        checked_key(key)
        self.before("open", key)
        try:
            data = self.content[key]
        except KeyError as error:
            raise BlobNotFoundError(f"There is no {key}.") from error
        yield io.BytesIO(data)

    def list(self, prefix: str) -> Iterator[Blob]:
        """See `BlobStore`."""
        self.before("list", prefix)
        for key in sorted(self.content):
            if key.startswith(prefix):
                yield Blob(key=key, size=len(self.content[key]), modified=self._modified[key])

    def delete(self, key: str) -> None:
        """See `BlobStore`."""
        checked_key(key)
        self.before("delete", key)
        with self._lock:
            self.content.pop(key, None)
            self._modified.pop(key, None)
