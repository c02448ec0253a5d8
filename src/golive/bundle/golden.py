"""Golden records: a few inputs with the outputs the model gave when it was packed."""

from __future__ import annotations

from collections.abc import Iterable

import msgspec

from golive.bundle.encoding import compact_json
from golive.bundle.layout import GOLDEN
from golive.errors import BundleError
from golive.signature.model import JsonValue

__all__ = ["GoldenRecord", "decode_golden", "encode_golden"]


class GoldenRecord(msgspec.Struct, frozen=True):
    """One input and what the model answered.

    Attributes:
        record: As in a request: an object, a text, or a function model's request.
        output: As in `predictions`, errors included; without an id.
    """

    record: JsonValue
    output: JsonValue


def encode_golden(golden: Iterable[GoldenRecord]) -> bytes:
    """The bytes of golden.jsonl: one object with `record` and `output` a line.

    Raises:
        ValueError: JSON cannot hold a value of a record.
    """
    return b"".join(compact_json(item, order=None) + b"\n" for item in golden)


def decode_golden(data: bytes) -> tuple[GoldenRecord, ...]:
    """The golden records of the bytes of golden.jsonl.

    Raises:
        BundleError: The bytes hold something else.
    """
    try:
        return tuple(msgspec.json.Decoder(GoldenRecord).decode_lines(data))
    except (msgspec.DecodeError, UnicodeError, RecursionError) as error:
        raise BundleError(f"{GOLDEN} cannot be read: {error}") from error
