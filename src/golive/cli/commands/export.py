"""`golive export`: a bundle's model in a format of other programs."""

from __future__ import annotations

from pathlib import Path

import click
import msgspec

from golive.cli.actions import Actions
from golive.cli.options import PATHS, as_json
from golive.cli.output import print_json, progress, say
from golive.cli.references import BUNDLE
from golive.compiling.refusal import NotProvenError

__all__ = ["command", "onnx"]


@click.group("export", short_help="Write the model for other programs: ONNX.")
def command() -> None:
    """Write the model of a bundle in a format of other programs."""


@command.command("onnx")
@click.argument("bundle", type=BUNDLE)
@click.option(
    "-o", "--output", type=click.Path(path_type=Path), required=True, help="The file to write."
)
@click.option(
    "--data",
    type=PATHS,
    help="The training sample, to prove the graph on its rows. Default: records made up from the "
    "signature and the golden records.",
)
@as_json
@click.pass_obj
def onnx(
    actions: Actions, /, *, bundle: Path, output: Path, data: Path | None, as_json: bool
) -> None:
    """Write the model of BUNDLE as an ONNX graph, where that is proven equal to it.

    The graph answers the same rows as a compiled program is compared on. Where it answers one
    otherwise, nothing is written, the row is shown, and the exit code is 1.

    \b
    golive export onnx churn.bundle -o churn.onnx
    golive export onnx churn.bundle -o churn.onnx --data train.csv
    """  # noqa: D301 - \b is click's mark for a block that is not wrapped
    try:
        with progress() as tell:
            made = actions.export_onnx(bundle, output=output, data=data, progress=tell)
    except NotProvenError as error:
        if as_json:
            print_json({"error": error.message, "proof": msgspec.to_builtins(error.proof)})
        elif error.proof.worst is not None:
            say(f"row: {msgspec.json.encode(error.proof.worst.row).decode()}")
        raise
    if as_json:
        print_json({"path": str(made.path), "proof": msgspec.to_builtins(made.proof)})
        return
    say(made.proof.reason)
    click.echo(made.path)
