"""The layout of a bundle: which files stand where."""

from __future__ import annotations

from golive.files import is_safe_relative

__all__ = [
    "CARD",
    "GOLDEN",
    "LEFT_OUT",
    "MANIFEST",
    "OUTSIDE_ID",
    "PROFILE",
    "PROGRAM_FILES",
    "PROGRAM_FOLDER",
    "PROOF",
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
PROOF = "proof.json"

LEFT_OUT = "left-out.json"
"""In the directory of a packaged bundle: names what is not there, since answering needs it not."""

REQUIRED = frozenset({SIGNATURE, REQUIREMENTS, GOLDEN, PROFILE, CARD})
"""Files beside the manifest that every bundle has."""

PROGRAM_FOLDER = "scorer"
PROGRAM_FILES = frozenset({"scorer/program.json", "scorer/arrays.bin"})
"""The compiled model: there where it answers, both or none."""

OUTSIDE_ID = frozenset({MANIFEST, CARD, PROOF})
"""Files that the bundle's id does not cover."""

_FOLDERS = ("model/", "code/")
_NAMED = REQUIRED | PROGRAM_FILES | {PROOF}


def is_bundle_path(path: str) -> bool:
    """Whether a bundle may hold a file of this path beside its manifest."""
    return path in _NAMED or (path.startswith(_FOLDERS) and is_safe_relative(path))
