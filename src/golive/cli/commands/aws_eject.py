"""`golive aws eject`: files for those who deploy without golive."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from golive.cli.actions import Actions
from golive.cli.aws_options import NAME, aws_options, wish_of

if TYPE_CHECKING:
    from golive.deploying.aws.ejecting import EjectFormat

__all__ = ["eject"]


@click.command("eject")
@NAME
@aws_options
@click.option(
    "--format",
    "form",
    type=click.Choice(["cloudformation", "terraform", "cdk"]),
    default="cloudformation",
    show_default=True,
    help="What reads them.",
)
@click.option(
    "-o",
    "--output",
    type=click.Path(path_type=Path, file_okay=False),
    help="Folder for the files. Default: aws-FORMAT.",
)
@click.pass_obj
def eject(
    actions: Actions, /, *, name: str, form: EjectFormat, output: Path | None, **options: Any
) -> None:
    """Write what a deployment of NAME consists of, for review or for other tools.

    Two stacks: the store, a bucket that all deployments of a region share, and the service. The
    files hold the same resources in each format, with a reason for each.
    """
    folder = output or Path(f"aws-{form}")
    for path in actions.aws_eject(wish_of(name, options), form, folder):
        click.echo(path)
