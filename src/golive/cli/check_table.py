"""The report of `golive check` as one table and one verdict (rich)."""

from __future__ import annotations

import shlex
from itertools import groupby
from typing import TYPE_CHECKING

from rich.box import SIMPLE_HEAD
from rich.markup import escape
from rich.table import Table

from golive.cli.output import result_console

if TYPE_CHECKING:
    from golive.checking.report import Finding, Measurements, Report

__all__ = ["next_command", "print_report", "verdict_line"]

_STYLES = {"error": "bold red", "warning": "yellow", "note": "cyan", "ok": "green"}
_ALIKE = 4


def print_report(report: Report) -> None:
    """Print everything that was found, the worst first, and the verdict (stdout)."""
    console = result_console()
    console.print(_table(report))
    if report.measurements is not None:
        console.print(_measured(report.measurements), soft_wrap=True)
    style = {"faults": "bold red", "warnings": "yellow", "clean": "bold green"}[report.verdict]
    console.print(verdict_line(report), style=style, soft_wrap=True, markup=False)


def verdict_line(report: Report) -> str:
    """The verdict in a sentence, with counts."""
    counted = [
        _counted(report.count("error"), "error"),
        _counted(report.count("warning"), "warning"),
        _counted(report.count("note"), "note"),
    ]
    words = {"faults": "not ready", "warnings": "ready, with warnings", "clean": "ready"}
    return f"{report.name} {report.version} is {words[report.verdict]}: {', '.join(counted)}"


def next_command(report: Report) -> str:
    """What to type next: the first mend that is a command, or serving it."""
    bundle = shlex.quote(report.bundle)
    if report.verdict == "faults":
        first = next(f for f in report.findings if f.severity == "error")
        return first.hint or f"golive inspect {bundle}"
    return f"golive serve {bundle}"


def _table(report: Report) -> Table:
    table = Table(box=SIMPLE_HEAD, expand=False)
    table.add_column("", no_wrap=True)
    table.add_column("check", overflow="fold")
    table.add_column("where", overflow="fold", max_width=30)
    table.add_column("found", overflow="fold", ratio=1)
    for finding, others in _grouped(report.findings):
        style = _STYLES[finding.severity]
        table.add_row(
            f"[{style}]{finding.severity}[/]",
            finding.check.replace("_", " "),
            escape(finding.subject),
            escape(_found(finding, others)),
        )
    return table


def _grouped(findings: tuple[Finding, ...]) -> list[tuple[Finding, int]]:
    """Of many alike the first ones, and with the last of them how many more there are."""
    rows: list[tuple[Finding, int]] = []
    for _, group in groupby(findings, key=lambda f: (f.severity, f.check, f.code)):
        alike = list(group)
        rows += [(finding, 0) for finding in alike[:_ALIKE]]
        rows[-1] = (rows[-1][0], max(len(alike) - _ALIKE, 0))
    return rows


def _found(finding: Finding, others: int) -> str:
    text = finding.message
    if finding.hint and finding.severity in ("error", "warning"):
        text += f"\nhint: {finding.hint}"
    if others:
        text += f"\n… and {others} more like it (--json has all)"
    return text


def _measured(found: Measurements) -> str:
    memory = (
        "" if found.memory_bytes is None else f"{found.memory_bytes / 2**20:.0f} MiB resident, "
    )
    return (
        f"Served here: starts in {found.start_seconds:.2f} s, {memory}"
        f"one record warm in {found.latency_p50_ms:.1f} ms (p50), {found.latency_p99_ms:.1f} ms "
        f"(p99) of {found.requests} requests"
    )


def _counted(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"
