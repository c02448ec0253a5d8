"""The signature as TOML that a person reads and edits; `toml_reading` reads it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import msgspec
import tomlkit
from tomlkit.items import Item, Table

from golive.errors import SignatureError
from golive.signature.model import JsonValue, Signature
from golive.signature.toml_keys import (
    COLUMN_KEYS,
    FEATURE_KEYS,
    INPUT_KEYS,
    LOOKUP_KEYS,
    OUTPUT_KEYS,
    Key,
)

__all__ = ["dumps"]

_HEADER = """\
What the model takes and gives. You may edit:
  descriptions, examples, minimum and maximum;
  on_missing, on_null, on_unseen, on_non_finite, on_range and default of a column;
  max_bytes and max_pixels of a column;
  on_extra of [input]; threshold, positive and description of [output];
  which columns are looked up by which key, in [[lookup]], or answered by which model, in
  [[features]].
Leave names, types, dtypes, categories, the order of the columns and the classes as they are: the
model was trained with them. Then: golive repack BUNDLE --signature THIS_FILE
Null is written by leaving the key out. Policies that are left out are:
  on_missing = "error", on_unseen = "pass", on_non_finite = "error", on_range = "count"."""
_ONE_LINE = 8  # longer lists get a line for each element
_ALWAYS = ("name", "type", "dtype", "nullable", "on_null", "example")


def dumps(signature: Signature) -> str:
    """The signature as TOML.

    Raises:
        SignatureError: If it holds a value that TOML cannot.
    """
    document = tomlkit.document()
    for line in _HEADER.splitlines():
        document.add(tomlkit.comment(line))
    document.add(tomlkit.nl())
    document.add("input", _table(signature, INPUT_KEYS, always=("form", "on_extra")))
    if signature.columns:
        columns = tomlkit.aot()
        for column in signature.columns:
            columns.append(_table(column, COLUMN_KEYS, always=_ALWAYS))
        document.add("column", columns)
    if signature.lookups:
        lookups = tomlkit.aot()
        for lookup in signature.lookups:
            lookups.append(_table(lookup, LOOKUP_KEYS, always=tuple(LOOKUP_KEYS)))
        document.add("lookup", lookups)
    if signature.features:
        sources = tomlkit.aot()
        for source in signature.features:
            table = tomlkit.table()
            for key, rule in FEATURE_KEYS.items():
                table.add(key, _inline_or_text(rule.write(getattr(source, key))))
            sources.append(table)
        document.add("features", sources)
    document.add("output", _table(signature.output, OUTPUT_KEYS, always=("kind",)))
    return tomlkit.dumps(document)


def _table(value: Any, keys: Mapping[str, Key], *, always: tuple[str, ...]) -> Table:
    """The table of a Struct: what always stands there and what is not the default."""
    table = tomlkit.table()
    defaults = {field.name: field.default for field in msgspec.structs.fields(value)}
    for key, rule in keys.items():
        member = getattr(value, key)
        if member is None or (key not in always and _same(member, defaults[key])):
            continue
        try:
            table.add(key, _item(rule.write(member)))
        except ValueError as error:
            raise SignatureError(f"`{key}` cannot be written as TOML: {error}.") from error
    return table


def _inline_or_text(value: str | Mapping[str, str]) -> Item:
    if isinstance(value, str):
        return tomlkit.item(value)
    table = tomlkit.inline_table()
    table.update(value)
    return table


def _same(value: object, default: object) -> bool:
    return type(value) is type(default) and value == default


def _item(value: JsonValue) -> Item:
    if isinstance(value, dict):
        text = json.dumps(value, indent=2).replace("'", "\\u0027")
        return tomlkit.string(f"\n{text}\n", literal=True, multiline=True)
    if isinstance(value, list) and len(value) > _ONE_LINE:
        array = tomlkit.array()
        array.extend(value)
        return array.multiline(multiline=True)
    return tomlkit.item(value)
