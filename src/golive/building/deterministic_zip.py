"""A zip file whose bytes depend on nothing but its files.

Entries are sorted, dated 1980-01-01, of mode 0644 (0755 for programs), and compressed by zlib at
its highest level; another zlib may write other bytes, which unpack to the same files.
"""

from __future__ import annotations

import stat
import zipfile
from pathlib import Path

__all__ = ["unpack_zip", "write_zip"]

_DATE = (1980, 1, 1, 0, 0, 0)
_LEVEL = 9


def write_zip(root: Path, target: Path) -> None:
    """Write the files below a directory to a new zip file."""
    files = sorted(p.relative_to(root).as_posix() for p in root.rglob("*") if p.is_file())
    with zipfile.ZipFile(target, "x") as archive:
        for path in files:
            info = zipfile.ZipInfo(path, _DATE)
            info.create_system = 3
            info.external_attr = (stat.S_IFREG | _mode(root / path)) << 16
            data = (root / path).read_bytes()
            archive.writestr(info, data, zipfile.ZIP_DEFLATED, _LEVEL)


def unpack_zip(archive: Path, target: Path) -> None:
    """Unpack a zip file as AWS Lambda does: files with the modes that it says."""
    with zipfile.ZipFile(archive) as opened:
        for info in opened.infolist():
            placed = Path(opened.extract(info, target))
            placed.chmod(info.external_attr >> 16 & 0o777)


def _mode(file: Path) -> int:
    is_program = file.stat().st_mode & stat.S_IXUSR and ".so" not in file.suffixes
    return 0o755 if is_program else 0o644
