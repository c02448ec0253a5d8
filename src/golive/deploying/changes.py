"""What a deployment changes: the wanted graph beside the recorded one, as pure data."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from golive.deploying.records import Record, RecordedGraph
from golive.signature.model import JsonValue

__all__ = ["Action", "Change", "FieldChange", "Rules", "compare"]

Action = Literal["add", "change", "replace", "delete", "keep"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Rules:
    """What the place does where a property changes.

    Attributes:
        replacing: Kind to the properties of which a change makes another resource.
        kept: Kinds that stay where they are when they leave the graph.
    """

    replacing: Mapping[str, frozenset[str]]
    kept: frozenset[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class FieldChange:
    """A property that is not what it was.

    Attributes:
        before: The old value; None where there was none.
        after: The new one.
        replaces: Whether that makes another resource.
        because: The resource that is replaced, and which this property names; else None.
    """

    field: str
    before: JsonValue
    after: JsonValue
    replaces: bool
    because: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """What becomes of a resource.

    Attributes:
        action: `keep` is for one that leaves the graph and stays in the account.
        fields: Of a change and a replacement.
    """

    action: Action
    kind: str
    name: str
    fields: tuple[FieldChange, ...] = ()


def compare(before: RecordedGraph | None, after: RecordedGraph, rules: Rules) -> tuple[Change, ...]:
    """What leads from one graph to the other, in the order of the new graph, removals last.

    Args:
        before: What is deployed; None where nothing is.
        after: What is wanted.
        rules: Of the place.
    """
    old = {} if before is None else before.by_name()
    fields = {r.name: _fields(old.get(r.name), r, rules) for r in after.resources}
    _follow_replacements(after, fields, rules)
    present = [_change(old.get(r.name), r, fields[r.name]) for r in after.resources]
    if before is not None and dict(before.tags) != dict(after.tags):
        tags = FieldChange(
            field="tags", before=dict(before.tags), after=dict(after.tags), replaces=False
        )
        present.append(Change(action="change", kind="Tags", name="Tags", fields=(tags,)))
    wanted = after.by_name()
    gone = [_removal(record, rules) for name, record in old.items() if name not in wanted]
    return tuple(change for change in present if change is not None) + tuple(gone)


def _fields(old: Record | None, new: Record, rules: Rules) -> list[FieldChange]:
    if old is None:
        return []
    if old.kind != new.kind:
        return [FieldChange(field="kind", before=old.kind, after=new.kind, replaces=True)]
    replacing = rules.replacing.get(new.kind, frozenset())
    names = sorted(old.properties.keys() | new.properties.keys())
    pairs = [(name, old.properties.get(name), new.properties.get(name)) for name in names]
    return [
        FieldChange(field=name, before=was, after=will_be, replaces=name in replacing)
        for name, was, will_be in pairs
        if was != will_be
    ]


def _follow_replacements(
    after: RecordedGraph, fields: dict[str, list[FieldChange]], rules: Rules
) -> None:
    """Add the changes of those that name a resource that is replaced, until no more follow."""
    open_names = [name for name, found in fields.items() if _replaces(found)]
    while open_names:
        replaced = open_names.pop()
        for record in after.resources:
            was_replaced = _replaces(fields[record.name])
            fields[record.name] += _followers(record, replaced, fields[record.name], rules)
            if _replaces(fields[record.name]) and not was_replaced:
                open_names.append(record.name)


def _followers(
    record: Record, replaced: str, known: list[FieldChange], rules: Rules
) -> list[FieldChange]:
    replacing = rules.replacing.get(record.kind, frozenset())
    told = {change.field for change in known}
    return [
        FieldChange(
            field=name,
            before=value,
            after=value,
            replaces=name in replacing,
            because=replaced,
        )
        for name, value in record.properties.items()
        if name not in told and _names(value, replaced)
    ]


def _names(value: JsonValue, resource: str) -> bool:
    """Whether a value names a resource of the graph, alone or inside a text."""
    match value:
        case str():
            return value == resource or f"<id:{resource}>" in value
        case list():
            return any(_names(member, resource) for member in value)
        case dict():
            return any(_names(member, resource) for member in value.values())
        case _:
            return False


def _replaces(fields: list[FieldChange]) -> bool:
    return any(field.replaces for field in fields)


def _change(old: Record | None, new: Record, fields: list[FieldChange]) -> Change | None:
    if old is None:
        return Change(action="add", kind=new.kind, name=new.name)
    if not fields:
        return None
    action: Action = "replace" if _replaces(fields) else "change"
    return Change(action=action, kind=new.kind, name=new.name, fields=tuple(fields))


def _removal(record: Record, rules: Rules) -> Change:
    action: Action = "keep" if record.kind in rules.kept else "delete"
    return Change(action=action, kind=record.kind, name=record.name)
