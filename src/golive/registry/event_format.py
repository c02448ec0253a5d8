"""An event's bytes: canonical JSON with a checksum over everything else in it."""

from __future__ import annotations

import hashlib

import msgspec

from golive.bundle.encoding import compact_json, indented_json
from golive.registry.errors import HistoryCorruptError
from golive.registry.events import FORMAT_VERSION, Event
from golive.signature.model import JsonValue

__all__ = ["decode_event", "digest_of", "encode_event"]

_Raw = dict[str, JsonValue]


def encode_event(event: Event) -> bytes:
    """The bytes of an event."""
    raw: _Raw = msgspec.to_builtins(event)
    return indented_json({**raw, "checksum": _checksum(raw)})


def decode_event(data: bytes, *, name: str) -> Event:
    """The event of some bytes.

    Args:
        data: The bytes.
        name: Of where they lie, for messages.

    Raises:
        HistoryCorruptError: They are not what was written, to the last byte, or of a format
            that this golive does not know.
    """
    try:
        raw = msgspec.json.decode(data, type=_Raw)
    except (msgspec.DecodeError, UnicodeError, RecursionError) as error:
        raise _changed(name) from error
    version, checksum = raw.get("format_version"), raw.pop("checksum", None)
    if checksum != _checksum(raw):
        raise _changed(name)
    if version != FORMAT_VERSION:
        raise HistoryCorruptError(
            f"{name} has format {version!r}; this golive knows format {FORMAT_VERSION}.",
            hint="pip install --upgrade golive",
        )
    try:
        event = msgspec.convert(raw, Event)
    except msgspec.ValidationError as error:
        raise _changed(name) from error
    if encode_event(event) != data:
        raise _changed(name)
    return event


def digest_of(data: bytes) -> str:
    """What the next event says in `after`: the SHA-256 of an event's bytes."""
    return hashlib.sha256(data).hexdigest()


def _checksum(raw: _Raw) -> str:
    try:
        return hashlib.sha256(compact_json(raw)).hexdigest()
    except ValueError:
        return ""


def _changed(name: str) -> HistoryCorruptError:
    return HistoryCorruptError(
        f"{name} is not what was written: the registry's history was changed or damaged.",
        hint="Restore that file from a backup of the registry; golive goes on with nothing less.",
    )
