"""What a registry holds, as facts for a script and as tables for a person."""

from __future__ import annotations

import sys
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

import msgspec

if TYPE_CHECKING:
    from golive.registry.events import Event
    from golive.registry.history import History
    from golive.registry.registry import Push

__all__ = [
    "event_facts",
    "model_facts",
    "print_events",
    "print_models",
    "print_versions",
    "pushed_facts",
    "version_facts",
]

_Facts = dict[str, Any]


def model_facts(name: str, history: History) -> _Facts:
    """A model: how many versions it has, and what its aliases stand for."""
    newest = history.newest
    return {
        "model": name,
        "versions": len(history.versions),
        "newest": None if newest is None else newest.number,
        "aliases": dict(sorted(history.aliases.items())),
    }


def version_facts(history: History) -> list[_Facts]:
    """The versions of a model, the newest first."""
    return [
        {
            "version": version.number,
            "aliases": history.aliases_of(version.number),
            "id": version.content.id,
            "sha256": version.content.sha256,
            "size": version.content.size,
            "pushed_at": version.pushed_at,
            "pushed_by": version.pushed_by,
            "why": version.why,
            "is_collected": version.is_collected,
        }
        for version in reversed(history.versions.values())
    ]


def pushed_facts(model: str, push: Push) -> _Facts:
    """What came of a push."""
    version = push.version
    return {
        "model": model,
        "version": version.number,
        "reference": f"{model}@{version.number}",
        "id": version.content.id,
        "is_new": push.is_new,
    }


def event_facts(event: Event) -> _Facts:
    """An event."""
    facts: _Facts = msgspec.to_builtins(event)
    return facts


def print_models(models: list[_Facts], location: str) -> None:
    """Print a table of models."""
    rows = [
        (m["model"], str(m["versions"]), ", ".join(f"{a} → {n}" for a, n in m["aliases"].items()))
        for m in models
    ]
    _print(f"Models in {location}", ("model", "versions", "aliases"), rows)


def print_versions(name: str, versions: list[_Facts]) -> None:
    """Print a table of versions."""
    rows = [
        (
            str(v["version"]),
            ", ".join(v["aliases"]),
            v["id"][:12],
            "removed" if v["is_collected"] else f"{v['size']:,}",
            v["pushed_at"][:19].replace("T", " "),
            v["pushed_by"],
            v["why"],
        )
        for v in versions
    ]
    names = ("version", "aliases", "id", "bytes", "pushed (UTC)", "by", "why")
    _print(f"Versions of {name}", names, rows)


def print_events(events: list[_Facts]) -> None:
    """Print a table of events, the oldest first."""
    rows = [
        (str(e["number"]), e["at"][:19].replace("T", " "), e["by"], _told(e["what"]), e["why"])
        for e in events
    ]
    _print("History", ("event", "when (UTC)", "by", "what", "why"), rows)


def _told(what: _Facts) -> str:
    match what["type"]:
        case "pushed":
            return f"pushed version {what['version']} ({what['content']['id'][:12]})"
        case "moved" if what["version"] is None:
            return f"ended {what['alias']}"
        case "moved":
            back = "back " if what["is_rollback"] else ""
            decided = _decided(what["evidence"])
            told = f"moved {what['alias']} {back}to version {what['version']}"
            return f"{told} ({decided})" if decided else told
        case _:
            listed = ", ".join(map(str, what["versions"])) or "no version"
            files = "1 file" if len(what["keys"]) == 1 else f"{len(what['keys'])} files"
            return f"removed {listed}, {files}"


def _decided(evidence: _Facts) -> str:
    """A recorded decision in a few words, for the history; empty where there is none."""
    if "verdict" not in evidence:
        return ""
    parts = [str(evidence["verdict"])]
    compared = evidence.get("comparison") or {}
    if compared.get("made"):
        shown = compared["metrics"][compared["metric"]]
        parts.append(
            f"{compared['standing']}, {compared['metric']} {shown['difference']:+.3g} "
            f"({shown['low']:+.3g} to {shown['high']:+.3g}) on {compared['rows']:,} rows"
        )
    elif evidence.get("champion") is not None:
        parts.append("not compared")
    if not (evidence.get("check") or {}).get("made"):
        parts.append("not checked")
    return "; ".join(parts)


def _print(title: str, names: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> None:
    from rich.box import SIMPLE_HEAD
    from rich.console import Console
    from rich.markup import escape
    from rich.table import Table

    table = Table(title=title, title_justify="left", title_style="bold", box=SIMPLE_HEAD)
    for name in names:
        table.add_column(name, overflow="fold")
    for row in rows:
        table.add_row(*map(escape, row))
    width = None if sys.stdout.isatty() else 140
    Console(file=sys.stdout, width=width, highlight=False).print(table)
