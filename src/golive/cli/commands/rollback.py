"""`golive rollback`: an alias goes back to where it was."""

from __future__ import annotations

import click

from golive.cli.actions import Actions
from golive.cli.options import as_json
from golive.cli.output import print_json, say
from golive.cli.references import REGISTRY, WHY, placed, registry_of
from golive.cli.versions_table import model_facts

__all__ = ["command"]


@click.command("rollback", short_help="Let an alias stand for the version before.")
@click.argument("model")
@click.option(
    "--alias",
    default=None,
    help="The alias. Default: the one after @, or prod where there is none.",
)
@WHY
@as_json
@REGISTRY
@click.pass_obj
def command(
    actions: Actions,
    /,
    *,
    model: str,
    alias: str | None,
    why: str,
    as_json: bool,
    registry: str | None,
) -> None:
    """Let an alias of MODEL stand again for the version that it stood for before.

    Nothing is checked, so that it works at any hour: that version served before. Done twice, it
    goes back one more. Servers that were started with the alias and --refresh follow.

    \b
    golive rollback churn
    golive rollback churn@staging --why "precision fell"
    """  # noqa: D301 - \b is click's mark for a block that is not wrapped
    store, name, selector = actions.in_registry(model, registry)
    moved = alias or selector or "prod"
    before = store.history(name).aliases.get(moved)
    history = store.rollback(name, moved, why=why)
    if as_json:
        print_json(model_facts(name, history))
    else:
        click.echo(f"{name}@{history.aliases[moved]}")
    say(f"{name}@{moved} stood for version {before} and stands for {history.aliases[moved]} now.")
    say(f"next: golive versions {placed(name, registry_of(model, registry))} --history")
