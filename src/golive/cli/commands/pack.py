"""`golive pack`: a trained model and a sample of its data become a bundle."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from golive.cli.actions import Actions
from golive.cli.options import FILE, as_json, label
from golive.cli.output import print_json, progress, say
from golive.cli.summary import bundle_facts, shown_path, summary_lines

__all__ = ["command"]

_PATHS = click.Path(exists=True, path_type=Path)


@click.command("pack", short_help="Pack a model with all that is needed to serve it.")
@click.argument("model")
@click.option(
    "--data",
    required=True,
    type=FILE,
    help="The training sample: CSV, Parquet or JSON lines. Gives the signature and the profile.",
)
@click.option("--target", help="Its column that the model predicts. Default: the data has none.")
@click.option(
    "--eval",
    type=FILE,
    help="A held-out sample with the target. Default: none, and then no metrics are computed.",
)
@click.option("--name", help="The model's name in paths and answers. Default: the file's name.")
@click.option(
    "-o",
    "--output",
    type=click.Path(path_type=Path),
    help="The bundle to write; one file if it ends in .zip. Default: NAME.bundle.",
)
@click.option("--code", multiple=True, type=_PATHS, help="Source that the model needs; repeatable.")
@click.option("--include", multiple=True, type=_PATHS, help="File it reads; repeatable.")
@click.option("--class", "classes", multiple=True, type=label, help="Label, in the model's order.")
@click.option("--positive", type=label, help="The class that is scored. Default: the second.")
@click.option("--threshold", type=click.FloatRange(0, 1), help="Default: the model's own label.")
@as_json
@click.pass_obj
def command(actions: Actions, /, *, model: str, data: Path, as_json: bool, **options: Any) -> None:
    """Pack MODEL with all that is needed to serve it and to know whether it works.

    MODEL is a file (.joblib, .joblib.gz, .pkl, .skops, XGBoost .json or .ubj, LightGBM .txt) or a
    function in a file. The bundle is written only after the model was loaded back in a clean
    process and gave the same answers.

    \b
    golive pack model.joblib --data train.csv --target churned --eval held_out.csv
    golive pack match.py:match --data requests.jsonl --include model.joblib
    golive pack model.joblib --data train.csv --code transformers.py -o churn.bundle.zip
    """  # noqa: D301 - \b is click's mark for a block that is not wrapped
    options["classes"] = options["classes"] or None
    with progress() as tell:
        bundle = actions.pack(model, data, progress=tell, **options)
    facts = bundle_facts(bundle)
    if as_json:
        print_json(facts)
        return
    for line in summary_lines(facts):
        say(line)
    click.echo(shown_path(bundle.source))
    say(f"next: golive serve {shown_path(bundle.source)}")
