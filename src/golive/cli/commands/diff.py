"""`golive diff`: what changed from one bundle to another."""

from __future__ import annotations

from pathlib import Path

import click

from golive.cli.actions import Actions
from golive.cli.options import VERIFY, as_json
from golive.cli.output import print_json, progress
from golive.cli.references import BUNDLE

__all__ = ["command"]


@click.command("diff", short_help="Show what changed between two bundles, and what breaks callers.")
@click.argument("before", type=BUNDLE)
@click.argument("after", type=BUNDLE)
@click.option(
    "--no-answers",
    "answers",
    flag_value=False,
    default=True,
    help="Run no model. Default: both answer the golden records of both.",
)
@click.option("--verify", is_flag=True, help=VERIFY)
@as_json
@click.pass_obj
def command(
    actions: Actions, /, *, before: Path, after: Path, as_json: bool, **options: bool
) -> int:
    """Show what changed from BEFORE to AFTER, for those who call BEFORE and will get AFTER.

    Inputs and output are compared column by column: a change is breaking if a record that was
    answered may now be an error, or the answer has another form. Then metrics, versions, sizes
    and the card, and how both models answer the golden records of both.

    The exit code is 1 if a change is breaking, and 0 otherwise.

    \b
    golive diff churn.bundle churn-2.bundle
    golive diff churn.bundle churn-2.bundle --no-answers --json | jq .verdict
    """  # noqa: D301 - \b is click's mark for a block that is not wrapped
    with progress(only_on_terminal=True) as tell:
        difference = actions.diff(before, after, progress=tell, **options)
    if as_json:
        print_json(difference.to_json())
    else:
        from golive.cli.diff_table import print_difference

        print_difference(difference)
    return 1 if difference.verdict == "breaking" else 0
