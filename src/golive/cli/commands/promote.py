"""`golive promote`: a version takes an alias, if the gate allows it."""

from __future__ import annotations

from typing import Any

import click

from golive.cli.actions import Actions
from golive.cli.options import as_json
from golive.cli.output import print_json, progress, say
from golive.cli.references import REGISTRY, WHY
from golive.cli.releasing import comparing, permitting

__all__ = ["command"]


@click.command("promote", short_help="Let an alias stand for a version, if it is no worse.")
@click.argument("reference", metavar="NAME[@VERSION]")
@click.argument("alias")
@comparing
@permitting
@WHY
@click.option("--dry-run", is_flag=True, help="Decide and move nothing. Default: move the alias.")
@as_json
@REGISTRY
@click.pass_obj
def command(
    actions: Actions, /, *, reference: str, alias: str, as_json: bool, **options: Any
) -> int:
    """Let ALIAS, such as prod, stand for a version; without @VERSION for the newest.

    The version is checked (golive check) and compared with the version that ALIAS stands for: what
    changes for callers (golive diff) and, with --data, how well both answer the same labelled rows.
    It is refused where the check finds an error, where a change breaks callers, where it leaves
    rows unanswered, or where the whole 95% interval of the difference says that it is worse.
    What was found is recorded: golive versions NAME --history.

    The version goes to stdout if ALIAS stands for it now. The exit code is 1 if it was refused.

    \b
    golive promote churn@7 prod --data held_out.csv --target churned
    golive promote churn staging --no-check --dry-run
    golive promote churn@7 prod --anyway "the old one asks for a column that is gone"
    """  # noqa: D301 - \b is click's mark for a block that is not wrapped
    with progress(only_on_terminal=as_json) as tell:
        promotion = actions.promote(reference, alias, progress=tell, **options)
    from golive.cli.promotion_lines import found_lines, next_lines, outcome_line

    is_allowed, is_dry = promotion.verdict.is_allowed, options["dry_run"]
    if as_json:
        print_json(promotion.to_json())
    elif is_allowed:
        click.echo(promotion.reference)
    for line in found_lines(promotion):
        say(line)
    say(outcome_line(promotion, is_dry=is_dry))
    for reason in promotion.verdict.reasons:
        say(f"  {'allowed: ' if reason.is_allowed else ''}{reason.message}")
    for line in next_lines(promotion, options | {"reference": reference}):
        say(line)
    return 0 if is_allowed else 1
