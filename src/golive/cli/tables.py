"""A bundle's facts as tables (rich)."""

from __future__ import annotations

import json
from typing import Any

from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from golive.cli.output import result_console
from golive.cli.proof_table import print_proof
from golive.cli.summary import NO_HELD_OUT
from golive.signature.readable import readable

__all__ = ["print_facts"]

_FIRST_GOLDEN = 2
_AS_IS: Any = {"markup": False, "soft_wrap": True}


def print_facts(facts: dict[str, Any], *, all_golden: bool) -> None:
    """Print everything that `golive inspect` shows."""
    console = result_console()
    _print_identity(console, facts)
    _print_files(console, facts)
    _print_columns(console, facts)
    _print_list(console, "Looked up", _looked_up(facts["signature"]))
    _print_list(console, "Answered by other models", _features(facts["signature"]))
    _print_output(console, facts["signature"]["output"])
    print_proof(console, facts)
    _print_evaluation(console, facts["evaluation"])
    _print_golden(console, facts["golden_records"], all_golden=all_golden)
    _print_list(console, _requirements_title(facts), facts["requirements"])
    _print_pickles(console, facts["pickles"])
    _print_list(console, "Notes", facts["notes"])
    _print_list(console, "Blanks in card.md", facts["card_blanks"])
    console.print("\nAll of it: --json. The card: --card. Every golden record: --golden.", **_AS_IS)


def _print_identity(console: Console, facts: dict[str, Any]) -> None:
    model = facts["model"]
    function = f", function {model['function']}" if model["function"] else ""
    rows = {
        "bundle": facts["path"],
        "id": facts["id"],
        "version": facts["version"],
        "created": facts["created_at"],
        "model": f"{model['kind']}, {model['file']} loaded by {model['loader']}{function}",
        "Python": f"{facts['python_version']} (golive {facts['golive_version']}, "
        f"format {facts['format_version']})",
        "git commit": facts["git_commit"] or "unknown",
        "training data": facts["data_sha256"] or "unknown",
        "tolerance": f"{facts['tolerance']:g} relative, for golden records",
        "size": f"{facts['size']:,} bytes",
    }
    table = _table(facts["name"], headed=False)
    for name, value in rows.items():
        table.add_row(name, escape(value))
    console.print(table)


def _looked_up(signature: dict[str, Any]) -> list[str]:
    return [
        f"{', '.join(lookup['columns'])} in {lookup['name']} by {lookup['key']}"
        for lookup in signature["lookups"]
    ]


def _features(signature: dict[str, Any]) -> list[str]:
    return [
        f"{column} is the {path} of {source['model']}"
        for source in signature["features"]
        for column, path in source["outputs"].items()
    ]


def _print_files(console: Console, facts: dict[str, Any]) -> None:
    table = _table("Files", "file", "bytes", "SHA-256")
    for path, entry in facts["files"].items():
        table.add_row(escape(path), f"{entry['size']:,}", entry["sha256"][:12])
    console.print(table)


def _print_columns(console: Console, facts: dict[str, Any]) -> None:
    signature = facts["signature"]
    if not signature["columns"]:
        console.print("\nInput: a request of the function's own type", style="bold")
        console.print(json.dumps(signature["json_schema"], indent=2), **_AS_IS)
        return
    profiles = {profile["name"]: profile for profile in facts["profile"]["columns"]}
    table = _table("Inputs", "column", "type", "nulls", "values", "example", "null", "unseen")
    for column in signature["columns"]:
        profile = profiles.get(column["name"])
        table.add_row(
            escape(column["name"]),
            column["type"],
            _share(profile),
            escape(_values(column)),
            escape(_short(column["example"], 30)),
            column["on_null"],
            column["on_unseen"] if column["type"] == "category" else "",
        )
    console.print(table)
    console.print(f"Profile of {facts['profile']['rows']:,} rows of the training sample.")


