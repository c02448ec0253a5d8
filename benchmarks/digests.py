"""Digests of files: what was made of them is used again until they change."""

from __future__ import annotations

import hashlib
from pathlib import Path

__all__ = ["digest_of"]

_ENDINGS = {".py", ".csv", ".lua", ".toml"}


def digest_of(*paths: Path, salt: str = "") -> str:
    """A digest of source files and data, and of all of them in folders.

    Args:
        paths: Files and folders.
        salt: What else decides.
    """
    digest = hashlib.sha256(salt.encode())
    for path in paths:
        files = [path] if path.is_file() else sorted(path.rglob("*"))
        for file in (each for each in files if each.suffix in _ENDINGS):
            digest.update(file.name.encode() + b"\0" + file.read_bytes())
    return digest.hexdigest()
