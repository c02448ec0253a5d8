"""Reading: a bundle is opened after every one of its files was found to be the one packed.

Nothing in a bundle is executed here.
"""

from __future__ import annotations

import hashlib
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from golive import settings
from golive.bundle.golden import GoldenRecord, decode_golden
from golive.bundle.layout import (
    CARD,
    GOLDEN,
    LEFT_OUT,
    MANIFEST,
    PROFILE,
    PROOF,
    REQUIREMENTS,
    SIGNATURE,
)
from golive.bundle.manifest import Manifest
from golive.bundle.manifest_format import decode_manifest
from golive.bundle.profile import Profile
from golive.bundle.profile_format import decode_profile
from golive.bundle.requirements import decode_requirements
from golive.bundle.stamps import Stamp, Stamps
from golive.bundle.verification import FileState, file_states, verify_hashes, verify_listing
from golive.errors import BundleCorruptError, BundleError, UsageError
from golive.files import private_directory, sha256_of, temporary_sibling
from golive.signature.model import Signature
from golive.signature.toml_reading import loads

if TYPE_CHECKING:
    from golive.bundle.proof import Proof

__all__ = ["Bundle", "extraction_directory", "open_bundle", "read_manifest"]


class Bundle(msgspec.Struct, frozen=True, dict=True):
    """An opened bundle; its parts are read when they are asked for, and checked again then.

    Attributes:
        path: The directory of its files; for a bundle in one file, where they were extracted.
        manifest: What is in it.
        source: What was opened: the directory, or the zip file.
        left_out: Files of the manifest that are not there, in the bundle of a package such as one
            for AWS Lambda: it answers without them.
    """

    path: Path
    manifest: Manifest
    source: Path
    left_out: frozenset[str] = frozenset()

    @property
    def name(self) -> str:
        """The model's name."""
        return self.manifest.name

    @property
    def version(self) -> str:
        """The short id: the first 12 digits of the id."""
        return self.manifest.id[:12]

    @cached_property
    def signature(self) -> Signature:
        """What the model takes and gives."""
        return loads(self._text(SIGNATURE))

    @cached_property
    def golden(self) -> tuple[GoldenRecord, ...]:
        """The golden records."""
        return decode_golden(self._read(GOLDEN))

    @cached_property
    def profile(self) -> Profile:
        """The reference profile."""
        return decode_profile(self._read(PROFILE))

    @cached_property
    def proof(self) -> Proof | None:
        """How the compiled program compares with the original.

        None if it was not compiled, or
        the proof was left out.
        """
        if PROOF not in self.manifest.files or PROOF in self.left_out:
            return None
        from golive.bundle.proof_format import decode_proof  # nobody reads it to answer

        return decode_proof(self._read(PROOF))

    @cached_property
    def card(self) -> str:
        """The text of the model card."""
        return self._text(CARD)

    @cached_property
    def requirements(self) -> tuple[str, ...]:
        """The exact requirements, such as `scikit-learn==1.5.2`."""
        return decode_requirements(self._text(REQUIREMENTS))

    def _text(self, file: str) -> str:
        try:
            return self._read(file).decode()
        except UnicodeDecodeError as error:
            raise BundleError(f"{file} of the bundle is not UTF-8 text.") from error

    def _read(self, file: str) -> bytes:
        data = (self.path / file).read_bytes()
        if hashlib.sha256(data).hexdigest() != self.manifest.files[file].sha256:
            raise BundleCorruptError(
                f"{file} changed after the bundle {self.path} was opened.", file=file
            )
        return data


