"""The slow pass: every fault of every record, and the coercions that the fast pass leaves out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import msgspec

from golive.engine.answers import Defaulted, Fault
from golive.engine.column_rules import ColumnRule
from golive.engine.values import describe, plain, show
from golive.signature.model import JsonValue, Signature

__all__ = ["Records", "SlowPass", "with_others"]

_EXTRA_FAULTS = 20  # a body may hold a hundred thousand unknown keys


class Records(msgspec.Struct):
    """Records read so far.

    Attributes:
        columns: One list of values a column, of the records without fault.
        indices: The positions of those records.
        faults: Position to fault of the others.
        extra_columns: Ignored values of columns that the signature does not have.
        out_of_range: Passed values outside the sample's range.
        defaults: Position to the looked-up columns that have their default; None where nothing is
            looked up.
    """

    columns: tuple[list[Any], ...]
    indices: list[int] = msgspec.field(default_factory=list)
    faults: dict[int, Fault] = msgspec.field(default_factory=dict)
    extra_columns: int = 0
    out_of_range: int = 0
    defaults: dict[int, list[Defaulted]] | None = None


class SlowPass:
    """Reads records one by one, column by column.

    Args:
        signature: What the model takes.
        rules: One a column.
        limits_images: Whether the images of one request have a limit together.
    """

    def __init__(
        self, signature: Signature, rules: Sequence[ColumnRule], *, limits_images: bool = False
    ) -> None:
        self._limits_images = limits_images
        self._rules = rules
        self._names = frozenset((*signature.column_names, *signature.key_names))
        self._refuses_extras = signature.on_extra == "error"
        self._text_key = _text_key(signature)

    def read(self, records: Sequence[object], *, in_process: bool = False) -> Records:
        """Read all records.

        Args:
            records: JSON values; with `in_process`, a Python caller's values. A fault in place of
                a record stays.
            in_process: Turn NumPy's values and other Python types into JSON's first.
        """
        is_limited = self._limits_images and not in_process
        rules = [rule.for_request() for rule in self._rules] if is_limited else self._rules
        result = Records(tuple([] for _ in self._rules))
        for index, record in enumerate(records):
            fields = self._fields(record)
            if isinstance(fields, Fault):
                result.faults[index] = fields
                continue
            values = _values(rules, fields, in_process=in_process)
            self._add(result, index, values, self._extras(fields))
        return result

    def _fields(self, record: Any) -> Mapping[Any, JsonValue] | Fault:
        if isinstance(record, Fault):
            return record
        if self._text_key is not None:
            if isinstance(record, str):
                return {self._text_key: record}
            if isinstance(record, Mapping) and "text" in record and self._text_key not in record:
                return {self._text_key if k == "text" else k: v for k, v in record.items()}
        if isinstance(record, Mapping):
            return record
        wanted = "an object with the model's columns"
        wanted += " or a text" if self._text_key is not None else ""
        return Fault("not_an_object", f"A record must be {wanted}, got {describe(plain(record))}")

    def _extras(self, fields: Mapping[Any, JsonValue]) -> list[Any]:
        if len(fields) <= len(self._names) and fields.keys() <= self._names:
            return []
        return [name for name in fields if name not in self._names]

    def _add(self, result: Records, index: int, values: list[Any], extras: list[Any]) -> None:
        faults = [value for value in values if isinstance(value, Fault)]
        if self._refuses_extras:
            faults += [_extra_fault(name) for name in extras[:_EXTRA_FAULTS]]
        if faults:
            result.faults[index] = with_others(faults)
            return
        result.indices.append(index)
        result.extra_columns += len(extras)
        for rule, column, value in zip(self._rules, result.columns, values, strict=True):
            column.append(value)
            result.out_of_range += rule.has_range and rule.is_outside(value)


def _values(
    rules: Sequence[ColumnRule], fields: Mapping[Any, JsonValue], *, in_process: bool
) -> list[Any]:
    values: list[Any] = []
    for rule in rules:
        name = rule.column.name
        if name not in fields:
            values.append(rule.missing())
        else:
            read = rule.read_python if in_process else rule.read
            values.append(read(fields[name]))
    return values


def with_others(faults: Sequence[Fault]) -> Fault:
    """The first fault, with the rest as its others."""
    first = faults[0]
    return Fault(first.code, first.message, first.field, first.origin, tuple(faults[1:]))


def _text_key(signature: Signature) -> str | None:
    if signature.form == "series" and len(signature.columns) == 1:
        return signature.columns[0].name
    return None


def _extra_fault(name: object) -> Fault:
    message = f"{show(name)} is not a column of this model; leave it out"
    return Fault("extra_column", message, str(name))
