"""`golive push`: a bundle becomes a version in a registry."""

from __future__ import annotations

from pathlib import Path

import click

from golive.cli.actions import Actions
from golive.cli.options import as_json
from golive.cli.output import print_json, progress, say
from golive.cli.references import REGISTRY, WHY, placed
from golive.cli.versions_table import pushed_facts

__all__ = ["command"]


@click.command("push", short_help="Make a bundle a new version in a registry.")
@click.argument("bundle", type=click.Path(path_type=Path))
@click.option("--name", help="The model's name in the registry. Default: the bundle's.")
@WHY
@as_json
@REGISTRY
@click.pass_obj
def command(
    actions: Actions,
    /,
    *,
    bundle: Path,
    name: str | None,
    why: str,
    as_json: bool,
    registry: str | None,
) -> None:
    """Make BUNDLE the next version of its model. Versions never change.

    The same bundle pushed again is the version that it was before. NAME@VERSION goes to stdout;
    every command that takes a bundle takes that name.

    \b
    golive push churn.bundle
    golive push churn.bundle --why "trained on October" --registry s3://models/team
    """  # noqa: D301 - \b is click's mark for a block that is not wrapped
    opened = actions.open_bundle(bundle, verify_all=False)
    store = actions.registry(registry)
    with progress(only_on_terminal=True) as tell:
        tell(f"Pushing {bundle} to {store.location}")
        push = store.push(opened, model=name, why=why)
    model = name or opened.name
    reference = f"{model}@{push.version.number}"
    if as_json:
        print_json(pushed_facts(model, push))
    else:
        click.echo(reference)
    if not push.is_new:
        say(f"This very bundle is {reference} already; nothing was written.")
    say(f"next: golive promote {placed(reference, registry)} prod")
