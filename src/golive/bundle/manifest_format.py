"""The manifest's bytes: canonical JSON with a checksum over everything else in it."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping

import msgspec

from golive.bundle.encoding import compact_json, indented_json
from golive.bundle.layout import MANIFEST, OUTSIDE_ID, PROGRAM_FILES, REQUIRED, is_bundle_path
from golive.bundle.manifest import FileEntry, Manifest, ModelSpec
from golive.bundle.upgrades import upgrade
from golive.errors import BundleCorruptError, BundleFormatError
from golive.signature.model import JsonValue

__all__ = ["bundle_id", "decode_manifest", "encode_manifest"]

_ABSENT_WITHOUT_VALUE = ("backend",)  # younger than the first bundles, whose ids must not change


def bundle_id(files: Mapping[str, FileEntry], model: ModelSpec) -> str:
    """The id of a bundle: SHA-256 over how its model is loaded and over its files' hashes.

    Neither the card nor anything else in the manifest (name, dates, commit) is part of it.
    """
    hashes = sorted((path, entry.sha256) for path, entry in files.items() if path not in OUTSIDE_ID)
    values = {"files": hashes, "model": _model_values(model)}
    return hashlib.sha256(compact_json(values)).hexdigest()


def encode_manifest(manifest: Manifest) -> bytes:
    """The bytes of manifest.json."""
    raw = _values(msgspec.convert(msgspec.to_builtins(manifest), Manifest))
    return indented_json({**raw, "checksum": _checksum(raw)})


def decode_manifest(data: bytes) -> Manifest:
    """The manifest of the bytes of manifest.json.

    Raises:
        BundleCorruptError: A byte is not as it was written, or an entry cannot be.
        BundleFormatError: The format is newer than this golive knows.
    """
    raw = _decode_envelope(data)
    upgraded = upgrade(raw)
    try:
        manifest = msgspec.convert(upgraded, Manifest)
    except msgspec.ValidationError as error:
        raise _corrupt(str(error)) from error
    if compact_json(_values(manifest)) != compact_json(upgraded):
        raise BundleFormatError("manifest.json has entries that this golive does not know.")
    _check_entries(manifest)
    return manifest


def _values(manifest: Manifest) -> dict[str, JsonValue]:
    return {**msgspec.to_builtins(manifest), "model": _model_values(manifest.model)}


def _model_values(model: ModelSpec) -> dict[str, JsonValue]:
    values: dict[str, JsonValue] = msgspec.to_builtins(model)
    return {k: v for k, v in values.items() if v is not None or k not in _ABSENT_WITHOUT_VALUE}


def _decode_envelope(data: bytes) -> dict[str, JsonValue]:
    """The checked content: canonical bytes, right checksum. The same in every format version."""
    try:
        raw = msgspec.json.decode(data, type=dict[str, JsonValue])
        canonical = indented_json(raw)
    except (msgspec.DecodeError, ValueError, RecursionError) as error:
        raise _corrupt(str(error)) from error
    checksum = raw.pop("checksum", None)
    if canonical != data or checksum != _checksum(raw):
        raise _corrupt("its checksum differs")
    return raw


def _checksum(raw: dict[str, JsonValue]) -> str:
    return hashlib.sha256(compact_json(raw)).hexdigest()


def _check_entries(manifest: Manifest) -> None:
    for path in manifest.files:
        if not is_bundle_path(path):
            raise BundleCorruptError(
                f"manifest.json names {path!r}, which is no path inside a bundle.", file=path
            )
    needed = REQUIRED | {manifest.model.file}
    if manifest.answers == "compiled":
        needed |= PROGRAM_FILES
    elif PROGRAM_FILES & manifest.files.keys():
        raise _corrupt("it has a compiled program, and says that the original answers")
    if absent := sorted(needed - manifest.files.keys()):
        raise _corrupt(f"it has no entry for {absent[0]}")
    if manifest.id != bundle_id(manifest.files, manifest.model):
        raise _corrupt("its id is not that of its files")


def _corrupt(reason: str) -> BundleCorruptError:
    return BundleCorruptError(
        f"{MANIFEST} is not the one that was packed: {reason}.",
        file=MANIFEST,
        hint="Get the bundle again from where it was packed.",
    )
