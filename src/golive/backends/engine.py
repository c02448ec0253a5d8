"""The engine of a model that a backend holds: reads requests here, has them answered there.

What a request is, and what is wrong with it, the signature says, which needs no model. Only the
records of function models, whose types are the author's, are made requests over there.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

import msgspec

from golive.backends.messages import Entries, ModelStart
from golive.engine.answers import Answer, Fault
from golive.engine.decode import MAX_TEXT, Decoder
from golive.engine.decoded import Decoded
from golive.engine.engine import cut
from golive.engine.filling import Filler
from golive.engine.pace import Pace
from golive.engine.shortcut import Shortcut
from golive.engine.unread import UnreadPass
from golive.signature.model import Signature

__all__ = ["Asking", "RemoteEngine"]


class Asking(Protocol):
    """What an engine asks of its backend."""

    def start_of(self, model: str) -> ModelStart | None:
        """What was said of a model when the process began last; None where none has yet."""
        ...

    def check(self) -> None:
        """Make sure that its models can be asked now.

        Raises:
            BackendError: They cannot.
        """
        ...

    def ask(self, model: str, requests: Sequence[Decoded]) -> list[Entries]:
        """The entries of each request.

        Raises:
            BackendError: The process ended, or does not run.
            RuntimeError: The engine there raised something for the requests as a whole.
        """
        ...


class RemoteEngine:
    """Answers with a model of another process. Safe to call from several threads.

    Attributes:
        signature: What the model takes and gives.
        shortcut: None: no answer of another process is quick.

    Args:
        name: The model's name.
        signature: What the model takes and gives.
        backend: Holds it.
        max_records: The most records that a request may hold.
        max_text: The most characters of a text in a record.

    Raises:
        MissingExtraError: Its columns are images, and Pillow is not installed here.
    """

    def __init__(
        self,
        name: str,
        signature: Signature,
        backend: Asking,
        *,
        max_records: int,
        max_text: int = MAX_TEXT,
    ) -> None:
        self.signature = signature
        self.shortcut: Shortcut | None = None
        self._name = name
        self._backend = backend
        self._max_records = max_records
        self._max_text = max_text
        self._filler: Filler | None = None
        self._decoder = self._new_decoder(None)
        self._is_told = signature.form != "object"

    @property
    def decoder(self) -> Decoder:
        """Reads its requests.

        Raises:
            BackendError: Nobody could answer them now.
        """
        self._backend.check()
        if not self._is_told:
            self._decoder = self._new_decoder(self._backend.start_of(self._name))
            self._is_told = True
        return self._decoder

    def fill_with(self, filler: Filler) -> None:
        """Give records the looked-up columns that they lack, here, before they are handed over.

        The process over there needs no store, and what callers are told of defaults is known here.
        """
        self._filler = filler
        self._decoder.fill_with(filler)

    @property
    def pace(self) -> Pace:
        """How fast the model is: as over there, but nothing of it happens on the event loop."""
        start = self._backend.start_of(self._name)
        if start is None:
            return Pace()
        manner = "apart" if start.pace.manner == "apart" else "in_thread"
        waits = self._filler is not None and self._filler.waits
        return msgspec.structs.replace(
            start.pace, manner=manner, reads_quickly=start.pace.reads_quickly and not waits
        )

    def answer(self, decoded: Decoded) -> list[Answer | Fault]:
        """One answer or fault for each record of the request, in its order.

        Raises:
            BackendError: The process that holds the model ended, or does not run.
        """
        [entries] = self.answer_all([decoded])
        return entries

    def answer_all(self, requests: Sequence[Decoded]) -> list[Entries]:
        """As `answer` of each request; the model is asked once where it can be.

        Raises:
            BackendError: The process that holds the model ended, or does not run.
        """
        return self._backend.ask(self._name, requests)

    def cut(self, decoded: Decoded, size: int) -> list[Decoded]:
        """The request in parts of at most `size` records, whose entries follow one another."""
        return cut(decoded, size)

    def _new_decoder(self, start: ModelStart | None) -> Decoder:
        unread = UnreadPass(
            takes_list=start is not None and start.takes_list,
            takes_text=start is not None and start.takes_text,
        )
        return Decoder(
            self.signature,
            max_records=self._max_records,
            max_text=self._max_text,
            limits_images=True,
            unread=unread,
        )
