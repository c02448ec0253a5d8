"""Stripping: shared libraries of packages lose symbols that only debuggers and linkers read.

What a wheel was repaired with (`patchelf`) moves parts of a file in ways that `strip` may break:
libraries in `*.libs/` are never touched, and what strip warns of, or what could not be loaded
afterwards, stays as it was (pypa/manylinux#119).
"""

from __future__ import annotations

import shutil
import struct
from pathlib import Path

from golive.building.platforms import Platform
from golive.commands import Run, run_command

__all__ = ["is_loadable", "strip_all"]

_MAGIC = b"\x7fELF\x02\x01"  # 64 bits, little-endian
_LOAD, _DYNAMIC = 1, 2
_HEADER = struct.Struct("<16xHHIQQQIHHHHHH")
_SEGMENT = struct.Struct("<IIQQQQQQ")


def strip_all(root: Path, platform: Platform, *, run: Run | None = None) -> int:
    """Strip the shared libraries below a directory; gives the bytes that were saved.

    Nothing is done where there is no strip for the platform's machine.
    """
    strip = _strip_for(platform)
    if strip is None:
        return 0
    return sum(_strip(file, strip, run or run_command) for file in _libraries(root))


def is_loadable(data: bytes) -> bool:
    """Whether an ELF file of 64 bits has segments that a loader maps: aligned, and inside it."""
    try:
        fields = _HEADER.unpack_from(data)
        start, size, count = fields[4], fields[8], fields[9]
        segments = [_SEGMENT.unpack_from(data, start + size * at) for at in range(count)]
    except struct.error:
        return False
    mapped = [s for s in segments if s[0] == _LOAD]
    inside = all(s[2] + s[5] <= len(data) for s in segments if s[0] in {_LOAD, _DYNAMIC})
    aligned = all((s[3] - s[2]) % max(s[7], 1) == 0 for s in mapped)
    return bool(mapped) and inside and aligned


def _strip_for(platform: Platform) -> str | None:
    name = "strip" if platform.is_of_this_machine else f"{platform.machine}-linux-gnu-strip"
    return shutil.which(name)


def _libraries(root: Path) -> list[Path]:
    return [
        path
        for path in sorted(root.rglob("*.so*"))
        if path.is_file()
        and not path.is_symlink()
        and not any(part.endswith(".libs") for part in path.relative_to(root).parts)
        and _is_elf(path)
    ]


def _is_elf(path: Path) -> bool:
    with path.open("rb") as file:
        return file.read(len(_MAGIC)) == _MAGIC


def _strip(file: Path, strip: str, run: Run) -> int:
    before = file.stat()
    stripped = file.with_name(f".{file.name}.stripped")
    try:
        done = run([strip, "--strip-unneeded", "-o", str(stripped), str(file)])
        if done.returncode != 0 or done.stdout.strip() or not stripped.is_file():
            return 0
        saved = before.st_size - stripped.stat().st_size
        if saved <= 0 or not is_loadable(stripped.read_bytes()):
            return 0
        stripped.chmod(before.st_mode & 0o777)
        stripped.replace(file)
        return saved
    finally:
        stripped.unlink(missing_ok=True)