def open_bundle(
    path: Path,
    *,
    verify_all: bool = False,
    cache: Path | None = None,
    sha256: str | None = None,
    is_noted: bool = True,
) -> Bundle:
    """Open a bundle, a directory or a zip file, after verifying it.

    Args:
        path: The bundle.
        verify_all: Compute every hash, also if a stamp says that it was done before.
        cache: Where stamps and extracted archives are kept; None: `golive.settings.cache_dir()`.
        sha256: Of a zip file, where it has just been computed.
        is_noted: Whether that a directory was verified is noted in the cache for the next time.

    Raises:
        UsageError: There is nothing at `path`.
        BundleCorruptError: A file is missing, added, or not the one that was packed.
        BundleFormatError: Its format is newer than this golive knows.
    """
    cache = settings.cache_dir() if cache is None else cache
    try:
        if path.is_dir():
            stamps = Stamps(cache) if is_noted else None
            return _open_directory(path, path, verify_all=verify_all, stamps=stamps)
        if path.is_file():
            return _open_archive(
                path, sha256 or sha256_of(path), verify_all=verify_all, cache=cache
            )
    except BundleCorruptError as error:
        message = f"{path}: {error.message}"
        raise BundleCorruptError(message, file=error.file, hint=error.hint) from error
    raise UsageError(
        f"There is no bundle at {path}.", hint=f"golive pack MODEL --data train.csv -o {path}"
    )


def read_manifest(root: Path) -> tuple[Manifest, str]:
    """The manifest of a bundle's directory and the SHA-256 of its bytes; no file is verified.

    Raises:
        BundleCorruptError: It is missing or changed.
        BundleFormatError: Its format is newer than this golive knows.
    """
    file = root / MANIFEST
    if file.is_symlink() or not file.is_file():
        raise BundleCorruptError(
            f"This is no bundle, or not a whole one: it has no {MANIFEST}.",
            file=MANIFEST,
            hint="Give the path that was printed by: golive pack MODEL --data DATA",
        )
    data = file.read_bytes()
    return decode_manifest(data), hashlib.sha256(data).hexdigest()


def extraction_directory(cache: Path) -> Path:
    """The private directory of the cache that archives are extracted to.

    Raises:
        UsageError: It cannot be made, or others can write to it.
    """
    try:
        return private_directory(cache / "extracted")
    except OSError as error:
        raise UsageError(
            f"No bundle in one file can be opened: the cache {cache} cannot be used ({error}).",
            hint="Set GOLIVE_CACHE_DIR to a directory of your own, or unzip the bundle.",
        ) from error


def _open_directory(root: Path, source: Path, *, verify_all: bool, stamps: Stamps | None) -> Bundle:
    manifest, manifest_sha256 = read_manifest(root)
    started_ns = 0 if stamps is None else stamps.now_ns()
    states = file_states(root)
    left_out = _left_out(root, manifest, states)
    verify_listing(manifest, states, left_out=left_out)
    stamp = Stamp(id=manifest.id, manifest_sha256=manifest_sha256, files=states)
    if stamps is None:
        verify_hashes(root, manifest, left_out=left_out)
    elif verify_all or not stamps.holds(root, stamp):
        verify_hashes(root, manifest, left_out=left_out)
        stamps.record(root, stamp, started_ns=started_ns)
    return Bundle(
        path=root.absolute(), manifest=manifest, source=source.absolute(), left_out=left_out
    )


def _left_out(root: Path, manifest: Manifest, states: dict[str, FileState]) -> frozenset[str]:
    """The files that are absent on purpose."""
    if LEFT_OUT not in states:
        return frozenset()
    from golive.bundle.left_out import read_left_out  # only bundles in packages are without any

    return read_left_out(root, manifest) - states.keys()


def _open_archive(archive: Path, sha256: str, *, verify_all: bool, cache: Path) -> Bundle:
    root = extraction_directory(cache) / sha256
    if not root.is_dir():
        _extract(archive, root)
    return _open_directory(root, archive, verify_all=verify_all, stamps=Stamps(cache))


def _extract(archive: Path, root: Path) -> None:
    """Extract to `root`, but only what was verified to the last byte."""
    from golive.bundle.archive import check_archive, extract_archive

    with temporary_sibling(root) as scratch:
        extracted = scratch / "bundle"
        extract_archive(archive, extracted)
        manifest, _ = read_manifest(extracted)
        verify_listing(manifest, file_states(extracted))
        verify_hashes(extracted, manifest)
        check_archive(archive, extracted, scratch / "again.zip")
        try:
            extracted.rename(root)
        except OSError:
            if not root.is_dir():  # else another process was faster
                raise
