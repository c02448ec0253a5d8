"""`golive predict`: one-off answers for a file or what comes from stdin."""

from __future__ import annotations

from pathlib import Path

import click

from golive.cli.actions import Actions
from golive.cli.answers import write_answers
from golive.cli.options import BUNDLE, as_json, loading
from golive.cli.output import say
from golive.cli.records import read_records

__all__ = ["command"]


@click.command("predict", short_help="Answer the records of a file or of stdin.")
@click.argument("bundle", type=BUNDLE)
@click.argument("file", type=click.Path(allow_dash=True, exists=True, dir_okay=False), default="-")
@click.option(
    "--format",
    "form",
    type=click.Choice(["jsonl", "csv"]),
    default="jsonl",
    show_default=True,
    help="How answers are written: one JSON object a line, or a table.",
)
@click.option(
    "--threshold",
    type=click.FloatRange(0, 1),
    help="Binary models: label as positive from this score on. Default: the bundle's.",
)
@click.option(
    "--top",
    type=click.IntRange(min=1),
    help="Multiclass models: give only so many of the largest probabilities. Default: all.",
)
@as_json
@loading
@click.pass_obj
def command(  # noqa: PLR0913 - one argument an option
    actions: Actions,
    /,
    *,
    bundle: Path,
    file: str,
    form: str,
    threshold: float | None,
    top: int | None,
    as_json: bool,
    verify: bool,
    allow_drifted_environment: bool,
) -> int:
    """Answer the records of FILE with BUNDLE, exactly as the served model would.

    FILE is CSV, Parquet, JSON lines or JSON; `-`, the default, is JSON or JSON lines from stdin.
    A record that cannot be answered has its error in its place. The exit code is 1 only if no
    record could be answered.

    \b
    golive predict churn.bundle new_rows.csv > answers.jsonl
    golive predict churn.bundle new_rows.csv --format csv > answers.csv
    echo '{"age": 41, "plan": "basic"}' | golive predict churn.bundle
    """  # noqa: D301 - \b is click's mark for a block that is not wrapped
    records = read_records(file)
    predictor = actions.load(
        bundle, verify=verify, allow_drifted_environment=allow_drifted_environment
    )
    answers = records.answer_with(predictor, threshold=threshold, top=top)
    write_answers(answers, "json" if as_json else form)
    failed = sum("error" in answer for answer in answers)
    say(f"records: {len(answers)}, answered: {len(answers) - failed}, failed: {failed}")
    return 1 if answers and failed == len(answers) else 0
