"""Changes of the input side of a signature, and whether they break a caller of the old one."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from golive.checking.difference import Change, Effect
from golive.checking.schema_changes import schema_changes
from golive.signature.model import Column, JsonValue, Lookup, Signature

__all__ = ["input_changes"]

_WIDENED = {
    ("integer", "number"),
    ("boolean", "integer"),
    ("boolean", "number"),
    ("string", "text"),
    ("text", "string"),
    ("category", "string"),
    ("category", "text"),
}
"""Old and new types of which every accepted value of the old one is accepted by the new one."""

_FORMS = ("shape", "pixel_mode", "pixel_scale", "pixel_layout")
_LIMITS = ("max_bytes", "max_pixels")
_WORDS = ("description", "example", "dtype", "default", "null_as")


def input_changes(before: Signature, after: Signature) -> Iterator[Change]:
    """What a caller of `before` meets when asking `after`."""
    if "object" in (before.form, after.form):
        yield from _object_changes(before, after)
        return
    old = {column.name: column for column in before.columns}
    new = {column.name: column for column in after.columns}
    for name in [n for n in old if n not in new]:
        yield _removed(old[name], after)
    for name, column in new.items():
        if name in old:
            yield from _column_changes(old[name], column)
        else:
            yield _added(column, before, after)
    yield from _lookup_changes(before, after)
    yield from _feature_changes(before, after)
    if before.on_extra != after.on_extra:
        effect: Effect = "breaking" if after.on_extra == "error" else "compatible"
        yield _change("", effect, "columns of no model", before.on_extra, after.on_extra)


def _object_changes(before: Signature, after: Signature) -> Iterator[Change]:
    if before.form != after.form:
        message = "the request has another form"
        yield _change("", "breaking", message, before.form, after.form)
        return
    for place, effect, message in schema_changes(before.json_schema or {}, after.json_schema or {}):
        yield _change(place, effect, message)


def _removed(column: Column, after: Signature) -> Change:
    if after.on_extra == "error":
        message = "removed, and columns that are not in the signature are errors"
        return _change(column.name, "breaking", message, column.type)
    return _change(column.name, "compatible", "removed; callers may still send it", column.type)


def _added(column: Column, before: Signature, after: Signature) -> Change:
    source = _sources(after).get(column.name)
    if source is not None:
        return _answered_now(column.name, source, before)
    lookup = _lookups(after).get(column.name)
    if lookup is not None:
        is_known = lookup.key in (*before.column_names, *before.key_names)
        message = f"new, and looked up by {lookup.key} ({column.type})"
        effect: Effect = "compatible" if is_known else "breaking"
        return _change(column.name, effect, message, None, column.type)
    if _takes_absence(column):
        message = f"new, and may be missing ({column.type})"
        return _change(column.name, "compatible", message, None, column.type)
    return _change(column.name, "breaking", f"new and required ({column.type})", None, column.type)


def _lookup_changes(before: Signature, after: Signature) -> Iterator[Change]:
    """Columns that both have, of which one has them looked up, or by another key."""
    old, new = _lookups(before), _lookups(after)
    for column in after.columns:
        name, was, now = column.name, old.get(column.name), new.get(column.name)
        if was is not None and now is None:
            effect: Effect = "compatible" if _takes_absence(column) else "breaking"
            yield _change(name, effect, f"no longer looked up by {was.key}", was.key)
        elif was is not None and now is not None and was.key != now.key:
            message = f"looked up by {now.key}, and by {was.key} before"
            yield _change(name, "breaking", message, was.key, now.key)
        elif now is not None and was is None and name in before.column_names:
            yield _looked_up_now(before, name, now)


def _looked_up_now(before: Signature, name: str, lookup: Lookup) -> Change:
    """Who sent neither the column nor the key, and was answered with a default, is not any more."""
    old = {column.name: column for column in before.columns}
    if _takes_absence(old[name]) and lookup.key not in old:
        message = f"looked up where it is not sent, which takes the key {lookup.key}"
        return _change(name, "breaking", message, None, lookup.key)
    message = f"looked up by {lookup.key} where it is not sent"
    return _change(name, "compatible", message, None, lookup.key)


def _feature_changes(before: Signature, after: Signature) -> Iterator[Change]:
    """Columns that both have, and that another model answers in one of them."""
    old, new = _sources(before), _sources(after)
    for column in after.columns:
        name, was, now = column.name, old.get(column.name), new.get(column.name)
        if was is not None and now is None:
            effect: Effect = "compatible" if _takes_absence(column) else "breaking"
            yield _change(name, effect, f"no longer answered by {was}", was)
        elif now is not None and now != was and name in before.column_names:
            yield _answered_now(name, now, before)


def _answered_now(name: str, source: str, before: Signature) -> Change:
    """Callers have to send what the source takes, unless they did before."""
    is_known = source in _sources(before).values()
    message = f"answered by {source}" + ("" if is_known else ", whose columns have to be sent")
    return _change(name, "compatible" if is_known else "breaking", message, None, source)


def _sources(signature: Signature) -> dict[str, str]:
    """The model that answers each column that one does."""
    return {column: source.model for source in signature.features for column in source.outputs}


def _lookups(signature: Signature) -> dict[str, Lookup]:
    """The lookup of each column that has one."""
    return {name: lookup for lookup in signature.lookups for name in lookup.columns}


def _column_changes(old: Column, new: Column) -> Iterator[Change]:
    name = old.name
    if old.type != new.type:
        widened = (old.type, new.type) in _WIDENED or _takes_any_text(old, new)
        effect: Effect = "compatible" if widened else "breaking"
        yield _change(name, effect, f"type {old.type} → {new.type}", old.type, new.type)
    yield from _acceptance_changes(old, new)
    if old.type == new.type:
        yield from _category_changes(old, new)
        yield from _range_changes(old, new)
    if old.type == new.type == "vector" and old.dimensions != new.dimensions:
        shapes = [_shown_shape(column) for column in (old, new)]
        yield _change(name, "breaking", f"shape {shapes[0]} → {shapes[1]}", *shapes)
    for key in _FORMS if new.type == "image" else ():
        before, after = _plain(getattr(old, key)), _plain(getattr(new, key))
        if before != after:
            words = f"{key} {before} → {after}; images are converted as before"
            yield _change(name, "compatible", words, before, after)
    for key in _LIMITS:
        before, after = getattr(old, key), getattr(new, key)
        if before != after:
            lower = after is not None and (before is None or after < before)
            effect = "breaking" if lower else "compatible"
            yield _change(name, effect, f"{key} {before} → {after}", before, after)
    for key in _WORDS:
        before, after = getattr(old, key), getattr(new, key)
        if before != after:
            yield _change(name, "compatible", f"another {key}", before, after)


def _shown_shape(column: Column) -> str:
    return " x ".join("any" if size is None else str(size) for size in column.dimensions)


def _takes_any_text(old: Column, new: Column) -> bool:
    texts = old.type in ("string", "text") and new.type == "category"
    return texts and new.on_unseen != "error" and all(isinstance(c, str) for c in new.categories)


def _acceptance_changes(old: Column, new: Column) -> Iterator[Change]:
    """Nulls, absence, unknown categories and infinities: taken before, and now not."""
    pairs = (
        ("on_null", "null", old.on_null != "error", new.on_null != "error"),
        ("on_missing", "missing", _takes_absence(old), _takes_absence(new)),
        ("on_unseen", "an unknown category", _takes_unseen(old), _takes_unseen(new)),
        ("on_non_finite", "1e400", old.on_non_finite == "null", new.on_non_finite == "null"),
    )
    for key, words, took, takes in pairs:
        before, after = getattr(old, key), getattr(new, key)
        if key == "on_unseen" and "category" not in (old.type, new.type):
            continue
        if took and not takes:
            message = f"{words} was accepted and is an error now"
            yield _change(old.name, "breaking", message, before, after)
        elif takes and not took:
            message = f"{words} was an error and is accepted now"
            yield _change(old.name, "compatible", message, before, after)
        elif before != after:
            message = f"{key} {before} → {after}"
            yield _change(old.name, "compatible", message, before, after)


def _takes_absence(column: Column) -> bool:
    if column.on_missing == "null":
        return column.on_null != "error"
    return column.on_missing == "default"


def _takes_unseen(column: Column) -> bool:
    if column.on_unseen == "null":
        return column.on_null != "error"
    return column.on_unseen == "pass"


def _category_changes(old: Column, new: Column) -> Iterator[Change]:
    gone = [value for value in old.categories if not _is_among(value, new.categories)]
    come = [value for value in new.categories if not _is_among(value, old.categories)]
    if gone:
        effect: Effect = "compatible" if _takes_unseen(new) else "breaking"
        message = f"{len(gone)} categories are gone: {_listed(gone)}"
        yield _change(old.name, effect, message, gone)
    if come:
        message = f"{len(come)} categories are new: {_listed(come)}"
        yield _change(old.name, "compatible", message, None, come)


def _is_among(value: JsonValue, values: tuple[JsonValue, ...]) -> bool:
    return any(type(value) is type(each) and value == each for each in values)


def _range_changes(old: Column, new: Column) -> Iterator[Change]:
    if old.on_range != new.on_range:
        effect: Effect = "breaking" if new.on_range == "error" else "compatible"
        message = "values outside the range " + (
            "are errors now" if new.on_range == "error" else "pass now"
        )
        yield _change(old.name, effect, message, old.on_range, new.on_range)
    before, after = [old.minimum, old.maximum], [new.minimum, new.maximum]
    if before != after:
        narrower = _is_above(new.minimum, old.minimum) or _is_above(old.maximum, new.maximum)
        both = old.on_range == new.on_range == "error"
        effect = "breaking" if narrower and both else "compatible"
        message = f"range {before[0]} … {before[1]} → {after[0]} … {after[1]}"
        yield _change(old.name, effect, message, before, after)


def _is_above(value: JsonValue, other: JsonValue) -> bool:
    """Whether a bound lies above another; one that is not there binds nothing."""
    return value is not None and (other is None or value > other)


def _listed(values: list[JsonValue]) -> str:
    shown = ", ".join(map(repr, values[:5]))
    return shown if len(values) <= 5 else f"{shown}, …"


def _plain(value: Any) -> JsonValue:
    return list(value) if isinstance(value, tuple) else value


def _change(
    subject: str, effect: Effect, message: str, before: JsonValue = None, after: JsonValue = None
) -> Change:
    return Change(
        area="input", subject=subject, effect=effect, message=message, before=before, after=after
    )
