"""`golive gc`: what nobody needs any more leaves the registry."""

from __future__ import annotations

import click

from golive.cli.actions import Actions
from golive.cli.options import as_json
from golive.cli.output import print_json, say
from golive.cli.references import REGISTRY, WHY, placed, registry_of

__all__ = ["command"]


@click.command("gc", short_help="Remove the bundles of old versions from a registry.")
@click.argument("model")
@click.option(
    "--keep",
    type=click.IntRange(min=1),
    default=10,
    show_default=True,
    help="So many of the newest versions stay.",
)
@click.option("--yes", is_flag=True, help="Remove. Default: only list what would be removed.")
@WHY
@as_json
@REGISTRY
@click.pass_obj
def command(  # noqa: PLR0913 - one argument an option
    actions: Actions,
    /,
    *,
    model: str,
    keep: int,
    yes: bool,
    why: str,
    as_json: bool,
    registry: str | None,
) -> None:
    """Remove the bundles of old versions of MODEL that no alias stands for.

    Uploads that broke off more than a day ago are removed, too. The history keeps that there were
    such versions; their numbers are not given again.

    \b
    golive gc churn
    golive gc churn --keep 3 --yes
    """  # noqa: D301 - \b is click's mark for a block that is not wrapped
    store, name, _ = actions.in_registry(model, registry)
    found = store.collect(name, keep=keep, dry_run=not yes, why=why)
    if as_json:
        facts = {"versions": list(found.versions), "keys": list(found.keys), "removed": yes}
        print_json(facts)
    else:
        for number in found.versions:
            click.echo(f"{name}@{number}")
    files = "1 file" if len(found.keys) == 1 else f"{len(found.keys)} files"
    if not found.keys:
        say("There is nothing to remove.")
    elif yes:
        say(f"Removed {files}.")
    else:
        say(f"{files} would be removed; nothing was.")
        placed_model = placed(name, registry_of(model, registry))
        say(f"next: golive gc {placed_model} --keep {keep} --yes")
