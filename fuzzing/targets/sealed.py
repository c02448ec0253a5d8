"""Sealed files: manifests and events, as they come and with their checksums made right again."""

from __future__ import annotations

import hashlib
import json
from typing import Any

import msgspec

from fuzzing.seeds import sample_files
from fuzzing.target import BrokenError, Target, same_twice
from golive.bundle.encoding import compact_json, indented_json
from golive.bundle.manifest import FileEntry, ModelSpec
from golive.bundle.manifest_format import bundle_id, decode_manifest, encode_manifest
from golive.errors import BundleError
from golive.registry.errors import HistoryCorruptError
from golive.registry.event_format import decode_event, digest_of, encode_event
from golive.registry.events import Collected, Content, Event, Moved, Pushed, What
from golive.registry.history import EMPTY, History, follow

__all__ = ["TARGETS", "sealed"]


def sealed(data: bytes) -> bytes | None:
    """The JSON object in its canonical spelling, with the checksum that fits; None if it is none.

    Without this no changed input would get past the checksum.
    """
    try:
        raw = msgspec.json.decode(data)
        if not isinstance(raw, dict):
            return None
        raw.pop("checksum", None)
        checksum = hashlib.sha256(compact_json(raw)).hexdigest()
        return indented_json({**raw, "checksum": checksum})
    except (msgspec.DecodeError, UnicodeError, ValueError, RecursionError):
        return None


def check_event(data: bytes) -> None:
    """An event is refused, or is written as it was read; so is what follows from it."""
    for each in (data, sealed(data)):
        if each is not None:
            same_twice(lambda each=each: _event(each), HistoryCorruptError)  # type: ignore[misc]


def _event(data: bytes) -> History:
    event = decode_event(data, name="games/history/00000001.json")
    if encode_event(event) != data:
        raise BrokenError("the event is written otherwise than it was read")
    return follow(follow(EMPTY, _FIRST, ""), event, digest_of(data))


def check_manifest(data: bytes) -> None:
    """A manifest is refused, or reads the same when it is written again."""
    for each in (data, sealed(data), _identified(data)):
        if each is not None:
            same_twice(lambda each=each: _manifest(each), BundleError)  # type: ignore[misc]


def _manifest(data: bytes) -> object:
    manifest = decode_manifest(data)
    if decode_manifest(encode_manifest(manifest)) != manifest:
        raise BrokenError("the manifest reads otherwise when it is written again")
    return manifest


def _identified(data: bytes) -> bytes | None:
    """As `sealed`, with the id that fits the files, too."""
    try:
        raw: Any = json.loads(data)
        files = msgspec.convert(raw["files"], dict[str, FileEntry])
        return sealed(json.dumps({**raw, "id": bundle_id(files, _spec(raw))}).encode())
    except (ValueError, KeyError, TypeError, RecursionError, UnicodeError):
        return None


def _spec(raw: Any) -> ModelSpec:
    return msgspec.convert(raw["model"], ModelSpec)


def _event_of(what: What, number: int = 2, after: str = "") -> Event:
    return Event(number=number, what=what, at="2026-11-01", by="ada", after=after, nonce="d")


_PUSHED = Pushed(
    version=1, content=Content(id="a" * 64, sha256="b" * 64, size=9, key="bundles/b.zip")
)
_FIRST = _event_of(_PUSHED, number=1)
_WHATS: tuple[What, ...] = (
    _PUSHED,
    msgspec.structs.replace(_PUSHED, version=2),
    Moved(alias="prod", version=1, evidence={"verdict": "better", "difference": [0.1, 0.2]}),
    Moved(alias="prod", version=None, is_rollback=True),
    Collected(versions=(1, 2), keys=("bundles/x.zip",)),
)
_WORDS = (
    b'"checksum"', b'"format_version"', b'"number"', b'"type"', b'"pushed"', b'"moved"',
    b'"collected"', b'"version"', b'"files"', b'"model"', b'"sha256"', b"null", b"1e400", b"1.0",
    b"-0", b"{}", b"[]", b"\\ud800", b"[[[[[[[[",
)  # fmt: skip

TARGETS = {
    "events": Target(
        about="events of a registry's history, and what follows from them",
        check=check_event,
        seeds=tuple(encode_event(_event_of(what)) for what in _WHATS),
        words=_WORDS,
    ),
    "manifest": Target(
        about="manifests of bundles",
        check=check_manifest,
        seeds=sample_files("manifest.json"),
        words=_WORDS,
        longest=8192,
    ),
}
