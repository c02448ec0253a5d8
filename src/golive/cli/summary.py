"""A bundle's facts, as JSON for scripts and in a few lines for people."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec

if TYPE_CHECKING:
    from golive.bundle.reading import Bundle

__all__ = [
    "NO_HELD_OUT",
    "bundle_facts",
    "compiled_lines",
    "metric_lines",
    "shown_path",
    "summary_lines",
    "times_as_fast",
]

NO_HELD_OUT = "no held-out sample was given: there are no metrics (pack with --eval)"


def bundle_facts(bundle: Bundle) -> dict[str, Any]:
    """All that the bundle says of itself, as JSON; what `golive inspect --json` prints."""
    from golive.bundle.card import card_blanks

    manifest = msgspec.to_builtins(bundle.manifest)
    profile = msgspec.to_builtins(bundle.profile)
    return {
        "path": shown_path(bundle.source),
        **{key: value for key, value in manifest.items() if key != "files"},
        "version": bundle.version,
        "size": sum(entry["size"] for entry in manifest["files"].values()),
        "files": manifest["files"],
        "signature": msgspec.to_builtins(bundle.signature),
        "requirements": list(bundle.requirements),
        "golden_records": msgspec.to_builtins(bundle.golden),
        "evaluation": profile.pop("evaluation"),
        "profile": profile,
        "proof": None if bundle.proof is None else msgspec.to_builtins(bundle.proof),
        "card": bundle.card,
        "card_blanks": card_blanks(bundle.card),
    }


def shown_path(path: Path) -> str:
    """The path as one would type it from the current directory."""
    here = Path.cwd()
    return str(path.relative_to(here) if path.is_relative_to(here) else path)


def summary_lines(facts: dict[str, Any]) -> Iterator[str]:
    """What a person wants to know of a bundle that was just made."""
    output = facts["signature"]["output"]
    columns = len(facts["signature"]["columns"])
    inputs = _counted(columns, "input column") if columns else "a request of its own type"
    classes = f" of {len(output['classes'])} classes" if output["classes"] else ""
    yield f"{facts['name']} {facts['version']}: {inputs} → {output['kind']}{classes}"
    yield from compiled_lines(facts)
    yield from (f"note: {note}" for note in facts["notes"])
    yield from metric_lines(facts["evaluation"])
    if facts["card_blanks"]:
        yield f"card.md has {_counted(len(facts['card_blanks']), 'blank')} that only you can fill"


def compiled_lines(facts: dict[str, Any]) -> Iterator[str]:
    """What came of compiling, unless a note tells it."""
    proof = facts["proof"]
    if facts["answers"] == "compiled":
        worst = proof["worst"]
        worst_text = f"worst difference {worst['relative']:.0e}" if worst else "to the last bit"
        rows = sum(tried["rows"] for tried in proof["tried"])
        one = next(timing for timing in proof["timings"] if timing["rows"] == 1)
        yield (
            f"compiled: {_counted(proof['steps'], 'step')}, {proof['size'] / 1e6:,.2f} MB, equal "
            f"on {rows:,} rows ({worst_text}); {times_as_fast(one)} for one record"
        )
    elif proof is None and facts["answers_because"]:
        yield f"not compiled: {facts['answers_because']}"


def times_as_fast(timing: dict[str, Any]) -> str:
    """How much faster the compiled program is than the original."""
    ratio = timing["original"] / max(timing["compiled"], 1e-3)
    return f"{ratio:.1f} times as fast" if ratio < 10 else f"{ratio:,.0f} times as fast"


def _counted(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


def metric_lines(evaluation: dict[str, Any] | None) -> Iterator[str]:
    """Each metric beside its baseline's."""
    if evaluation is None:
        yield NO_HELD_OUT
        return
    yield f"on {evaluation['rows']:,} held-out rows (baseline: {evaluation['baseline_name']}):"
    for name, value in evaluation["metrics"].items():
        baseline = evaluation["baseline"].get(name)
        beside = "" if baseline is None else f" (baseline {baseline:.4g})"
        yield f"  {name.replace('_', ' ')} {value:.4g}{beside}"
