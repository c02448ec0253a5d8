"""`golive repack`: a new bundle from an old one."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from golive.cli.actions import Actions
from golive.cli.made import print_made
from golive.cli.options import FILE, as_json, threshold_option
from golive.cli.output import progress
from golive.cli.references import BUNDLE

__all__ = ["command"]


@click.command("repack", short_help="Make a new bundle from one: threshold, signature, card.")
@click.argument("bundle", type=BUNDLE)
@threshold_option("as it was")
@click.option(
    "--signature",
    type=FILE,
    help="An edited copy of the bundle's signature.toml. Default: as it was.",
)
@click.option(
    "--card", type=FILE, help="An edited copy of the bundle's card.md. Default: as it was."
)
@click.option("--name", help="Another name. Default: as it was.")
@click.option(
    "-o",
    "--output",
    type=click.Path(path_type=Path),
    help="The bundle to write; one file if it ends in .zip. BUNDLE itself never changes. "
    "Default: the first free one of NAME-2.bundle, NAME-3.bundle, …",
)
@as_json
@click.pass_obj
def command(actions: Actions, /, *, bundle: Path, as_json: bool, **options: Any) -> None:
    """Make a new bundle from BUNDLE: the same model, with the golden records run again.

    \b
    golive repack churn.bundle --threshold 0.4
    golive repack churn.bundle --signature edited.toml --card card.md -o churn-strict.bundle
    """  # noqa: D301 - \b is click's mark for a block that is not wrapped
    with progress() as tell:
        made = actions.repack(bundle, progress=tell, **options)
    print_made(made, as_json=as_json)
