"""Decoded requests: their valid records as a batch, and a fault for each of the others."""

from __future__ import annotations

import msgspec

from golive.engine.answers import Defaulted, Fault, Options
from golive.runtimes.protocols import Batch

__all__ = ["NO_OPTIONS", "Decoded"]

NO_OPTIONS = Options()
"""What a caller who asks for nothing beside the records asks."""


class Decoded(msgspec.Struct, kw_only=True):  # a dataclass costs more, and each request has one
    """The records of a request: the valid ones as a batch, a fault for each of the others.

    Attributes:
        batch: The valid records, in order.
        indices: Their positions in the request.
        faults: Position to fault of the other records.
        size: The number of records in the request.
        options: What the caller asked beside the records.
        extra_columns: Values of columns outside the signature, ignored, in the valid records.
        out_of_range: Values outside the sample's range in the valid records.
        single: The request was one record, not a list.
        defaults: Position to the looked-up columns that have their default; None where nothing is
            looked up.
    """

    batch: Batch
    indices: list[int]
    faults: dict[int, Fault] = msgspec.field(default_factory=dict)
    size: int
    options: Options = NO_OPTIONS
    extra_columns: int = 0
    out_of_range: int = 0
    single: bool = False
    defaults: dict[int, list[Defaulted]] | None = None
