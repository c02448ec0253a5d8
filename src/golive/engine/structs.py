"""The fast pass: bodies decoded straight into Structs that are made from the signature."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from functools import partial
from typing import Annotated, Any, assert_never

import msgspec
from msgspec import UNSET, Meta, UnsetType
from msgspec.structs import astuple, replace

from golive.engine.answers import Fault
from golive.engine.categories import kind_of
from golive.engine.column_rules import ColumnRule
from golive.engine.decoded import Decoded
from golive.engine.envelope import Envelope
from golive.engine.numerals import INT64_MAX, INT64_MIN
from golive.engine.single_record import Decode, ReadOne, read_row, read_text
from golive.runtimes.protocols import Batch
from golive.signature.model import Column, Signature, integer_bounds

__all__ = ["FastBody", "FastPass", "fast_pass_for"]

_INTEGER = Annotated[int, Meta(ge=INT64_MIN, le=INT64_MAX)]
_UNNAMEABLE = re.compile(r'["\\\x00-\x1f]')  # msgspec cannot rename a field to such a name
_Column = tuple[list[Any], int]
_Finish = Callable[[list[Any]], _Column | None]
_Split = Callable[[list[Any]], list[list[Any]]]


class FastBody(msgspec.Struct):  # not frozen: one is made for every request
    """A body whose every value has the right type and passes every policy.

    Attributes:
        columns: One list of values a column.
        envelope: The options; its records are those of the body, decoded.
        out_of_range: Values outside the sample's range.
    """

    columns: tuple[list[Any], ...]
    envelope: Envelope
    out_of_range: int


class FastPass:
    """Decodes the bodies that need no coercion; gives None for all others.

    Attributes:
        values_of_one: Reads bodies that are one record, or None where that is not quicker.
    """

    def __init__(
        self,
        record: Any,
        split: _Split,
        finishers: Sequence[_Finish],
        read_one: Callable[[Decode], ReadOne] | None = None,
    ) -> None:
        envelope = msgspec.defstruct(
            "Envelope",
            [
                ("records", list[record]),
                ("threshold", int | float | None, None),  # of another type: the slow pass says so
                ("ids", list[str | int | float] | None, None),
                ("top", int | float | None, None),
            ],
            forbid_unknown_fields=True,
        )
        self._records_type = list[record]
        self._single = msgspec.json.Decoder(record)
        self._list = msgspec.json.Decoder(list[record])
        self._envelope: msgspec.json.Decoder[Any] = msgspec.json.Decoder(envelope)
        self._split = split
        self._finishers = finishers
        self.values_of_one = None if read_one is None else read_one(self._single.decode)

    def read_one(self, body: bytes) -> Decoded | None:
        """The record that the body is, or None where `read` must see what it is."""
        found = None if self.values_of_one is None else self.values_of_one(body)
        if found is None:
            return None
        values, out_of_range = found
        return Decoded(
            batch=Batch(tuple([[value] for value in values]), 1),
            indices=[0],
            size=1,
            out_of_range=out_of_range,
            single=True,
        )

    def read(self, body: bytes) -> FastBody | None:
        """The body, or None where the slow pass must read it."""
        try:
            envelope = self._open(body)
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
            return None
        return self._finish(envelope)

    def convert(self, envelope: Envelope) -> FastBody | None:
        """As `read`, for records that are JSON values already."""
        try:
            records = msgspec.convert(envelope.records, self._records_type)
        except (msgspec.ValidationError, RecursionError):
            return None
        return self._finish(replace(envelope, records=records))

    def _finish(self, envelope: Envelope) -> FastBody | None:
        columns: list[list[Any]] = []
        out_of_range = 0
        raw = self._split(envelope.records) if envelope.records else [[] for _ in self._finishers]
        for finish, values in zip(self._finishers, raw, strict=True):
            finished = finish(values)
            if finished is None:
                return None
            columns.append(finished[0])
            out_of_range += finished[1]
        return FastBody(tuple(columns), envelope, out_of_range)

    def _open(self, body: bytes) -> Envelope:
        if body[:1] == b"[":
            return Envelope(records=self._list.decode(body))
        if b'"records"' not in body:
            return Envelope(records=[self._single.decode(body)], single=True)
        parts = self._envelope.decode(body)
        return Envelope(
            records=parts.records, threshold=parts.threshold, top=parts.top, ids=parts.ids
        )


def fast_pass_for(signature: Signature, rules: Sequence[ColumnRule]) -> FastPass | None:
    """The fast pass of the signature, or None if its columns have no exact JSON type."""
    if signature.form == "object" or not rules:
        return None
    types = [_type_of(rule.column) for rule in rules]
    unfit = [n for n in signature.column_names if _UNNAMEABLE.search(n)]
    if unfit or any(json_type is None for json_type in types):
        return None
    if signature.form == "series" and len(rules) == 1:
        return _text_pass(rules[0], types[0])
    fields = [_field(at, rule, types[at]) for at, rule in enumerate(rules)]
    record = msgspec.defstruct("Record", fields, forbid_unknown_fields=True, kw_only=True)
    finishers = [_finisher(rule) for rule in rules]
    read_one = None if any(map(_is_read_each, rules)) else partial(read_row, rules=rules)
    return FastPass(record, _columns_of, finishers, read_one)


def _text_pass(rule: ColumnRule, json_type: Any) -> FastPass | None:
    """A text model's records: texts, or objects with the column's name or `text` as the key."""
    if rule.column.type not in ("text", "string"):
        return None
    keys = dict.fromkeys((rule.column.name, "text"))
    fields = [
        (f"f{at}", json_type | UnsetType, msgspec.field(name=key, default=UNSET))
        for at, key in enumerate(keys)
    ]
    record = msgspec.defstruct("Record", fields, forbid_unknown_fields=True, kw_only=True)
    text_of = _text_of if len(keys) == 2 else _only_text_of

    def split(records: list[Any]) -> list[list[Any]]:
        return [[text_of(record) for record in records]]

    read_one = None if _is_read_each(rule) else partial(read_text, text_of=text_of)
    return FastPass(record | str, split, [_given(_finisher(rule))], read_one)


def _columns_of(records: list[Any]) -> list[list[Any]]:
    return [list(values) for values in zip(*map(astuple, records), strict=True)]


def _text_of(record: Any) -> Any:
    if type(record) is str:
        return record
    if record.f0 is UNSET:
        return record.f1
    return record.f0 if record.f1 is UNSET else UNSET


def _only_text_of(record: Any) -> Any:
    return record if type(record) is str else record.f0


def _given(finish: _Finish) -> _Finish:
    """Refuse what has no text or two of them, which the slow pass explains."""
    return lambda values: None if UNSET in values else finish(values)


def _field(at: int, rule: ColumnRule, json_type: Any) -> tuple[str, Any, Any]:
    name = rule.column.name
    value = rule.missing()
    if isinstance(value, Fault):
        return f"f{at}", json_type, msgspec.field(name=name)
    if isinstance(value, list):
        return f"f{at}", json_type, msgspec.field(name=name, default_factory=lambda: list(value))
    return f"f{at}", json_type, msgspec.field(name=name, default=value)


def _type_of(column: Column) -> Any:
    if column.type == "image":  # read but once, within what all of a request may hold
        return None
    json_type = _exact_type_of(column)
    if json_type is None or column.on_null == "error":
        return json_type
    return json_type | None


def _exact_type_of(column: Column) -> Any:
    match column.type:
        case "integer":
            return _INTEGER
        case "number":
            return float
        case "boolean":
            return bool
        case "string" | "text" | "datetime" | "bytes" | "image":
            return str
        case "category":
            return _category_type(column)
        case "vector":
            return _vector_type(column)
        case _:
            assert_never(column.type)


def _vector_type(column: Column) -> Any:
    bounds = integer_bounds(column.dtype)
    inner: Any = float
    if bounds is not None:
        inner = Annotated[int, Meta(ge=bounds[0], le=bounds[1])]
    for size in reversed(column.dimensions):
        inner = (
            list[inner]
            if size is None
            else Annotated[list[inner], Meta(min_length=size, max_length=size)]
        )
    return inner


def _category_type(column: Column) -> Any:
    kinds = {kind_of(category) for category in column.categories}
    if kinds == {"text"}:
        return str
    if kinds == {"boolean"}:
        return bool
    if kinds == {"number"} and all(isinstance(c, int) for c in column.categories):
        return _INTEGER
    return None


def _finisher(rule: ColumnRule) -> _Finish:
    """What is left to do with a column whose values have the right JSON type."""
    column = rule.column
    if _is_read_each(rule):
        return lambda values: _read_each(rule, values)
    if rule.checks_categories:
        known = frozenset(column.categories) | {None}
        return lambda values: (values, 0) if known.issuperset(values) else None
    if rule.has_range:
        return lambda values: (values, rule.count_outside(values))
    return lambda values: (values, 0)


def _is_read_each(rule: ColumnRule) -> bool:
    column = rule.column
    is_text_of_another = column.type in ("datetime", "bytes")
    return is_text_of_another or column.on_range == "error" or column.on_null == "default"


def _read_each(rule: ColumnRule, values: list[Any]) -> _Column | None:
    read = [rule.read(value) for value in values]
    if any(isinstance(value, Fault) for value in read):
        return None
    return read, rule.count_outside(read) if rule.has_range else 0
