"""How `golive predict` writes answers: JSON lines, one JSON document, or CSV."""

from __future__ import annotations

import csv
import sys
from collections.abc import Sequence

import click
import msgspec

from golive.cli.output import print_json, say
from golive.signature.model import JsonValue

__all__ = ["flat", "say_summary", "write_answers"]


def write_answers(answers: Sequence[dict[str, JsonValue]], form: str) -> None:
    """Write answers to stdout.

    Args:
        answers: As in `predictions`.
        form: `jsonl`, `json` or `csv`.
    """
    match form:
        case "json":
            print_json({"predictions": list(answers)})
        case "csv":
            _write_csv([flat(answer) for answer in answers])
        case _:
            for answer in answers:
                click.echo(msgspec.json.encode(answer))


def say_summary(answers: Sequence[dict[str, JsonValue]]) -> bool:
    """Say how many records were answered (stderr); False if there were some and none was."""
    failed = sum("error" in answer for answer in answers)
    defaulted = sum("defaults" in answer for answer in answers)
    looked_up = f", with defaults for what was not found: {defaulted}" if defaulted else ""
    say(f"records: {len(answers)}, answered: {len(answers) - failed}{looked_up}, failed: {failed}")
    return not answers or failed < len(answers)


def flat(answer: dict[str, JsonValue]) -> dict[str, JsonValue]:
    """One row of a table: nested members become `probabilities.CLASS`, `error.code`, …."""
    row: dict[str, JsonValue] = {}
    for name, value in answer.items():
        match value:
            case dict():
                row |= {f"{name}.{key}": _cell(member) for key, member in value.items()}
            case _:
                row[name] = _cell(value)
    return row


def _cell(value: JsonValue) -> JsonValue:
    return msgspec.json.encode(value).decode() if isinstance(value, list | dict) else value


def _write_csv(rows: list[dict[str, JsonValue]]) -> None:
    names = list(dict.fromkeys(name for row in rows for name in row))
    writer = csv.DictWriter(sys.stdout, names, lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
