"""Filling: records that lack looked-up columns get them from a store before they are read."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import msgspec

from golive.engine.answers import Defaulted, Fault
from golive.engine.numerals import INT64_MAX, INT64_MIN
from golive.engine.slow_pass import Records, with_others
from golive.engine.texts import TextReader
from golive.engine.values import describe, has_lone_surrogate, plain, show
from golive.lookups.errors import LookupUnavailableError
from golive.lookups.protocols import LookupStore, Row
from golive.signature.model import DefaultReason, JsonValue, Lookup, Signature

__all__ = ["Filler"]

_Read = Callable[[Sequence[object]], Records]

_NEITHER = {
    "key_is_null": 'its key "{key}" is null; send one of them',
    "key_not_found": '{lookup} has nothing under the "{key}" {value}; send "{column}"',
    "column_not_found": '{lookup} does not have it under the "{key}" {value}; send "{column}"',
    "timeout": '{lookup} did not answer in time; ask again, or send "{column}"',
    "unavailable": '{lookup} cannot be asked now; ask again later, or send "{column}"',
}


class _Filled(msgspec.Struct):
    """Records on their way.

    Attributes:
        records: Copies of those that got values.
        sources: Position to the looked-up columns, and in which lookup each was.
        faults: Position to what is wrong with keys, or is nowhere.
        defaults: Position to what has its default.
    """

    records: list[Any]
    sources: dict[int, dict[str, str]] = msgspec.field(default_factory=dict)
    faults: dict[int, list[Fault]] = msgspec.field(default_factory=dict)
    defaults: dict[int, list[Defaulted]] = msgspec.field(default_factory=dict)


class Filler:
    """Gives records what they lack of looked-up columns; what a caller sends counts.

    Each store is asked once, for all records of a request. Looked-up values are read as those of
    callers are; where there is none, the column's policy for missing values counts.

    Args:
        signature: Has lookups.
        stores: By the lookups' names.

    Attributes:
        waits: Whether a store may keep a caller waiting.
    """

    def __init__(self, signature: Signature, stores: Mapping[str, LookupStore]) -> None:
        self.waits = any(store.waits for store in stores.values())
        self._lookups = [(lookup, stores[lookup.name]) for lookup in signature.lookups]
        self._looked_up = signature.looked_up
        self._texts = TextReader(signature)
        self._columns = {column.name: column for column in signature.columns}

    def read(self, records: Sequence[object], read: _Read) -> Records:
        """Read records, filled.

        Args:
            records: JSON values or a Python caller's, a fault in place of what is no record.
            read: Reads records that lack nothing.
        """
        filled = _Filled(list(records))
        for lookup, store in self._lookups:
            self._look_up(lookup, store, filled)
        for at, faults in filled.faults.items():
            others = read([filled.records[at]]).faults.get(0)
            filled.records[at] = _together(faults, others, self._looked_up)
        found = read(filled.records)
        for at, sources in filled.sources.items():
            if at in found.faults:
                found.faults[at] = _explained(found.faults[at], sources)
        found.defaults = {at: d for at, d in filled.defaults.items() if at not in found.faults}
        return found

    def _look_up(self, lookup: Lookup, store: LookupStore, filled: _Filled) -> None:
        asking: dict[int, tuple[str, JsonValue]] = {}
        for at, record in enumerate(filled.records):
            if not isinstance(record, Mapping) or all(name in record for name in lookup.columns):
                continue
            value = plain(record.get(lookup.key))
            key = _key_of(value, lookup, is_there=lookup.key in record)
            if isinstance(key, Fault):
                filled.faults.setdefault(at, []).append(key)
            elif key is None:
                self._settle(lookup, filled, at, {}, ("key_is_null", None))
            else:
                asking[at] = key, value
        if not asking:
            return
        keys = list(dict.fromkeys(key for key, _ in asking.values()))
        rows: dict[str, Row | None] = {}
        failure: DefaultReason | None = None
        try:
            rows = dict(zip(keys, store.fetch(keys), strict=True))
        except LookupUnavailableError as error:
            failure = "timeout" if error.code == "timeout" else "unavailable"
        for at, (key, value) in asking.items():
            row = rows.get(key)
            reason = failure or ("key_not_found" if row is None else "column_not_found")
            values = {} if row is None else self._values(row, store)
            self._settle(lookup, filled, at, values, (reason, value))

    def _values(self, row: Row, store: LookupStore) -> Row:
        return self._texts.read_row(row) if store.gives_texts else row

    def _settle(
        self,
        lookup: Lookup,
        filled: _Filled,
        at: int,
        values: Row,
        absence: tuple[DefaultReason, JsonValue],
    ) -> None:
        """Give a record the values that it lacks; those that are not there have their default."""
        record = filled.records[at]
        lacking = [name for name in lookup.columns if name not in record]
        given = {name: values[name] for name in lacking if name in values}
        if given:
            filled.records[at] = {**record, **given}
            filled.sources.setdefault(at, {}).update(dict.fromkeys(given, lookup.name))
        absent = [name for name in lacking if name not in given]
        needed = [name for name in absent if self._columns[name].on_missing == "error"]
        if needed:
            faults = [_absent(name, lookup, absence) for name in needed]
            filled.faults.setdefault(at, []).extend(faults)
        if absent:
            told = Defaulted(lookup=lookup.name, because=absence[0], columns=tuple(absent))
            filled.defaults.setdefault(at, []).append(told)


def _key_of(value: JsonValue, lookup: Lookup, *, is_there: bool) -> str | Fault | None:
    """The text of a key, None for a null, or what is wrong with it."""
    name = lookup.key
    if not is_there:
        others = ", ".join(f'"{column}"' for column in lookup.columns)
        message = f'"{name}" is missing; send it, or send {others}'
        return Fault("missing_column", message, name)
    if value is None:
        return None
    if isinstance(value, str) and not has_lone_surrogate(value):
        return value
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    if isinstance(value, int) and not isinstance(value, bool) and INT64_MIN <= value <= INT64_MAX:
        return str(value)
    message = f'"{name}" must be a text or an integer of 64 bits, got {describe(value)}'
    return Fault("wrong_type", message, name)


def _absent(column: str, lookup: Lookup, absence: tuple[DefaultReason, JsonValue]) -> Fault:
    reason, value = absence
    text = _NEITHER[reason].format(
        lookup=lookup.name, key=lookup.key, value=show(value), column=column
    )
    message = f'"{column}" is missing, and {text}'
    if reason in ("timeout", "unavailable"):
        return Fault("lookup_failed", message, column, origin="model")
    return Fault("lookup_missed", message, column)


def _together(faults: list[Fault], found: Fault | None, looked_up: frozenset[str]) -> Fault:
    """The faults of a record and its lookups; what could not be looked up is told once."""
    told = {fault.field for fault in faults}
    others = [] if found is None else [found, *found.others]
    more = [
        Fault(fault.code, fault.message, fault.field, fault.origin)
        for fault in others
        if fault.field not in told
        and not (fault.code == "missing_column" and fault.field in looked_up)
    ]
    return with_others([*faults, *more])


def _explained(fault: Fault, sources: Mapping[str, str]) -> Fault:
    """The fault, and of each looked-up value where it is from: its caller did not send it."""
    return with_others([_from(each, sources) for each in (fault, *fault.others)])


def _from(fault: Fault, sources: Mapping[str, str]) -> Fault:
    source = None if fault.field is None else sources.get(fault.field)
    message = fault.message if source is None else f"{fault.message} (looked up in {source})"
    return Fault(fault.code, message, fault.field, fault.origin)
