"""`golive check`: trouble with a bundle, found before callers find it."""

from __future__ import annotations

from pathlib import Path

import click

from golive.cli.actions import Actions
from golive.cli.options import as_json, loading
from golive.cli.output import print_json, progress, say
from golive.cli.references import BUNDLE

__all__ = ["command"]


@click.command("check", short_help="Find trouble with a bundle before callers do.")
@click.argument("bundle", type=BUNDLE)
@click.option("--strict", is_flag=True, help="Let warnings fail as well. Default: only errors.")
@click.option(
    "--no-measure",
    "measures",
    flag_value=False,
    default=True,
    help="Do not serve it to measure start, memory and latency. Default: measure.",
)
@click.option(
    "--seed",
    type=int,
    default=0,
    show_default=True,
    help="Of the order of records in batches and threads.",
)
@as_json
@loading
@click.pass_obj
def command(
    actions: Actions, /, *, bundle: Path, strict: bool, as_json: bool, **options: bool | int
) -> int:
    """Look for trouble that callers of BUNDLE would meet, and say what to do about each.

    The model runs in a process of its own: golden records; every field null, missing, of a wrong
    type, unseen, empty, huge, negative, unicode and emoji, each answer compared with the model
    called directly; 1,000 records at once; two threads; start, memory and latency. The card, the
    evaluation, and what pickles would import are looked at without running anything.

    The exit code is 1 if there are errors (with --strict also warnings). Measurements never fail.

    \b
    golive check churn.bundle
    golive check churn.bundle --json | jq .verdict
    golive check churn.bundle --strict --no-measure
    """  # noqa: D301 - \b is click's mark for a block that is not wrapped
    with progress(only_on_terminal=True) as tell:
        report = actions.check(bundle, progress=tell, **options)
    if as_json:
        print_json(report.to_json())
    else:
        from golive.cli.check_table import next_command, print_report

        print_report(report)
        say(f"next: {next_command(report)}")
    failing = {"faults", "warnings"} if strict else {"faults"}
    return 1 if report.verdict in failing else 0
