"""`golive pack`: a trained model and a sample of its data become a bundle."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from golive.cli.actions import Actions
from golive.cli.made import print_made
from golive.cli.options import PATHS, as_json, image_options, label, packing, threshold_option
from golive.cli.output import progress

__all__ = ["command"]


@click.command("pack", short_help="Pack a model with all that is needed to serve it.")
@click.argument("model")
@click.option(
    "--data",
    type=PATHS,
    help="The training sample: CSV, Parquet, JSON lines, .npy, .npz or a folder of images. "
    "Default: MLflow's input example.",
)
@click.option("--target", help="Its column that the model predicts. Default: the data has none.")
@click.option(
    "--eval",
    type=PATHS,
    help="A held-out sample with the target. Default: none, and then no metrics are computed.",
)
@click.option("--name", help="The model's name in paths and answers. Default: the file's name.")
@click.option(
    "-o",
    "--output",
    type=click.Path(path_type=Path),
    help="The bundle to write; one file if it ends in .zip. Default: NAME.bundle.",
)
@click.option(
    "--code",
    multiple=True,
    type=PATHS,
    help="Source that the model needs; repeatable. Default: what is found beside its script.",
)
@click.option(
    "--include",
    multiple=True,
    type=PATHS,
    help="File that a function reads; repeatable. Default: none.",
)
@click.option(
    "--class",
    "classes",
    multiple=True,
    type=label,
    help="Label of a booster's class, in the order of its numbers; repeatable. Default: numbers.",
)
@image_options
@click.option("--positive", type=label, help="The class that is scored. Default: the second.")
@threshold_option("the model's own label")
@packing
@as_json
@click.pass_obj
def command(
    actions: Actions, /, *, model: str, data: Path | None, as_json: bool, **options: Any
) -> None:
    """Pack MODEL with all that is needed to serve it and to know whether it works.

    MODEL is a model file, a directory that MLflow saved, or a function in a file. The bundle is
    written only after the model was loaded in a clean process and gave the same answers there.

    \b
    golive pack model.joblib --data train.csv --target churned --eval held_out.csv
    golive pack match.py:match --data requests.jsonl --include model.joblib
    golive pack model.joblib --data train.csv --code transformers.py -o churn.bundle.zip
    """  # noqa: D301 - \b is click's mark for a block that is not wrapped
    options["classes"] = options["classes"] or None
    with progress() as tell:
        bundle = actions.pack(model, data, progress=tell, **options)
    print_made(bundle, as_json=as_json)
