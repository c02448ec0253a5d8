"""Messages: what a server says to its backends, and what they say to it.

A server's questions are pickles: a backend is its child and trusts it. What comes back is JSON, so
that a model's process can make the server run nothing.
"""

from __future__ import annotations

import pickle
import struct
from collections.abc import Sequence
from typing import Any

import msgspec

from golive.engine.answers import Answer, Fault, FaultOrigin
from golive.engine.decoded import Decoded
from golive.engine.pace import Pace

__all__ = [
    "Entries",
    "Failed",
    "ModelOrder",
    "ModelStart",
    "Order",
    "Question",
    "Started",
    "decode_answers",
    "decode_order",
    "decode_question",
    "decode_started",
    "encode_answers",
    "encode_failure",
    "encode_order",
    "encode_question",
    "number_of",
]

Entries = list[Answer | Fault]
_NUMBER = struct.Struct("!Q")


class ModelOrder(msgspec.Struct, frozen=True, kw_only=True):
    """A model to hold.

    Attributes:
        name: Its name.
        bundle: The directory of its bundle.
    """

    name: str
    bundle: str


class Order(msgspec.Struct, frozen=True, kw_only=True):
    """What a backend is told first.

    Attributes:
        models: What to hold.
        threads: Questions that are answered at the same time, of each model.
        allow_drifted_environment: Whether changed answers of golden records are put up with.
        original: Whether the original models answer instead of compiled programs.
        no_pickle: Whether pickles are refused.
        yields: Whether all other processes go before it, to the processor and to memory.
    """

    models: tuple[ModelOrder, ...]
    threads: int
    allow_drifted_environment: bool = False
    original: bool = False
    no_pickle: bool = False
    yields: bool = False


class ModelStart(msgspec.Struct, frozen=True, kw_only=True):
    """A model that is loaded.

    Attributes:
        pace: How fast it answers there.
        is_drifted: Whether golden records are answered differently there.
        takes_list: Function models: whether a request is a list in JSON.
        takes_text: Function models: whether a request is a text in JSON.
    """

    pace: Pace
    is_drifted: bool = False
    takes_list: bool = False
    takes_text: bool = False


class Started(msgspec.Struct, frozen=True, kw_only=True):
    """How the start of a backend ended; without a message it is ready.

    Attributes:
        models: The models by name.
        message: Why it cannot start.
        hint: What to do about it.
        code: Of the error.
        says_nothing: Whether that says nothing of the models, such as that of a full disk.
    """

    models: dict[str, ModelStart] = msgspec.field(default_factory=dict)
    message: str | None = None
    hint: str | None = None
    code: str | None = None
    says_nothing: bool = False


class Question(msgspec.Struct, frozen=True):
    """Requests that are to be answered together.

    Attributes:
        number: Is given back with the answers.
        model: The name of the model.
        requests: Their records.
    """

    number: int
    model: str
    requests: Sequence[Decoded]


class Failed(Exception):  # noqa: N818 - what the engine raised is the error
    """The engine of a backend raised something for a question as a whole."""


class _Answer(msgspec.Struct, array_like=True, tag=0):
    label: Any
    score: Any
    probabilities: Any
    value: Any


class _Fault(msgspec.Struct, array_like=True, tag=1):
    code: str
    message: str
    field: str | None
    origin: FaultOrigin
    others: tuple[_Fault, ...]


class _Answers(msgspec.Struct, array_like=True):
    failure: str | None
    requests: list[list[_Answer | _Fault]]


def encode_order(order: Order) -> bytes:
    """The bytes of an order."""
    return msgspec.json.encode(order)


def decode_order(message: bytes | bytearray) -> Order:
    """The order that the bytes are."""
    return msgspec.json.decode(message, type=Order)


def decode_started(message: bytes | bytearray) -> Started:
    """How a start ended.

    Raises:
        msgspec.DecodeError: The bytes do not say that.
    """
    return msgspec.json.decode(message, type=Started)


def encode_question(question: Question) -> bytes:
    """The bytes of a question."""
    return pickle.dumps(
        (question.number, question.model, question.requests), pickle.HIGHEST_PROTOCOL
    )


def decode_question(message: bytes | bytearray) -> Question:
    """The question that the bytes of this backend's server are."""
    return Question(*pickle.loads(message))  # noqa: S301 - of the process that started this one


def encode_answers(number: int, requests: Sequence[Sequence[Answer | Fault]]) -> bytes:
    """The bytes of the answers of each request of a question."""
    wired = [[_wired(entry) for entry in entries] for entries in requests]
    return _NUMBER.pack(number) + msgspec.json.encode(_Answers(None, wired))


def encode_failure(number: int, failure: str) -> bytes:
    """The bytes that say that a question as a whole has no answer."""
    return _NUMBER.pack(number) + msgspec.json.encode(_Answers(failure, []))


def number_of(message: bytearray) -> int:
    """The number of the question that a message answers.

    Raises:
        struct.error: It is too short to be one.
    """
    number: int = _NUMBER.unpack_from(message)[0]
    return number


def decode_answers(message: bytearray) -> list[Entries]:
    """The answers of each request.

    Raises:
        Failed: The question as a whole has none.
        msgspec.DecodeError: The bytes are no answers.
    """
    answers = msgspec.json.decode(memoryview(message)[_NUMBER.size :], type=_Answers)
    if answers.failure is not None:
        raise Failed(answers.failure)
    return [[_entry(wired) for wired in entries] for entries in answers.requests]


def _wired(entry: Answer | Fault) -> _Answer | _Fault:
    if isinstance(entry, Answer):
        return _Answer(entry.label, entry.score, entry.probabilities, entry.value)
    return _wired_fault(entry)


def _wired_fault(fault: Fault) -> _Fault:
    others = tuple([_wired_fault(other) for other in fault.others])
    return _Fault(fault.code, fault.message, fault.field, fault.origin, others)


def _entry(wired: _Answer | _Fault) -> Answer | Fault:
    if isinstance(wired, _Answer):
        return Answer(
            label=wired.label,
            score=wired.score,
            probabilities=wired.probabilities,
            value=wired.value,
        )
    return _fault(wired)


def _fault(wired: _Fault) -> Fault:
    others = tuple([_fault(other) for other in wired.others])
    return Fault(wired.code, wired.message, wired.field, wired.origin, others)
