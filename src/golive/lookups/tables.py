"""Tables: a file of looked-up values, read as a whole."""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

import msgspec

from golive.lookups.errors import LookupUnavailableError
from golive.lookups.protocols import Row
from golive.signature.model import JsonValue, Lookup

__all__ = ["SUFFIXES", "read_table"]


def read_table(path: Path, lookup: Lookup) -> dict[str, Row]:
    """What a file keeps under each key: the lookup's columns and no others.

    JSON is an object of key to object; CSV and Parquet have a column that is called as the key.

    Args:
        path: The file; its suffix says what it is, one of `SUFFIXES`.
        lookup: Names the key and the columns.

    Raises:
        LookupUnavailableError: There is no such file, or it is none.
    """
    try:
        rows = _READERS[path.suffix.lower()](path, lookup)
        return _keyed(rows, lookup.columns)
    except OSError as error:
        reason = error.strerror or str(error)
    except (ValueError, msgspec.DecodeError, csv.Error) as error:
        reason = str(error)
    raise LookupUnavailableError(f"{path} cannot be read: {reason}.", hint=_FORM)


_FORM = (
    'JSON is {"key": {"column": value}}; CSV and Parquet have a column with the key in each row.'
)


def _keyed(rows: Iterable[tuple[str, Mapping[str, Any]]], columns: Iterable[str]) -> dict[str, Row]:
    wanted, table = tuple(columns), dict[str, Row]()
    for key, row in rows:
        if key in table:
            raise ValueError(f"the key {key!r} stands there twice")
        table[key] = {name: row[name] for name in wanted if name in row}
    return table


def _json(path: Path, _: Lookup) -> Iterator[tuple[str, Mapping[str, Any]]]:
    yield from msgspec.json.decode(path.read_bytes(), type=dict[str, dict[str, Any]]).items()


def _csv(path: Path, lookup: Lookup) -> Iterator[tuple[str, Mapping[str, Any]]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        rows = csv.DictReader(file, strict=True)
        _check_header(rows.fieldnames or (), lookup)
        for number, row in enumerate(rows, start=1):
            if None in row or None in row.values():
                raise ValueError(f"row {number} has not as many values as the header")
            yield _key(row[lookup.key], number), row


def _parquet(path: Path, lookup: Lookup) -> Iterator[tuple[str, Mapping[str, Any]]]:
    from pyarrow import ArrowException, parquet

    try:
        _check_header(parquet.read_schema(path).names, lookup)
        table = parquet.read_table(path, columns=[lookup.key, *lookup.columns])
    except ArrowException as error:
        raise ValueError(str(error)) from error
    for number, row in enumerate(table.to_pylist(), start=1):
        yield _key(row[lookup.key], number), msgspec.to_builtins(row)


def _check_header(names: Iterable[str], lookup: Lookup) -> None:
    known = set(names)
    for name in (lookup.key, *lookup.columns):
        if name not in known:
            raise ValueError(f"it has no column {name!r}")


def _key(value: JsonValue, number: int) -> str:
    if isinstance(value, (str, int)) and not isinstance(value, bool) and value != "":
        return str(value)
    raise ValueError(f"row {number} has no text or integer as its key")


_READERS: Mapping[str, Callable[[Path, Lookup], Iterator[tuple[str, Mapping[str, Any]]]]] = {
    ".json": _json,
    ".csv": _csv,
    ".parquet": _parquet,
}

SUFFIXES = tuple(_READERS)
"""What a file's name ends with."""
