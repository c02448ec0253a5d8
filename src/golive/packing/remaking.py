"""Remaking: what a new bundle takes over from an old one, and where it goes."""

from __future__ import annotations

import os
from itertools import count
from pathlib import Path

from golive.bundle.archive import is_archive_name
from golive.bundle.contents import BundleContents
from golive.bundle.layout import PROGRAM_FILES
from golive.bundle.reading import Bundle
from golive.errors import UsageError

__all__ = ["contents_of", "destination_for"]


def contents_of(old: Bundle) -> BundleContents:
    """Everything of a bundle, to be written again with changes."""
    manifest = old.manifest
    return BundleContents(
        name=manifest.name,
        model=manifest.model,
        signature=old.signature,
        requirements=old.requirements,
        golden=old.golden,
        profile=old.profile,
        card=old.card,
        model_files={
            path: old.path / path for path in manifest.files if path.startswith(("model/", "code/"))
        },
        python_version=manifest.python_version,
        tolerance=manifest.tolerance,
        git_commit=manifest.git_commit,
        data_sha256=manifest.data_sha256,
        notes=manifest.notes,
        program={
            path: (old.path / path).read_bytes()
            for path in sorted(PROGRAM_FILES & manifest.files.keys())
        },
        proof=old.proof,
        answers_because=manifest.answers_because,
    )


def destination_for(old: Bundle, name: str, output: str | Path | None) -> Path:
    """Where the new bundle goes: by default the first free one of `NAME-2.bundle`, ….

    Raises:
        UsageError: It is the old bundle itself.
    """
    destination = _free_destination(name, old) if output is None else Path(output)
    if destination.exists() and destination.samefile(old.source):
        raise UsageError(
            f"{destination} is the bundle to start from, and a bundle never changes.",
            hint="Name another one with -o, or leave -o out.",
        )
    return destination


def _free_destination(name: str, old: Bundle) -> Path:
    ending = ".bundle.zip" if is_archive_name(old.source) else ".bundle"
    candidates = (Path(f"{name}-{number}{ending}") for number in count(2))
    return next(path for path in candidates if not os.path.lexists(path))
