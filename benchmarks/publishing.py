"""Publishing: the tables into the documents, the plots beside them."""

from __future__ import annotations

from pathlib import Path

from benchmarks.plots import draw
from benchmarks.progress import say
from benchmarks.report import between_markers, front_table, report
from benchmarks.results import Results

__all__ = ["publish"]


def publish(results: Results, root: Path) -> None:
    """Write tables into docs/benchmarks.md and README.md, and plots into docs/images.

    Raises:
        ValueError: A document has lost its markers.
    """
    draw(results, root / "docs" / "images")
    _fill(root / "docs" / "benchmarks.md", "results", report(results))
    _fill(root / "README.md", "benchmarks", front_table(results))


def _fill(document: Path, name: str, content: str) -> None:
    text = document.read_text("utf-8")
    document.write_text(between_markers(text, name, content), "utf-8")
    say(f"wrote {document.name}")
