"""`golive inspect`: all that a bundle holds, without executing anything in it."""

from __future__ import annotations

from pathlib import Path

import click

from golive.cli.actions import Actions
from golive.cli.options import VERIFY, as_json
from golive.cli.output import print_json
from golive.cli.references import BUNDLE
from golive.cli.summary import bundle_facts

__all__ = ["command"]


@click.command("inspect", short_help="Show what a bundle holds; nothing in it is executed.")
@click.argument("bundle", type=BUNDLE)
@click.option("--verify", is_flag=True, help=VERIFY)
@click.option("--golden", is_flag=True, help="Show every golden record. Default: the first two.")
@click.option("--card", is_flag=True, help="Print only the model card.")
@as_json
@click.pass_obj
def command(
    actions: Actions, /, *, bundle: Path, verify: bool, golden: bool, card: bool, as_json: bool
) -> None:
    """Show what BUNDLE holds. Nothing in it is executed: no model is loaded.

    \b
    golive inspect churn.bundle
    golive inspect churn.bundle --card
    golive inspect churn.bundle --json | jq .evaluation
    """  # noqa: D301 - \b is click's mark for a block that is not wrapped
    opened = actions.open_bundle(bundle, verify_all=verify)
    if card and not as_json:
        click.echo(opened.card)
        return
    facts = bundle_facts(opened) | {"pickles": actions.pickles(opened)}
    if as_json:
        print_json(facts)
        return
    from golive.cli.tables import print_facts

    print_facts(facts, all_golden=golden)
