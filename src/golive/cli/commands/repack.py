"""`golive repack`: a new bundle from an old one."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from golive.cli.actions import Actions
from golive.cli.options import BUNDLE, FILE, as_json
from golive.cli.output import print_json, progress, say
from golive.cli.summary import bundle_facts, shown_path, summary_lines

__all__ = ["command"]


@click.command("repack", short_help="Make a new bundle from one: threshold, signature, card.")
@click.argument("bundle", type=BUNDLE)
@click.option(
    "--threshold",
    type=click.FloatRange(0, 1),
    help="Binary models: label as positive from this score on. Default: as it was.",
)
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
    required=True,
    type=click.Path(path_type=Path),
    help="The bundle to write; one file if it ends in .zip. BUNDLE itself never changes.",
)
@as_json
@click.pass_obj
def command(actions: Actions, /, *, bundle: Path, as_json: bool, **options: Any) -> None:
    """Make a new bundle from BUNDLE: the same model, with the golden records run again.

    \b
    golive repack churn.bundle --threshold 0.4 -o churn-2.bundle
    golive repack churn.bundle --signature signature.toml --card card.md -o churn-2.bundle
    """  # noqa: D301 - \b is click's mark for a block that is not wrapped
    with progress() as tell:
        made = actions.repack(bundle, progress=tell, **options)
    facts = bundle_facts(made)
    if as_json:
        print_json(facts)
        return
    for line in summary_lines(facts):
        say(line)
    click.echo(shown_path(made.source))
    say(f"next: golive serve {shown_path(made.source)}")
