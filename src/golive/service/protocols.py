"""The seams of the service: what answers requests, and what measures them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Literal, Protocol

from golive.engine.answers import Answer, Defaulted, Fault, Options
from golive.engine.envelope import Envelope
from golive.engine.pace import Pace
from golive.engine.shortcut import Shortcut
from golive.signature.model import JsonValue, Signature

__all__ = [
    "AnsweringEngine",
    "Backend",
    "BackendChange",
    "DecodedRequest",
    "Exposition",
    "RequestDecoder",
]

BackendChange = Literal["running", "crashed", "not_started", "closed"]
"""What happens to a backend."""


class DecodedRequest(Protocol):
    """What the service wants to know of the records of a request."""

    @property
    def size(self) -> int:
        """The number of records in the request, faulty ones among them."""
        ...

    @property
    def options(self) -> Options:
        """What the caller said beside the records."""
        ...

    @property
    def extra_columns(self) -> int:
        """Values of columns outside the signature that were ignored."""
        ...

    @property
    def out_of_range(self) -> int:
        """Values outside the sample's range that were passed."""
        ...

    @property
    def defaults(self) -> Mapping[int, Sequence[Defaulted]] | None:
        """Position to the looked-up columns that have their default; None where there are none."""
        ...


class RequestDecoder(Protocol):
    """Reads the records of a request.

    All methods raise `RequestError` where the request as a whole cannot be read; faults of
    single records are inside what they return.
    """

    def decode_body(self, body: bytes) -> Any:
        """Read a JSON body: one record, a list or an envelope; gives a `DecodedRequest`."""
        ...

    def decode_query(self, pairs: Sequence[tuple[str, str]]) -> Any:
        """Read one record of text values from a query; gives a `DecodedRequest`."""
        ...

    def decode_envelope(
        self,
        envelope: Envelope,
        *,
        has_infinity: bool = False,
        may_be_deep: bool = True,
        size: int | None = None,
    ) -> Any:
        """Read records taken out of another body; gives a `DecodedRequest`.

        Args:
            envelope: JSON values, or faults in their place.
            has_infinity: There is a number too large for a float among them.
            may_be_deep: One of them may nest too deeply.
            size: Bytes of that body, or None where they are not known.
        """
        ...

    def decode_csv(self, body: bytes, *, threshold: JsonValue = None, top: JsonValue = None) -> Any:
        """Read a CSV file with a header; gives a `DecodedRequest`."""
        ...

    def check_size(self, size: int) -> None:
        """Refuse more records than a body may hold."""
        ...


class AnsweringEngine(Protocol):
    """Answers decoded records. Implementations are safe to call from several threads."""

    @property
    def signature(self) -> Signature:
        """What the model takes and gives."""
        ...

    @property
    def decoder(self) -> RequestDecoder:
        """Reads the requests that `answer` takes."""
        ...

    @property
    def pace(self) -> Pace:
        """How fast `answer` is."""
        ...

    @property
    def shortcut(self) -> Shortcut | None:
        """Answers bodies that are one plain record as the decoder and `answer` do, for less."""
        ...

    def answer(self, decoded: Any) -> Sequence[Answer | Fault]:
        """One answer or fault a record, in the order of the request.

        Args:
            decoded: What this engine's own decoder gave.
        """
        ...

    def answer_all(self, requests: Sequence[Any]) -> Sequence[Sequence[Answer | Fault]]:
        """What `answer` gives of each request, for less where there are several."""
        ...

    def cut(self, decoded: Any, size: int) -> Sequence[Any]:
        """A request in parts of at most `size` records, whose entries follow one another."""
        ...


class Backend(Protocol):
    """Another process that holds models, and is started again whenever it ends."""

    @property
    def is_running(self) -> bool:
        """Whether its models can be asked now."""
        ...

    def facts(self) -> dict[str, JsonValue]:
        """How it stands with it, as JSON."""
        ...

    def watch(self, tell: Callable[[BackendChange], object]) -> None:
        """Tell of each change from now on, one at a time, and at once if it is running."""
        ...

    def close(self) -> None:
        """End it for good, with what it is answering."""
        ...


class Exposition(Protocol):
    """Writes the metrics in a text format that Prometheus reads."""

    def __call__(self, allows: Callable[[str], bool] | None = None) -> tuple[str, bytes]:
        """The content type and the text.

        Args:
            allows: Tells whether the series of a model are to be told; None: those of all. What is
                of no model is told in any case.
        """
        ...
