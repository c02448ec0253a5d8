"""The archive: a bundle as one zip file whose bytes depend on nothing but its files.

Entries are sorted, stored without compression (compressors differ between versions), dated
1980-01-01 and of mode 0644. So an archive can be checked to the last byte by making it again.
"""

from __future__ import annotations

import shutil
import stat
import zipfile
from pathlib import Path

from golive.bundle.layout import MANIFEST, is_bundle_path
from golive.errors import BundleCorruptError
from golive.files import sha256_of

__all__ = ["check_archive", "extract_archive", "is_archive_name", "write_archive"]

_DATE = (1980, 1, 1, 0, 0, 0)
_CHUNK = 1 << 20


def is_archive_name(path: Path) -> bool:
    """Whether a bundle of this name is one file."""
    return path.suffix.lower() == ".zip"


def write_archive(root: Path, target: Path) -> None:
    """Write the files under `root` to a new zip file."""
    files = sorted(p.relative_to(root).as_posix() for p in root.rglob("*") if p.is_file())
    with zipfile.ZipFile(target, "x", zipfile.ZIP_STORED) as archive:
        for path in files:
            info = zipfile.ZipInfo(path, _DATE)
            info.create_system = 3
            info.external_attr = (stat.S_IFREG | 0o644) << 16
            info.file_size = (root / path).stat().st_size
            with (root / path).open("rb") as source, archive.open(info, "w") as entry:
                shutil.copyfileobj(source, entry, _CHUNK)


def extract_archive(archive: Path, target: Path) -> None:
    """Write the files of a zip to the new directory `target`, none of them outside it.

    Nothing is written before all entries were found to be a bundle's, and no larger than the zip.

    Raises:
        BundleCorruptError: It is no zip file, or not one that `write_archive` makes.
    """
    if not zipfile.is_zipfile(archive):
        raise BundleCorruptError(
            "This is no bundle: neither a directory nor a whole zip file.",
            file=archive.name,
            hint="Give the path that was printed by: golive pack MODEL --data DATA",
        )
    try:
        with zipfile.ZipFile(archive) as opened:
            entries = opened.infolist()
            _check_entries(entries, archive)
            for entry in entries:
                _extract(opened, entry, target)
    except (zipfile.BadZipFile, NotImplementedError, EOFError, UnicodeError, ValueError) as error:
        raise _foreign(archive, f"it cannot be read: {error}") from error


def check_archive(archive: Path, root: Path, scratch: Path) -> None:
    """Check that a zip has the very bytes that the files under `root` make.

    Args:
        archive: The zip file.
        root: The directory it was extracted to.
        scratch: A path for a temporary file.

    Raises:
        BundleCorruptError: It has other bytes, such as a changed header.
    """
    write_archive(root, scratch)
    same = sha256_of(scratch) == sha256_of(archive)
    scratch.unlink()
    if not same:
        raise _foreign(archive, "its headers differ")


def _check_entries(entries: list[zipfile.ZipInfo], archive: Path) -> None:
    names = [entry.filename for entry in entries]
    if len(set(names)) != len(names):
        raise _foreign(archive, "it names a file twice")
    for entry in entries:
        name = entry.filename
        if name != MANIFEST and not is_bundle_path(name):
            raise BundleCorruptError(
                f"The archive holds {name!r}, which is no path inside a bundle.", file=name
            )
        if entry.header_offset < 0:  # a changed end of the archive moves all entries
            raise _foreign(archive, f"its entry {entry.filename!r} begins before the file does")
        if entry.compress_type != zipfile.ZIP_STORED or entry.flag_bits & 0x1:
            raise _foreign(archive, f"{name} in it is compressed or encrypted")
    if sum(entry.file_size for entry in entries) > archive.stat().st_size:
        raise _foreign(archive, "it claims to hold more than it has bytes")


def _extract(opened: zipfile.ZipFile, entry: zipfile.ZipInfo, target: Path) -> None:
    path = target / entry.filename
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        with opened.open(entry) as source, path.open("xb") as file:
            shutil.copyfileobj(source, file, _CHUNK)
    except (zipfile.BadZipFile, EOFError) as error:
        raise BundleCorruptError(
            f"{entry.filename} is not the file that was packed: {error}.",
            file=entry.filename,
            hint="Get the bundle again from where it was packed.",
        ) from error


def _foreign(archive: Path, reason: str) -> BundleCorruptError:
    return BundleCorruptError(
        f"{archive.name} is not as golive writes it: {reason}.",
        file=archive.name,
        hint="Get the bundle again; one that was zipped by hand must be unzipped and opened as "
        "a directory.",
    )
