"""`golive compile`: a new bundle from an old one, whose compiled program answers."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click
import msgspec

from golive.cli.actions import Actions
from golive.cli.made import print_made
from golive.cli.options import PATHS, as_json
from golive.cli.output import print_json, progress, say
from golive.cli.references import BUNDLE
from golive.compiling.refusal import NotProvenError

__all__ = ["command"]


@click.command("compile", short_help="Compile a bundle that was packed without.")
@click.argument("bundle", type=BUNDLE)
@click.option(
    "--data",
    type=PATHS,
    help="The training sample, to prove the program on its rows. Default: records made up from "
    "the signature and the golden records.",
)
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
    """Make a new bundle from BUNDLE whose compiled program answers, and print the proof.

    The program is compared with the original on many rows. Where it cannot be made, is not equal
    or is slower, nothing is written, and the exit code is 1.

    \b
    golive compile churn.bundle
    golive compile churn.bundle --data train.csv -o fast.bundle
    """  # noqa: D301 - \b is click's mark for a block that is not wrapped
    try:
        with progress() as tell:
            made = actions.compile(bundle, progress=tell, **options)
    except NotProvenError as error:
        if as_json:
            print_json({"error": error.message, "proof": msgspec.to_builtins(error.proof)})
        raise
    if not as_json:
        from golive.cli.proof_table import proof_text

        say(proof_text(made))
    print_made(made, as_json=as_json)
