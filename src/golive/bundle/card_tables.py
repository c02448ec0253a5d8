"""The tables of a model card."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence

from golive.bundle.profile import Evaluation
from golive.signature.model import Column, JsonValue
from golive.signature.readable import readable

__all__ = ["columns_table", "metrics_table"]

_SHOWN = 8


def columns_table(columns: Iterable[Column]) -> str:
    """The input columns as a Markdown table."""
    rows = [
        (c.name, c.type, "yes" if c.nullable else "no", _values(c), _json(c.example), c.description)
        for c in columns
    ]
    return _table(("column", "type", "nulls", "values", "example", "description"), rows)


def metrics_table(evaluation: Evaluation) -> str:
    """The metrics of the model and of its baseline as a Markdown table."""
    rows = [
        (name, f"{value:.6g}", _number(evaluation.baseline.get(name)))
        for name, value in evaluation.metrics.items()
    ]
    return _table(("metric", "model", "baseline"), rows)


def _values(column: Column) -> str:
    if column.categories:
        shown = ", ".join(_json(value) for value in column.categories[:_SHOWN])
        more = len(column.categories) - _SHOWN
        return f"{shown} and {more} more" if more > 0 else shown
    sizes = column.shape or (() if column.length is None else (column.length,))
    if sizes:
        noun = "pixels" if column.type == "image" else "numbers"
        return f"{' × '.join(map(str, sizes))} {noun}"
    if column.minimum is not None and column.maximum is not None:
        return f"{column.minimum} to {column.maximum}"
    return ""


def _json(value: JsonValue) -> str:
    text = "" if value is None else json.dumps(readable(value), ensure_ascii=False, default=str)
    return text if len(text) <= 60 else f"{text[:59]}…"


def _number(value: float | None) -> str:
    return "" if value is None else f"{value:.6g}"


def _table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join(f"| {' | '.join(_cell(cell) for cell in line)} |" for line in lines)


def _cell(text: str) -> str:
    return " ".join(text.split()).replace("\\", "\\\\").replace("|", "\\|").replace("<", "&lt;")
