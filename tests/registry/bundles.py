"""Bundles for tests of registries: as small as they can be, and nothing in them is loaded."""

from pathlib import Path

from golive.bundle.manifest import Manifest, ModelSpec
from golive.bundle.reading import Bundle

__all__ = ["small_bundle"]


def small_bundle(folder: Path, content: str, *, name: str = "games") -> Bundle:
    """A bundle in one file with this content; only its name, id and bytes are what they seem."""
    file = folder / f"{content}.zip"
    file.write_bytes(content.encode())
    manifest = Manifest(
        format_version=2,
        id=content.encode().hex().ljust(64, "0")[:64],
        name=name,
        model=ModelSpec(kind="sklearn", loader="joblib", file="model/model.joblib"),
        files={},
        python_version="3.11.7",
        golive_version="0.1.0",
        created_at="2026-11-01T10:00:00+00:00",
        tolerance=1e-9,
    )
    return Bundle(path=folder, manifest=manifest, source=file)
