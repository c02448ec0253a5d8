"""`golive aws plan`: what a deployment will do, cost and risk."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import click

from golive.cli.actions import Actions
from golive.cli.aws_options import NAME, aws_options, wish_of
from golive.cli.options import FILE, as_json
from golive.cli.output import print_json

__all__ = ["plan"]


@click.command("plan")
@NAME
@aws_options
@click.option(
    "--requests",
    type=click.IntRange(min=0),
    default=100_000,
    show_default=True,
    help="Requests of a month, for the cost.",
)
@click.option(
    "--milliseconds",
    type=click.FloatRange(min=0),
    default=20.0,
    show_default=True,
    help="That the function takes for one.",
)
@click.option(
    "--measured",
    type=FILE,
    help="JSON with init_seconds, first_ms, warm_ms and memory_mb of the package in a fresh "
    "process. Default: none, and no latency is told.",
)
@click.option(
    "--deployed",
    type=FILE,
    multiple=True,
    help="Recorded graph of a stack that is there already; repeatable. Default: nothing is.",
)
@click.option(
    "-o", "--output", type=click.Path(path_type=Path), help="Write the plan as JSON, too."
)
@as_json
@click.pass_obj
def plan(
    actions: Actions, /, *, name: str, output: Path | None, as_json: bool, **options: Any
) -> None:
    """Tell what a deployment of NAME adds, changes, replaces and deletes.

    And what it costs in a month, how quick it may be expected to be, what bounds a flood, and
    what may go wrong. The plan holds the hash of each template: what is planned is what is applied.
    """
    found = actions.aws_plan(wish_of(name, options), **options)
    if output is not None:
        output.write_text(json.dumps(found.to_json(), indent=2) + "\n", encoding="utf-8")
    if as_json:
        print_json(found.to_json())
        return
    from golive.cli.plan_table import print_plan

    print_plan(found)
