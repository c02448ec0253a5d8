"""A bounded store: whoever asks it has so long, over all that is asked."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from math import inf
from pathlib import Path

from golive.blobs.store import Blob, BlobStore, Readable, StoreUnavailableError

__all__ = ["BoundedStore"]


class BoundedStore:
    """A blob store that gives up when the time is over; see `BlobStore`.

    It looks at the clock before each call, and before each part that is read. A call that is under
    way is ended by the time limits of the store itself.

    Args:
        store: What is asked.
        clock: Seconds that only go forwards.
    """

    def __init__(self, store: BlobStore, *, clock: Callable[[], float] = time.monotonic) -> None:
        self._store = store
        self._clock = clock
        self._end = inf
        self._seconds = inf

    @contextmanager
    def within(self, seconds: float) -> Iterator[None]:
        """Give up what is asked in this block when so many seconds are over."""
        self._seconds, self._end = seconds, self._clock() + seconds
        try:
            yield
        finally:
            self._seconds = self._end = inf

    def put_if_absent(self, key: str, content: bytes | Path) -> bool:
        """See `BlobStore`."""
        self.check()
        return self._store.put_if_absent(key, content)

    @contextmanager
    def open(self, key: str) -> Iterator[Readable]:
        """See `BlobStore`."""
        self.check()
        with self._store.open(key) as source:
            yield _BoundedReader(source, self.check)

    def list(self, prefix: str) -> Iterator[Blob]:
        """See `BlobStore`."""
        self.check()
        for blob in self._store.list(prefix):
            yield blob
            self.check()

    def delete(self, key: str) -> None:
        """See `BlobStore`."""
        self.check()
        self._store.delete(key)

    def check(self) -> None:
        """Give up if the time is over.

        Raises:
            StoreUnavailableError: It is.
        """
        if self._clock() > self._end:
            raise StoreUnavailableError(
                f"The store took longer than {self._seconds:g} seconds.",
                hint="give it more time: GOLIVE_REFRESH_LIMIT",
            )


class _BoundedReader:
    def __init__(self, source: Readable, check: Callable[[], None]) -> None:
        self._source = source
        self._check = check

    def read(self, size: int = -1, /) -> bytes:
        """At most `size` more bytes, or all that are left; none at the end."""
        self._check()
        return self._source.read(size)
