"""A case: one trained model on disk, the records that are sent to it, and its own answers."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

import msgspec

__all__ = ["RECORDS", "TITLES", "Case", "Record", "Value"]

#: Different records that are sent to each model, in turn.
RECORDS = 512

TITLES = {
    "logistic": "Logistic regression, 10 columns",
    "boosted": "ColumnTransformer and 100 boosted trees",
    "text": "TF-IDF and logistic regression",
    "forest": "Random forest, 300 trees",
}

_WHOLE = "whole.json"

Value = str | int | float | None
Record = dict[str, Value]


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """A trained model, what is sent to it, and what it answers in process.

    Attributes:
        name: Of the model.
        title: What a reader is shown.
        kind: What it takes: a `matrix` of numbers, a `table` of columns or a list of `texts`.
        folder: Holds `model.joblib`, `sample.csv` (with the column `target`) and files in JSON.
        columns: Of its input, in the order that it was fitted with.
        classes: As strings, in the model's order.
        records: That are sent, each different.
        probabilities: Of each record, in the order of the classes.
        labels: Of each record.
    """

    name: str
    title: str
    kind: str
    folder: Path
    columns: tuple[str, ...]
    classes: tuple[str, ...]
    records: tuple[Record, ...]
    probabilities: tuple[tuple[float, ...], ...]
    labels: tuple[str, ...]

    @property
    def model(self) -> Path:
        """The fitted model, written with joblib."""
        return self.folder / "model.joblib"

    @property
    def sample(self) -> Path:
        """Rows that it was fitted on, with their target."""
        return self.folder / "sample.csv"

    def values(self, record: Record) -> list[Value]:
        """A record's values in the order of the columns."""
        return [record[column] for column in self.columns]

    def write(self) -> None:
        """Write it beside the model, and what the programs that serve or call it need to know."""
        (self.folder / _WHOLE).write_bytes(msgspec.json.encode(self, enc_hook=str))
        about = {"kind": self.kind, "columns": self.columns, "classes": self.classes}
        (self.folder / "case.json").write_text(json.dumps(about), "utf-8")
        (self.folder / "records.json").write_text(json.dumps(self.records), "utf-8")

    @classmethod
    def read(cls, folder: Path) -> Case:
        """The case that was written into a folder."""
        return msgspec.json.decode((folder / _WHOLE).read_bytes(), type=cls, dec_hook=_path)


def _path(_: type, text: str) -> Path:
    return Path(text)
