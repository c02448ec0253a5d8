"""Writing: a bundle appears whole at its destination, or not at all."""

from __future__ import annotations

import os
import zipfile
from datetime import UTC, datetime
from pathlib import Path

from golive import settings
from golive.bundle.archive import is_archive_name, write_archive
from golive.bundle.contents import BundleContents
from golive.bundle.golden import encode_golden
from golive.bundle.layout import (
    CARD,
    GOLDEN,
    MANIFEST,
    PROFILE,
    PROOF,
    REQUIREMENTS,
    SIGNATURE,
    is_bundle_path,
)
from golive.bundle.manifest import FORMAT_VERSION, FileEntry, Manifest
from golive.bundle.manifest_format import bundle_id, decode_manifest, encode_manifest
from golive.bundle.profile_format import encode_profile
from golive.bundle.proof_format import encode_proof
from golive.bundle.reading import Bundle, extraction_directory, open_bundle, read_manifest
from golive.bundle.requirements import encode_requirements
from golive.bundle.verification import file_states
from golive.errors import BundleError, PackError, UsageError
from golive.files import flush_directory, sha256_of, temporary_sibling, write_durably
from golive.signature.toml_format import dumps
from golive.version import VERSION

__all__ = ["check_destination", "write_bundle"]


def write_bundle(
    contents: BundleContents,
    destination: Path,
    *,
    created_at: datetime,
    cache: Path | None = None,
) -> Bundle:
    """Write a bundle, atomically; one that stands at the destination is replaced.

    Args:
        contents: What to write.
        destination: A directory to make, or a file if its name ends in `.zip`.
        created_at: When it was packed, with a time zone.
        cache: For a zip file, where it is extracted to be opened; see `open_bundle`.

    Raises:
        UsageError: Something else than a bundle stands at the destination, or it cannot be written
            to.
        PackError: JSON cannot hold a golden record or a number of the profile, or a path in
            `model_files` has no place in a bundle.
    """
    check_destination(destination)
    if is_archive_name(destination):
        extraction_directory(settings.cache_dir() if cache is None else cache)
    files = _files(contents)
    with temporary_sibling(destination) as scratch:
        staged = scratch / "bundle"
        manifest = _stage(contents, files, staged, created_at)
        if is_archive_name(destination):
            _place_archive(staged, destination, scratch)
        else:
            _place_directory(staged, destination, scratch)
    flush_directory(destination.parent)
    if is_archive_name(destination):
        return open_bundle(destination, cache=cache)
    return Bundle(path=destination.absolute(), manifest=manifest, source=destination.absolute())


def check_destination(destination: Path) -> None:
    """Check that a bundle can be written here: there is nothing, or an older bundle.

    The directory that it will stand in is made.

    Raises:
        UsageError: Something else is there, or nothing can be written there.
    """
    parent = destination.absolute().parent
    try:
        parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise UsageError(f"{parent} cannot be made: {error.strerror}.") from error
    if not os.access(parent, os.W_OK | os.X_OK):
        raise UsageError(f"{parent} cannot be written to.", hint="Choose another one with -o.")
    if not os.path.lexists(destination):
        return
    if not _is_replaceable(destination):
        raise UsageError(
            f"{destination} exists and is not a bundle, so it is not replaced.",
            hint="Choose another destination with -o, or move what is there.",
        )


def _is_replaceable(destination: Path) -> bool:
    if destination.is_symlink() or destination.is_dir() is is_archive_name(destination):
        return False
    try:
        if destination.is_dir():
            manifest, _ = read_manifest(destination)
            found = {path for path in file_states(destination) if "__pycache__/" not in path}
            return found <= manifest.files.keys() | {MANIFEST}
        with zipfile.ZipFile(destination) as archive:
            decode_manifest(archive.read(MANIFEST))
    except (BundleError, zipfile.BadZipFile, KeyError, NotImplementedError, OSError):
        return False
    return True


def _files(contents: BundleContents) -> dict[str, Path | bytes]:
    for path in contents.model_files:
        if not path.startswith(("model/", "code/")) or not is_bundle_path(path):
            raise PackError(f"{path!r} has no place in a bundle; files go to model/ and code/.")
    if contents.model.file not in contents.model_files:
        raise PackError(f"The model's file {contents.model.file!r} is not among the files.")
    try:
        golden, profile = encode_golden(contents.golden), encode_profile(contents.profile)
    except ValueError as error:
        raise PackError(f"Golden records and profile must be JSON values: {error}.") from error
    proof = {} if contents.proof is None else {PROOF: encode_proof(contents.proof)}
    return {
        **contents.model_files,
        **contents.program,
        **proof,
        SIGNATURE: dumps(contents.signature).encode(),
        REQUIREMENTS: encode_requirements(contents.requirements),
        GOLDEN: golden,
        PROFILE: profile,
        CARD: contents.card.encode(),
    }


def _stage(
    contents: BundleContents, files: dict[str, Path | bytes], staged: Path, created_at: datetime
) -> Manifest:
    for path, content in files.items():
        write_durably(staged / path, content)
    entries = {
        path: FileEntry(sha256=sha256_of(staged / path), size=(staged / path).stat().st_size)
        for path in sorted(files)
    }
    manifest = Manifest(
        format_version=FORMAT_VERSION,
        id=bundle_id(entries, contents.model),
        name=contents.name,
        model=contents.model,
        files=entries,
        python_version=contents.python_version,
        golive_version=VERSION,
        created_at=created_at.astimezone(UTC).isoformat(timespec="seconds"),
        tolerance=contents.tolerance,
        git_commit=contents.git_commit,
        data_sha256=contents.data_sha256,
        notes=contents.notes,
        answers="compiled" if contents.program else "original",
        answers_because=contents.answers_because,
    )
    data = encode_manifest(manifest)
    write_durably(staged / MANIFEST, data)
    for directory in (staged, *(path for path in staged.rglob("*") if path.is_dir())):
        flush_directory(directory)
    return decode_manifest(data)


def _place_archive(staged: Path, destination: Path, scratch: Path) -> None:
    archive = scratch / "bundle.zip"
    write_archive(staged, archive)
    with archive.open("rb") as file:
        os.fsync(file.fileno())
    archive.replace(destination)


def _place_directory(staged: Path, destination: Path, scratch: Path) -> None:
    if not destination.exists():
        staged.rename(destination)
        return
    aside = scratch / "replaced"
    destination.rename(aside)
    try:
        staged.rename(destination)
    except OSError:
        aside.rename(destination)
        raise
