"""Seeds: the project's own bundles of each format, and the data of its examples."""

from __future__ import annotations

from itertools import islice
from pathlib import Path

__all__ = ["ROOT", "SAMPLES", "first_lines", "sample_files"]

ROOT = Path(__file__).resolve().parents[1]
SAMPLES = ROOT / "tests" / "bundle" / "samples"


def sample_files(name: str) -> tuple[bytes, ...]:
    """A file of this name in the sample of each bundle format."""
    return tuple(path.read_bytes() for path in sorted(SAMPLES.glob(f"*/{name}")))


def first_lines(file: str, count: int) -> bytes:
    """The first lines of a file of the examples."""
    with (ROOT / "examples" / file).open("rb") as opened:
        return b"".join(islice(opened, count))
