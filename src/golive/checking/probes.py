"""Hostile records for models with columns: one thing changed in a record that is answered."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from golive.checking.column_values import ABSENT, Variation, variations
from golive.checking.expectations import Expectation, of_null, refused
from golive.checking.report import Severity
from golive.signature.model import Column, JsonValue, Signature

__all__ = ["Probe", "column_probes", "most_telling"]

_NO_OBJECTS: tuple[tuple[str, JsonValue], ...] = (
    ("null", None),
    ("a number", 7),
    ("true", True),
    ("an empty list", []),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Probe:
    """One record to ask, and what must become of it.

    Attributes:
        check: What is tried.
        field: The field that was changed; empty for the whole record.
        what: What stands there now, in words.
        record: The record as JSON; a float infinity stands for the number 1e400.
        codes: The codes of which its error must have one; empty where it must be answered.
        values: Column to what the model must get, where it is answered; None where no such table
            can be told, as for function models.
        may_fail: Both an answer and an error that blames the input are right.
        severity: Of the model failing on it.
        has_policies: The field is a column, whose policies decide what becomes of it.
    """

    check: str
    field: str
    what: str
    record: JsonValue
    codes: tuple[str, ...] = ()
    values: dict[str, Any] | None = None
    may_fail: bool = False
    severity: Severity = "error"
    has_policies: bool = True


def column_probes(signature: Signature, bases: Sequence[dict[str, JsonValue]]) -> Iterator[Probe]:
    """Probes of every column, of the record as a whole, and of all nulls at once.

    Args:
        signature: With columns.
        bases: Records that are answered, each an object with every column; at least one. Nulls are
            tried in all of them, everything else in the first.
    """
    yield from _record_probes(signature, bases[0])
    for column in signature.columns:
        for variation in variations(column, bases[0].get(column.name)):
            yield _probe(signature, bases[0], column, variation)
    for base in bases[1:]:
        for column in signature.columns:
            yield _probe(signature, base, column, _null(column))


def _null(column: Column) -> Variation:
    return Variation("null", "null", None, of_null(column))


def _probe(
    signature: Signature, base: dict[str, JsonValue], column: Column, variation: Variation
) -> Probe:
    record = {key: value for key, value in base.items() if key != column.name}
    if variation.value is not ABSENT:
        record[column.name] = variation.value
    expected = variation.expected
    return Probe(
        check=variation.check,
        field=column.name,
        what=variation.what,
        record=record,
        codes=expected.codes,
        values=None if expected.codes else _seen(signature, base, {column.name: expected}),
        may_fail=variation.check == "extreme",  # 1e308 may be too large for a model of 32 bits
        severity=variation.severity,
    )


def _seen(
    signature: Signature, base: dict[str, JsonValue], changed: dict[str, Expectation]
) -> dict[str, Any] | None:
    """What the model gets; None where a value of the base is itself to be replaced."""
    values: dict[str, Any] = {}
    for column in signature.columns:
        expected = changed.get(column.name)
        if expected is None and base.get(column.name) is None:
            expected = of_null(column)
        values[column.name] = base[column.name] if expected is None else expected.value
    return values


def _record_probes(signature: Signature, base: dict[str, JsonValue]) -> Iterator[Probe]:
    extra = {**base, _unused_name(signature): "something else"}
    unwanted = refused("extra_column") if signature.on_extra == "error" else Expectation()
    yield Probe(
        check="extra",
        field="",
        what="a column that the signature does not have",
        record=extra,
        codes=unwanted.codes,
        values=None if unwanted.codes else _seen(signature, base, {}),
    )
    for words, value in _NO_OBJECTS:
        yield Probe(
            check="record",
            field="",
            what=f"{words} in place of the record",
            record=value,
            codes=("not_an_object", "wrong_type", "null_not_allowed"),
        )
    nullable = {c.name: of_null(c) for c in signature.columns if c.on_null != "error"}
    if len(nullable) > 1:
        yield Probe(
            check="null",
            field="",
            what="null in every field that may be null",
            record=base | dict.fromkeys(nullable),
            values=_seen(signature, base, nullable),
        )


def _unused_name(signature: Signature) -> str:
    name = "a_column_of_no_model"
    while name in signature.column_names:
        name += "_"
    return name


def most_telling(probes: Sequence[Probe], most: int) -> list[Probe]:
    """At most so many, spread over the fields; every check of every field comes before more."""
    first = {(probe.check, probe.field): probe for probe in reversed(probes)}
    chosen = [probe for probe in probes if first[probe.check, probe.field] is probe]
    if len(chosen) >= most:
        return _spread(chosen, most)
    again = [probe for probe in probes if first[probe.check, probe.field] is not probe]
    return chosen + _spread(again, most - len(chosen))


def _spread(probes: Sequence[Probe], most: int) -> list[Probe]:
    count = min(most, len(probes))
    return [probes[at * len(probes) // count] for at in range(count)]