def _print_output(console: Console, output: dict[str, Any]) -> None:
    table = _table("Output", headed=False)
    table.add_row("kind", output["kind"])
    if output["name"]:
        table.add_row("target", escape(output["name"]))
    if output["classes"]:
        table.add_row("classes", escape(_short(output["classes"], 100)))
    if output["kind"] == "binary":
        table.add_row("score is of", escape(_short(output["positive"])))
        threshold = output["threshold"]
        table.add_row("threshold", "the model's own" if threshold is None else f"{threshold:g}")
    console.print(table)
    if output["json_schema"]:
        console.print(json.dumps(output["json_schema"], indent=2), **_AS_IS)


def _print_evaluation(console: Console, evaluation: dict[str, Any] | None) -> None:
    if evaluation is None:
        console.print(f"\nEvaluation: {NO_HELD_OUT}")
        return
    title = f"Evaluation on {evaluation['rows']:,} held-out rows"
    table = _table(title, "metric", "model", evaluation["baseline_name"])
    for name, value in evaluation["metrics"].items():
        baseline = evaluation["baseline"].get(name)
        table.add_row(name, f"{value:.4g}", "" if baseline is None else f"{baseline:.4g}")
    console.print(table)
    if evaluation["skipped"]:
        console.print(f"{evaluation['skipped']:,} rows were skipped: no truth or no answer.")


def _print_golden(console: Console, golden: list[dict[str, Any]], *, all_golden: bool) -> None:
    shown = golden if all_golden else golden[:_FIRST_GOLDEN]
    console.print(f"\n{len(golden)} golden records", style="bold")
    for item in shown:
        console.print(json.dumps(readable(item["record"]), ensure_ascii=False), **_AS_IS)
        console.print("  → " + json.dumps(readable(item["output"]), ensure_ascii=False), **_AS_IS)
    if len(shown) < len(golden):
        console.print(f"… and {len(golden) - len(shown)} more (--golden)")


def _print_pickles(console: Console, pickles: list[dict[str, Any]]) -> None:
    for each in pickles:
        code = "; it holds functions, whose code was not read" if each["holds_code"] else ""
        end = "" if each["failure"] is None else f"; not read to its end: {each['failure']}"
        _print_list(
            console, f"What loading {each['file']} would import{code}{end}", each["imports"]
        )


def _requirements_title(facts: dict[str, Any]) -> str:
    if facts["answers"] == "compiled":
        return "Requirements of the original (the compiled program needs none to answer)"
    return "Requirements"


def _print_list(console: Console, title: str, entries: list[str]) -> None:
    if entries:
        console.print(f"\n{title}", style="bold", **_AS_IS)
        for entry in entries:
            console.print(f"  {entry}", **_AS_IS)


def _table(title: str, *names: str, headed: bool = True) -> Table:
    table = Table(
        title=f"\n{title}",
        title_justify="left",
        title_style="bold",
        show_header=headed,
        box=SIMPLE_HEAD,
    )
    for name in names if headed else ("", ""):
        table.add_column(name, overflow="fold")
    return table


def _share(profile: dict[str, Any] | None) -> str:
    if not profile or not profile["count"]:
        return ""
    return f"{profile['nulls'] / profile['count']:.1%}" if profile["nulls"] else "none"


def _values(column: dict[str, Any]) -> str:
    if column["categories"]:
        return _short(column["categories"], 60)
    if column["minimum"] is not None:
        return f"{_number(column['minimum'])} … {_number(column['maximum'])}"
    sizes = column["shape"] or ([column["length"]] if column["length"] else [])
    noun = "pixels" if column["type"] == "image" else "numbers"
    return f"{' × '.join(map(str, sizes))} {noun}" if sizes else ""


def _number(value: Any) -> str:
    return f"{value:.6g}" if isinstance(value, float) else str(value)


def _short(value: Any, limit: int = 24) -> str:
    text = json.dumps(readable(value), ensure_ascii=False)
    return text if len(text) <= limit else text[: limit - 1] + "…"
