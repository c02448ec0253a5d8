"""What `golive diff` found as one table and one summary (rich)."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from rich.box import SIMPLE_HEAD
from rich.markup import escape
from rich.table import Table

from golive.cli.output import result_console

if TYPE_CHECKING:
    from golive.checking.difference import Difference, Effect

__all__ = ["print_difference", "summary_line"]

_STYLES: dict[Effect, str] = {
    "breaking": "bold red",
    "worse": "yellow",
    "better": "green",
    "compatible": "cyan",
    "note": "dim",
}


def print_difference(difference: Difference) -> None:
    """Print every change, the worst first, and the summary (stdout)."""
    console = result_console()
    if difference.changes:
        table = Table(box=SIMPLE_HEAD)
        table.add_column("", no_wrap=True)
        table.add_column("area", no_wrap=True)
        table.add_column("what", overflow="fold", max_width=30)
        table.add_column("changed", overflow="fold", ratio=1)
        for change in difference.changes:
            table.add_row(
                f"[{_STYLES[change.effect]}]{change.effect}[/]",
                change.area,
                escape(change.subject),
                escape(change.message),
            )
        console.print(table)
    console.print(summary_line(difference), style="bold", soft_wrap=True, markup=False)


def summary_line(difference: Difference) -> str:
    """The verdict in a sentence, with counts."""
    pair = f"{difference.before} → {difference.after}"
    asked = difference.answers
    compared = "" if asked is None else f"; {asked.differing} of {asked.records} answers differ"
    if difference.verdict == "same":
        return f"{pair}: the same{compared}"
    counts = Counter(change.effect for change in difference.changes)
    counted = ", ".join(f"{counts[effect]} {effect}" for effect in _STYLES if counts[effect])
    return f"{pair} is {difference.verdict}: {counted}{compared}"
