"""Reading a signature's TOML, with the place of every mistake."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from typing import Any

from golive.errors import SignatureError
from golive.signature.model import Column, Output, Signature
from golive.signature.policies import check_policies
from golive.signature.toml_keys import COLUMN_KEYS, INPUT_KEYS, OUTPUT_KEYS, Key
from golive.signature.toml_places import place_of

__all__ = ["loads"]


def loads(text: str) -> Signature:
    """The signature that the TOML spells.

    Raises:
        SignatureError: Naming the key, its line and column, and what is allowed.
    """
    try:
        document = tomllib.loads(text)
    except (ValueError, RecursionError) as error:  # an integer of too many digits, and deep lists
        raise SignatureError(
            f"The signature is not TOML: {error}.", hint="Mend the line that is named."
        ) from error
    return _Reader(text).signature(document)


class _Reader:
    """Reads the tables of one TOML text, whose lines its errors name."""

    def __init__(self, text: str) -> None:
        self._text = text

    def signature(self, document: Mapping[str, Any]) -> Signature:
        for key in document:
            if key not in ("input", "column", "output"):
                raise self._error(f"unknown table [{key}]; known: input, column, output", key, "")
        inputs = self._section(document, "input", INPUT_KEYS)
        output = self._section(document, "output", OUTPUT_KEYS)
        columns = self._columns(document.get("column", []))
        return Signature(columns=columns, output=Output(**output), **inputs)

    def _columns(self, tables: Any) -> tuple[Column, ...]:
        if not isinstance(tables, list) or not all(isinstance(t, Mapping) for t in tables):
            raise self._error("columns are written as [[column]] tables", "column", "")
        columns = [self._column(table, at) for at, table in enumerate(tables)]
        names = [column.name for column in columns]
        for at, name in enumerate(names):
            if name in names[:at]:
                raise self._error(f'the column "{name}" stands there twice', "column", "name", at)
        return tuple(columns)

    def _column(self, table: Mapping[str, Any], at: int) -> Column:
        column = Column(**self._values(table, COLUMN_KEYS, "column", at))
        try:
            check_policies(column)
        except SignatureError as error:
            key = error.message.split(" ")[0]
            line = place_of(self._text, "column", key, at)
            raise SignatureError(f"{line}: {error.message}", hint=error.hint) from error
        return column

    def _section(
        self, document: Mapping[str, Any], name: str, keys: Mapping[str, Key]
    ) -> dict[str, Any]:
        table = document.get(name)
        if not isinstance(table, Mapping):
            raise SignatureError(f"The signature has no [{name}] table.", hint=f"Add [{name}].")
        return self._values(table, keys, name)

    def _values(
        self, table: Mapping[str, Any], keys: Mapping[str, Key], name: str, at: int = 0
    ) -> dict[str, Any]:
        for key in table:
            if key not in keys:
                raise self._error(f"unknown key; known: {', '.join(keys)}", name, key, at)
        missing = [key for key, rule in keys.items() if rule.required and key not in table]
        if missing:
            raise self._error(f"`{missing[0]}` is missing", name, "", at)
        return {key: self._value(keys[key], table[key], (name, key, at)) for key in table}

    def _value(self, rule: Key, value: Any, place: tuple[str, str, int]) -> Any:
        try:
            return rule.read(value)
        except ValueError as error:
            raise self._error(str(error), *place) from error

    def _error(self, problem: str, table: str, key: str, at: int = 0) -> SignatureError:
        line = place_of(self._text, table, key, at)
        named = f"`{key}` of [{table}]" if key else f"[{table}]"
        return SignatureError(f"{line}: {named}: {problem}.", hint="Edit the signature there.")
