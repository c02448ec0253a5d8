"""The layout of a bundle: which files stand where."""

from __future__ import annotations

from golive.files import is_safe_relative

__all__ = [
    "CARD",
    "GOLDEN",
    "MANIFEST",
    "OUTSIDE_ID",
    "PROFILE",
    "REQUIRED",
    "REQUIREMENTS",
    "SIGNATURE",
    "is_bundle_path",
]

MANIFEST = "manifest.json"
SIGNATURE = "signature.toml"
REQUIREMENTS = "requirements.txt"
GOLDEN = "golden.jsonl"
PROFILE = "profile.json"
CARD = "card.md"

REQUIRED = frozenset({SIGNATURE, REQUIREMENTS, GOLDEN, PROFILE, CARD})
"""Files beside the manifest that every bundle has."""

OUTSIDE_ID = frozenset({MANIFEST, CARD})
"""Files that the bundle's id does not cover."""

_FOLDERS = ("model/", "code/")


def is_bundle_path(path: str) -> bool:
    """Whether a bundle may hold a file of this path beside its manifest."""
    return path in REQUIRED or (path.startswith(_FOLDERS) and is_safe_relative(path))
