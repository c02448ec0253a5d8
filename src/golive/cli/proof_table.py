"""What answers for a bundle, and the proof of its compiled program, as tables (rich)."""

from __future__ import annotations

import json
from io import StringIO
from typing import TYPE_CHECKING, Any

import msgspec
from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from golive.cli.summary import times_as_fast

if TYPE_CHECKING:
    from golive.bundle.reading import Bundle

__all__ = ["print_proof", "proof_text"]

_AS_IS: Any = {"markup": False, "soft_wrap": True}


def print_proof(console: Console, facts: dict[str, Any]) -> None:
    """Print whether the compiled program or the original answers, why, and the proof."""
    console.print(f"\nThe {facts['answers']} model answers", style="bold")
    console.print(facts["answers_because"], **_AS_IS)
    proof = facts["proof"]
    if proof is None or not proof["steps"]:
        return
    console.print(f"The program has {proof['steps']} steps and {proof['size']:,} bytes.", **_AS_IS)
    _print_tried(console, proof)
    _print_worst(console, proof)
    _print_batched(console, proof["batched"])
    _print_timings(console, proof["timings"])


def proof_text(bundle: Bundle) -> str:
    """The same of a bundle, as text for stderr."""
    console = Console(file=StringIO(), width=120, highlight=False)
    facts = {
        "answers": bundle.manifest.answers,
        "answers_because": bundle.manifest.answers_because,
        "proof": None if bundle.proof is None else msgspec.to_builtins(bundle.proof),
    }
    with console.capture() as capture:
        print_proof(console, facts)
    return capture.get().strip("\n")


def _print_tried(console: Console, proof: dict[str, Any]) -> None:
    if not proof["tried"]:
        return
    table = _table("Rows that both answered", "kind", "rows", "refused by both")
    for tried in proof["tried"]:
        table.add_row(tried["kind"], f"{tried['rows']:,}", f"{tried['refused']:,}")
    table.add_row(
        "all",
        f"{sum(tried['rows'] for tried in proof['tried']):,}",
        f"{sum(tried['refused'] for tried in proof['tried']):,}",
    )
    console.print(table)


def _print_worst(console: Console, proof: dict[str, Any]) -> None:
    worst = proof["worst"]
    if worst is None:
        console.print("No score differs in any bit.")
        return
    how = "another answer" if worst["relative"] is None else f"{worst['relative']:.3g} (relative)"
    console.print(f"The worst difference: {how}, on a row of the kind {worst['kind']}:")
    _print_deviation(console, worst)
    console.print(f"The same answer is one that is at most {proof['tolerance']:g} (relative) away.")


def _print_deviation(console: Console, worst: dict[str, Any]) -> None:
    for name in ("row", "original", "compiled"):
        console.print(f"  {name:8} {json.dumps(worst[name], ensure_ascii=False)}", **_AS_IS)


def _print_batched(console: Console, batched: dict[str, Any] | None) -> None:
    if batched is None:
        return
    worst = batched["worst"]
    if not batched["is_equal"]:
        console.print(f"Batches are answered row by row. {batched['reason']}", **_AS_IS)
        if worst is not None:
            _print_deviation(console, worst)
        return
    kinds = ", ".join(f"{tried['kind']}: {tried['rows']:,}" for tried in batched["tried"])
    bits = "no score differs in any bit"
    how = bits if worst is None else f"the worst difference is {worst['relative']:.3g} (relative)"
    console.print(f"{batched['reason'].rstrip('.')} ({kinds}); {how}.", **_AS_IS)


def _print_timings(console: Console, timings: list[dict[str, Any]]) -> None:
    if not timings:
        return
    table = _table("Microseconds a row", "rows at once", "original", "compiled", "")
    for timing in timings:
        table.add_row(
            f"{timing['rows']:,}",
            f"{timing['original']:,.1f}",
            f"{timing['compiled']:,.1f}",
            times_as_fast(timing),
        )
    console.print(table)


def _table(title: str, *names: str) -> Table:
    table = Table(title=f"\n{title}", title_justify="left", title_style="bold", box=SIMPLE_HEAD)
    for name in names:
        table.add_column(escape(name), overflow="fold")
    return table
