"""Unread records: those of function models whose types are in another process."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import msgspec

from golive.engine.answers import Fault
from golive.engine.decode import Decoder
from golive.engine.decoded import Decoded
from golive.engine.record_limits import TextLimit
from golive.engine.slow_pass import Records
from golive.runtimes.protocols import Batch

__all__ = ["Unread", "UnreadPass", "read_unread"]


class Unread(msgspec.Struct, frozen=True):
    """A record that is still to be made a request of its type.

    Attributes:
        record: A JSON value.
        check_values: See `ObjectPass.read`.
        from_text: See `ObjectPass.read`.
        max_text: The most characters of a text in it; None where it holds no longer one.
    """

    record: Any
    check_values: bool
    from_text: bool
    max_text: int | None = None


class UnreadPass:
    """Takes the records of a function model as they are, in place of an `ObjectPass`.

    Attributes:
        takes_list: Whether a request of the model is a list in JSON.
        takes_text: Whether it is a text in JSON.
    """

    def __init__(self, *, takes_list: bool, takes_text: bool) -> None:
        self.takes_list = takes_list
        self.takes_text = takes_text

    def read(
        self,
        records: Sequence[object],
        *,
        check_values: bool = True,
        from_text: bool = False,
        text_limit: TextLimit | None = None,
    ) -> Records:
        """Take all records; a fault in place of a record stays."""
        result = Records(([],))
        most = None if text_limit is None else text_limit.most
        for index, record in enumerate(records):
            if isinstance(record, Fault):
                result.faults[index] = record
            else:
                result.indices.append(index)
                result.columns[0].append(Unread(record, check_values, from_text, most))
        return result


def read_unread(decoded: Decoded, decoder: Decoder) -> Decoded:
    """The request as the decoder of the model itself would have decoded it.

    Args:
        decoded: What a decoder with an `UnreadPass` gave.
        decoder: Knows the type of the model's requests.
    """
    [unread] = decoded.batch.columns
    if not unread:
        return decoded
    read = decoder.read_objects(
        [one.record for one in unread],
        check_values=unread[0].check_values,
        from_text=unread[0].from_text,
        max_text=unread[0].max_text,
    )
    places = decoded.indices
    return Decoded(
        batch=Batch(read.columns, len(read.indices)),
        indices=[places[at] for at in read.indices],
        faults=decoded.faults | {places[at]: fault for at, fault in read.faults.items()},
        size=decoded.size,
        options=decoded.options,
        single=decoded.single,
    )
