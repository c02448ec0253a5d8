"""`golive pull`: a version becomes a file on this machine."""

from __future__ import annotations

import shlex
from pathlib import Path

import click

from golive.cli.actions import Actions
from golive.cli.output import progress, say
from golive.cli.references import REGISTRY

__all__ = ["command"]


@click.command("pull", short_help="Write a version's bundle to a file or a directory.")
@click.argument("reference", metavar="NAME[@VERSION|@ALIAS]")
@click.option(
    "-o",
    "--output",
    type=click.Path(path_type=Path),
    help="Where: a new directory, or a new file that ends with .zip. Default: NAME-VERSION.bundle.",
)
@REGISTRY
@click.pass_obj
def command(
    actions: Actions, /, *, reference: str, output: Path | None, registry: str | None
) -> None:
    """Write the bundle of a version to this machine, verified to the last byte.

    \b
    golive pull churn@prod
    golive pull s3://models/team/churn@7 -o churn.zip
    """  # noqa: D301 - \b is click's mark for a block that is not wrapped
    with progress(only_on_terminal=True) as tell:
        tell(f"Pulling {reference}")
        written = actions.pull_to(reference, output, registry=registry)
    click.echo(written)
    say(f"next: golive serve {shlex.quote(str(written))}")
