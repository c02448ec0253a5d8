"""Changes between two JSON Schemas: whether everything that fitted the old one fits the new one."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from golive.checking.difference import Effect
from golive.signature.model import JsonValue

__all__ = ["schema_changes"]

Schema = dict[str, JsonValue]
Found = tuple[str, Effect, str]
_UNDERSTOOD = frozenset(
    {"type", "properties", "required", "items", "enum", "additionalProperties", "anyOf"}
)
_WORDS = frozenset({"title", "description", "examples", "default", "$defs", "$ref", "$schema"})
_DEEPEST = 12


def schema_changes(before: Schema, after: Schema) -> Iterator[Found]:
    """The place, the effect and the words of each change.

    Types, properties, required members, elements and enumerations are understood; any other
    difference counts as breaking.
    """
    if before != after:
        yield from _Comparison(before, after).changes(before, after, "", _DEEPEST)


class _Comparison:
    """Knows the definitions that references in both schemas name."""

    def __init__(self, before: Schema, after: Schema) -> None:
        self._before, self._after = before, after

    def changes(self, old: Any, new: Any, place: str, depth: int) -> Iterator[Found]:
        """The changes from one part to the other."""
        if depth == 0:
            return
        old, new = _resolved(old, self._before), _resolved(new, self._after)
        yield from _type_changes(old, new, place)
        yield from self._members(old, new, place, depth)
        if len(old.get("anyOf", ())) == len(new.get("anyOf", ())):
            for mine, theirs in zip(old.get("anyOf", ()), new.get("anyOf", ()), strict=True):
                yield from self.changes(mine, theirs, place, depth - 1)
        others = (old.keys() | new.keys()) - _UNDERSTOOD - _WORDS
        for key in sorted(key for key in others if old.get(key) != new.get(key)):
            yield place, "breaking", f"{key} is another"

    def _members(self, old: Schema, new: Schema, place: str, depth: int) -> Iterator[Found]:
        mine, theirs = old.get("properties", {}), new.get("properties", {})
        needed = set(new.get("required", ()))
        for name in [name for name in theirs if name not in mine]:
            effect: Effect = "breaking" if name in needed else "compatible"
            words = "new and required" if name in needed else "new, and may be missing"
            yield _under(place, name), effect, words
        for name in mine:
            if name not in theirs:
                closed = new.get("additionalProperties") is False
                words = "removed, and other fields are errors" if closed else "removed"
                yield _under(place, name), "breaking" if closed else "compatible", words
                continue
            if name in needed and name not in old.get("required", ()):
                yield _under(place, name), "breaking", "may not be missing any more"
            yield from self.changes(mine[name], theirs[name], _under(place, name), depth - 1)
        if isinstance(old.get("items"), dict) and isinstance(new.get("items"), dict):
            yield from self.changes(old["items"], new["items"], f"{place}[]", depth - 1)


def _type_changes(old: Schema, new: Schema, place: str) -> Iterator[Found]:
    had, has = _types(old), _types(new)
    if had != has:
        effect: Effect = "compatible" if has >= had else "breaking"
        yield place, effect, f"type {_named(had)} → {_named(has)}"
    if old.get("enum") != new.get("enum"):
        mine, theirs = old.get("enum"), new.get("enum")
        wider = theirs is None or (mine is not None and all(value in theirs for value in mine))
        yield place, "compatible" if wider else "breaking", "other values are allowed"


_ALL = frozenset({"null", "boolean", "integer", "number", "string", "array", "object"})


def _types(schema: Schema) -> frozenset[str]:
    if "anyOf" in schema:
        return frozenset().union(*(_types(part) for part in schema["anyOf"]))
    found = schema.get("type")
    if found is None:
        return frozenset({"object"}) if "$ref" in schema else _ALL
    types = {found} if isinstance(found, str) else set(found)
    return frozenset(types | {"integer"} if "number" in types else types)


def _named(types: frozenset[str]) -> str:
    return "any" if types == _ALL else " or ".join(sorted(types))


def _resolved(part: Any, root: Schema) -> Schema:
    """The schema that a reference names; a schema of true is one that takes everything."""
    seen = 0
    while isinstance(part, dict) and "$ref" in part and seen < _DEEPEST:
        part = root.get("$defs", {}).get(str(part["$ref"]).rpartition("/")[2], {})
        seen += 1
    return part if isinstance(part, dict) else {}


def _under(place: str, name: str) -> str:
    return f"{place}.{name}" if place else name
