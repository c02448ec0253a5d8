"""Reading a signature's TOML, with the place of every mistake."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from typing import Any

from golive.errors import SignatureError
from golive.signature.model import Column, FeatureSource, Lookup, Output, Signature
from golive.signature.policies import check_policies
from golive.signature.toml_keys import (
    COLUMN_KEYS,
    FEATURE_KEYS,
    INPUT_KEYS,
    LOOKUP_KEYS,
    OUTPUT_KEYS,
    Key,
)
from golive.signature.toml_places import place_of

__all__ = ["loads"]

_TABLES = ("input", "column", "lookup", "features", "output")


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
            if key not in _TABLES:
                known = ", ".join(_TABLES)
                raise self._error(f"unknown table [{key}]; known: {known}", key, "")
        inputs = self._section(document, "input", INPUT_KEYS)
        output = self._section(document, "output", OUTPUT_KEYS)
        columns, lookups = self._columns(document), self._lookups(document)
        features = self._features(document)
        signature = Signature(
            columns=columns, output=Output(**output), lookups=lookups, features=features, **inputs
        )
        if lookups:
            from golive.signature.lookups import check_lookups  # few signatures have one

            check_lookups(signature)
        if features:
            from golive.signature.features import check_features  # likewise

            check_features(signature)
        return signature

    def _columns(self, document: Mapping[str, Any]) -> tuple[Column, ...]:
        tables = self._tables(document, "column")
        columns = [self._column(table, at) for at, table in enumerate(tables)]
        names = [column.name for column in columns]
        for at, name in enumerate(names):
            if name in names[:at]:
                raise self._error(f'the column "{name}" stands there twice', "column", "name", at)
        return tuple(columns)

    def _lookups(self, document: Mapping[str, Any]) -> tuple[Lookup, ...]:
        tables = enumerate(self._tables(document, "lookup"))
        return tuple(
            Lookup(**self._values(table, LOOKUP_KEYS, "lookup", at)) for at, table in tables
        )

    def _features(self, document: Mapping[str, Any]) -> tuple[FeatureSource, ...]:
        tables = enumerate(self._tables(document, "features"))
        return tuple(
            FeatureSource(**self._values(table, FEATURE_KEYS, "features", at))
            for at, table in tables
        )

    def _tables(self, document: Mapping[str, Any], name: str) -> list[Mapping[str, Any]]:
        tables = document.get(name, [])
        if not isinstance(tables, list) or not all(isinstance(t, Mapping) for t in tables):
            plural = name if name.endswith("s") else f"{name}s"
            raise self._error(f"{plural} are written as [[{name}]] tables", name, "")
        return tables

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
