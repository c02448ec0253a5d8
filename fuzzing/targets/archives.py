"""Archives: bundles that are one file, which write nothing outside their directory."""

from __future__ import annotations

import tempfile
from pathlib import Path

from fuzzing.seeds import SAMPLES
from fuzzing.target import BrokenError, Target, verdict_of
from golive.bundle.archive import check_archive, extract_archive
from golive.bundle.reading import read_manifest
from golive.bundle.verification import file_states, verify_hashes, verify_listing
from golive.errors import BundleError

__all__ = ["TARGETS"]

_MEMORY = "/dev/shm" if Path("/dev/shm").is_dir() else None


def check(data: bytes) -> None:
    """A zip is extracted inside its directory, and only the very one that was packed is taken."""
    with tempfile.TemporaryDirectory(dir=_MEMORY) as directory:
        folder = Path(directory)
        archive, target = folder / "bundle.zip", folder / "extracted"
        archive.write_bytes(data)
        verdict = verdict_of(lambda: _opened(archive, target), BundleError)
        beside = {path.name for path in folder.iterdir()} - {"bundle.zip", "extracted"}
        if beside:
            raise BrokenError(f"{sorted(beside)} was written beside the directory: {verdict}")
        if verdict == "None" and data not in _PACKED:
            raise BrokenError("an archive that nobody packed was taken for one that was")


def _opened(archive: Path, target: Path) -> None:
    extract_archive(archive, target)
    manifest, _ = read_manifest(target)
    verify_listing(manifest, file_states(target))
    verify_hashes(target, manifest)
    check_archive(archive, target, archive.with_name("again.zip"))


_PACKED = tuple(path.read_bytes() for path in sorted(SAMPLES.glob("*.zip")))

TARGETS = {
    "archive": Target(
        about="bundles that are one file",
        check=check,
        seeds=_PACKED,
        words=(
            b"PK\x03\x04",
            b"PK\x01\x02",
            b"PK\x05\x06",
            b"../",
            b"/",
            b"\x00",
            b"manifest.json",
        ),
        longest=max(map(len, _PACKED)) + 100,
    )
}
