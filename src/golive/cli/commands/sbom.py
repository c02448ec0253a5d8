"""`golive sbom`: what a bundle consists of, for those who look for weaknesses in it."""

from __future__ import annotations

from pathlib import Path

import click

from golive.cli.actions import Actions
from golive.cli.references import BUNDLE

__all__ = ["command"]


@click.command("sbom", short_help="Print a bundle's software bill of materials (CycloneDX).")
@click.argument("bundle", type=BUNDLE)
@click.pass_obj
def command(actions: Actions, /, *, bundle: Path) -> None:
    """Print the software bill of materials of BUNDLE: CycloneDX 1.6, JSON.

    It names the model's files with their hashes and the exact packages that it needs; what only
    the original needs is optional where the compiled program answers. It needs the extra `sbom`.

    \b
    golive sbom churn.bundle > churn.cdx.json
    """  # noqa: D301 - \b is click's mark for a block that is not wrapped
    click.echo(actions.sbom(actions.open_bundle(bundle, verify_all=False)))
