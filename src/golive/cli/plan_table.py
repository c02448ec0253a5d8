"""A plan as tables and sentences (rich)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import TYPE_CHECKING

from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from golive.cli.output import result_console, shortened

if TYPE_CHECKING:
    from golive.deploying.changes import Action, Change, FieldChange
    from golive.deploying.cost import Cost
    from golive.deploying.plan import Plan, PlannedStack

__all__ = ["print_plan"]

_SIGNS: dict[Action, str] = {
    "add": "[green]+[/]",
    "change": "[yellow]~[/]",
    "replace": "[bold red]±[/]",
    "delete": "[red]-[/]",
    "keep": "[dim]·[/]",
}
_WORDS = {"add": "to add", "change": "to change", "replace": "to replace", "delete": "to delete"}


def print_plan(plan: Plan) -> None:
    """Print all of it (stdout)."""
    console = result_console()
    console.print(f"[bold]{escape(plan.name)}[/] in {', '.join(plan.regions)}")
    for stack in plan.stacks:
        _print_stack(console, stack)
    counts = plan.counts()
    told = [f"{counts[action]} {words}" for action, words in _WORDS.items() if counts[action]]
    console.print(", ".join(told) or "nothing changes", style="bold")
    _print_cost(console, plan.cost)
    _print_latency(console, plan)
    flood = plan.guard.usd_per_day
    bound = "without bound" if flood is None else f"at most ${flood:,.2f} a day in each region"
    console.print(f"\nA flood costs {bound}: {escape(plan.guard.message)}.", soft_wrap=True)
    console.print()
    for risk in plan.risks:
        style = "yellow" if risk.severity == "warning" else "dim"
        line = f"[{style}]{risk.severity}[/] {escape(risk.message)} ({risk.code})"
        console.print(line, soft_wrap=True)


def _print_stack(console: Console, stack: PlannedStack) -> None:
    console.print(f"\n[bold]{escape(stack.stack)}[/], template {stack.template_sha256[:12]}")
    added = Counter(change.kind for change in stack.changes if change.action == "add")
    for change in stack.changes:
        if change.action == "add":
            count = added.pop(change.kind, 0)
            if count:
                several = f" ({count} of them)" if count > 1 else ""
                console.print(f"  {_SIGNS['add']} {change.kind}{several}")
            continue
        _print_change(console, change)


def _print_change(console: Console, change: Change) -> None:
    kept = " (stays)" if change.action == "keep" else ""
    console.print(f"  {_SIGNS[change.action]} {change.kind} {change.name}{kept}", markup=True)
    for line in map(_field_line, change.fields):
        console.print(f"      {escape(line)}", soft_wrap=True)


def _field_line(change: FieldChange) -> str:
    if change.because is not None:
        return f"{change.field}: {change.because} is another one"
    before, after = shortened(change.before), shortened(change.after)
    return f"{change.field}: {before} → {after}"


def _print_cost(console: Console, cost: Cost) -> None:
    table = Table(box=SIMPLE_HEAD)
    for title in ("a month", "quantity", "price", "USD"):
        table.add_column(title, justify="left" if title == "a month" else "right")
    for line in cost.lines:
        price = f"{line.price.usd:.10f}".rstrip("0").rstrip(".")
        per = f"{price} / {line.price.unit}"
        table.add_row(escape(line.item), f"{line.quantity:,.2f}", per, f"{line.usd:,.2f}")
    console.print(table)
    where = f"prices of {cost.region} as of {cost.as_of}"
    several = f" in {cost.regions} regions" if cost.regions > 1 else ""
    console.print(f"${cost.usd:,.2f} a month{several} ({where})", style="bold")
    for note in cost.notes:
        console.print(note, style="dim", soft_wrap=True)


def _print_latency(console: Console, plan: Plan) -> None:
    console.print("\n" + "\n".join(_latency_lines(plan)), soft_wrap=True)


def _latency_lines(plan: Plan) -> Iterator[str]:
    latency = plan.latency
    if latency is None:
        yield "Latency: nothing was measured (--measured)."
        return
    yield (
        f"Expected: {latency.warm_ms:,.1f} ms loaded, {latency.cold_ms:,.0f} ms cold, with "
        f"{latency.core_share:.0%} of a processor."
    )
    yield from latency.notes
