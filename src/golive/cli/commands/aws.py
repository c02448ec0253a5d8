"""`golive aws`: a bundle behind a public endpoint on AWS."""

from __future__ import annotations

import click

from golive.cli.commands.aws_eject import eject
from golive.cli.commands.aws_plan import plan

__all__ = ["command"]


@click.group("aws", commands=[plan, eject], short_help="Plan what AWS needs to serve a model.")
def command() -> None:
    """Plan, and write for review, what serves a model on AWS: Lambda behind a front door.

    Nothing here asks AWS or changes anything there. Settings stand in the table [aws] of
    golive.toml; docs/reference/settings.md lists them.

    \b
    golive aws plan games@prod --region eu-central-1
    golive aws eject games@prod --region eu-central-1 --format terraform
    """  # noqa: D301 - \b is click's mark for a block that is not wrapped
