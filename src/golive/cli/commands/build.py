"""`golive build`: what a platform runs, made from a bundle."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from golive.cli.actions import Actions
from golive.cli.options import FILE, as_json
from golive.cli.output import print_json, progress, say
from golive.cli.references import BUNDLE

__all__ = ["command", "lambda_"]


@click.group("build", short_help="Make what a platform runs: a zip file for AWS Lambda.")
def command() -> None:
    """Make what a platform runs from a bundle."""


@command.command("lambda")
@click.argument("bundle", type=BUNDLE)
@click.option(
    "-o",
    "--output",
    type=click.Path(path_type=Path),
    help="The zip file to write. Default: NAME-lambda.zip.",
)
@click.option(
    "--python",
    metavar="VERSION",
    help="The Python of the function, such as 3.13. Default: the one that packed the model where "
    "AWS Lambda offers it, else the newest that it does; 3.13 for compiled bundles.",
)
@click.option(
    "--arch",
    "architecture",
    type=click.Choice(["x86_64", "arm64"]),
    default="x86_64",
    show_default=True,
    help="The processor of the function.",
)
@click.option(
    "--unproven",
    is_flag=True,
    help="Write it also where it cannot be run. Default: refuse where that Python is not here, or "
    "for another processor.",
)
@click.option(
    "--config",
    type=FILE,
    help="The file whose table [lambda] names more data, libraries and packages. Default: "
    "golive.toml, if it is here.",
)
@as_json
@click.pass_obj
def lambda_(actions: Actions, /, *, bundle: Path, as_json: bool, **options: Any) -> None:
    """Make a zip file from BUNDLE that AWS Lambda runs, with `handler.handler` as its entry.

    It is run before it is there: unpacked, read-only, by the very Python, under AWS's own client,
    with the bundle's golden records. The same bundle gives the same bytes.

    \b
    golive build lambda churn.bundle -o deploy.zip
    golive build lambda games@prod --python 3.14 --arch arm64 --unproven
    """  # noqa: D301 - \b is click's mark for a block that is not wrapped
    from golive.cli.package_lines import package_facts, package_lines

    with progress() as tell:
        made = actions.build_lambda(bundle, progress=tell, **options)
    facts = package_facts(made)
    if as_json:
        print_json(facts)
        return
    for line in package_lines(facts):
        say(line)
    click.echo(facts["path"])
