"""`golive predict`: one-off answers for a file or what comes from stdin."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from golive.cli.actions import Actions
from golive.cli.answers import say_summary, write_answers
from golive.cli.options import answering, as_json, threshold_option
from golive.cli.output import progress
from golive.cli.records import FORMS, read_records
from golive.cli.references import BUNDLE

__all__ = ["command"]


@click.command("predict", short_help="Answer the records of a file or of stdin.")
@click.argument("bundle", type=BUNDLE)
@click.argument("file", type=click.Path(allow_dash=True, exists=True, dir_okay=False), default="-")
@click.option(
    "--input-format",
    "input_form",
    type=click.Choice(FORMS),
    help="What FILE holds. Default: what its name ends in; JSON or JSON lines where that is none.",
)
@click.option(
    "--format",
    "form",
    type=click.Choice(["jsonl", "csv"]),
    default="jsonl",
    show_default=True,
    help="How answers are written: one JSON object a line, or a table.",
)
@threshold_option("the bundle's")
@click.option(
    "--top",
    type=click.IntRange(min=1),
    help="Multiclass models: give only so many of the largest probabilities. Default: all.",
)
@as_json
@answering
@click.pass_obj
def command(  # noqa: PLR0913 - one argument an option
    actions: Actions,
    /,
    *,
    bundle: Path,
    file: str,
    input_form: str | None,
    form: str,
    threshold: float | None,
    top: int | None,
    as_json: bool,
    **how: Any,
) -> int:
    """Answer the records of FILE with BUNDLE, exactly as the served model would.

    FILE is CSV, Parquet, JSON lines or JSON; `-`, the default, is stdin. A record that cannot be
    answered has its error in its place. The exit code is 1 only if no record could be answered.

    \b
    golive predict churn.bundle new_rows.csv > answers.jsonl
    golive predict churn.bundle new_rows.csv --format csv > answers.csv
    echo '{"age": 41, "plan": "basic"}' | golive predict churn.bundle
    head -n 9 new_rows.csv | golive predict churn.bundle --input-format csv
    golive predict churn.bundle new_rows.csv --lookup users=users.json
    """  # noqa: D301 - \b is click's mark for a block that is not wrapped
    records = read_records(file, input_form)
    with progress(only_on_terminal=True) as tell:
        tell(f"Loading {bundle}")
        predictor = actions.load(bundle, **how)
        tell(f"Answering {len(records.values):,} records")
        answers = records.answer_with(predictor, threshold=threshold, top=top)
    write_answers(answers, "json" if as_json else form)
    return 0 if say_summary(answers) else 1
