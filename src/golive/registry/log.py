"""The log: reads a model's events, and adds one, whatever others add meanwhile."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime

from golive.blobs.store import BlobNotFoundError, BlobStore
from golive.registry.errors import HistoryCorruptError, RegistryError
from golive.registry.event_format import decode_event, digest_of, encode_event
from golive.registry.events import Event, What
from golive.registry.history import EMPTY, History, follow
from golive.registry.layout import event_key, event_number, history_prefix

__all__ = ["Decide", "Log"]

_READERS = 16

Decide = Callable[[History], What | None]
"""What is to be added to a history, or None for nothing; may raise what forbids it."""


class Log:
    """The events of one model. Safe to use from several threads.

    Of what was read once only the last event is read again: events never change, and each holds the
    digest of the one before.

    Args:
        blobs: Where they lie.
        model: The model's name.
        by: Who adds events.
        clock: The time.
        attempts: How often an event is decided on again because others were faster.
    """

    def __init__(
        self,
        blobs: BlobStore,
        model: str,
        *,
        by: str,
        clock: Callable[[], datetime] | None = None,
        attempts: int = 1000,
    ) -> None:
        self._blobs = blobs
        self.model = model
        self._by = by
        self._clock = clock or (lambda: datetime.now(UTC))
        self._attempts = attempts
        self._known = EMPTY

    def read(self) -> History:
        """What all events that there are add up to.

        Raises:
            HistoryCorruptError: One is missing, changed, or does not follow from those before.
            StoreUnavailableError: The store does not answer.
        """
        known = self._known
        if known.last == 0:
            for data in self._all():
                known = self._followed(known, data)
        else:
            if digest_of(self._data(known.last)) != known.digest:
                raise _changed(event_key(self.model, known.last))
            while (later := self._data_or_none(known.last + 1)) is not None:
                known = self._followed(known, later)
        self._known = known
        return known

    def append(self, decide: Decide, *, why: str = "") -> tuple[Event | None, History]:
        """Add what `decide` makes of the history, when nobody else adds anything meanwhile.

        It is asked again with what others have added, until what it decided is what follows.

        Args:
            decide: Gives what is to be added, or None.
            why: The reason that is recorded.

        Returns:
            What was added, or None, and the history with it.

        Raises:
            RegistryError: Others were always faster.
            HistoryCorruptError: The history is not what was written.
            StoreUnavailableError: The store does not answer; what was to be added may be there.
        """
        nonce = secrets.token_hex(8)
        for _ in range(self._attempts):
            history = self.read()
            what = decide(history)
            if what is None:
                return None, history
            event = Event(
                number=history.last + 1,
                what=what,
                at=self._clock().astimezone(UTC).isoformat(timespec="milliseconds"),
                by=self._by,
                why=why,
                after=history.digest,
                nonce=nonce,
            )
            data = encode_event(event)
            after = follow(history, event, digest_of(data))
            if self._blobs.put_if_absent(event_key(self.model, event.number), data):
                self._known = after
                return event, after
            if self._data(event.number) == data:  # written by a call that seemed to fail
                self._known = after
                return event, after
        raise RegistryError(
            f"{self.model} is changed all the time: {self._attempts} attempts were too late.",
            hint="Try it again.",
        )

    def events(self) -> list[Event]:
        """All events, oldest first, verified.

        Raises:
            HistoryCorruptError: One is missing, changed, or does not follow from those before.
            StoreUnavailableError: The store does not answer.
        """
        found: list[Event] = []
        history = EMPTY
        for data in self._all():
            name = event_key(self.model, history.last + 1)
            found.append(decode_event(data, name=name))
            history = follow(history, found[-1], digest_of(data))
        return found

    def _all(self) -> Iterator[bytes]:
        """The bytes of every event.

        Raises:
            HistoryCorruptError: One is missing.
        """
        prefix = history_prefix(self.model)
        found = {event_number(blob.key) for blob in self._blobs.list(prefix)}
        numbers: list[int] = []
        for number in sorted(number for number in found if number is not None):
            while len(numbers) + 1 < number:
                # The listing of a folder may pass over one that is written meanwhile.
                self._data(len(numbers) + 1)
                numbers.append(len(numbers) + 1)
            numbers.append(number)
        with ThreadPoolExecutor(_READERS) as pool:
            yield from pool.map(self._data, numbers)

    def _followed(self, history: History, data: bytes) -> History:
        name = event_key(self.model, history.last + 1)
        return follow(history, decode_event(data, name=name), digest_of(data))

    def _data(self, number: int) -> bytes:
        data = self._data_or_none(number)
        if data is None:
            raise _missing(event_key(self.model, number))
        return data

    def _data_or_none(self, number: int) -> bytes | None:
        try:
            with self._blobs.open(event_key(self.model, number)) as file:
                return file.read()
        except BlobNotFoundError:
            return None


def _missing(key: str) -> HistoryCorruptError:
    return HistoryCorruptError(
        f"{key} is missing: the registry's history was changed or damaged.",
        hint="Restore that file from a backup of the registry.",
    )


def _changed(key: str) -> HistoryCorruptError:
    return HistoryCorruptError(
        f"{key} is not what was read before: the registry's history was changed or damaged.",
        hint="Restore that file from a backup of the registry.",
    )
