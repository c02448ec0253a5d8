"""The records that `golive predict` answers, read from a file or from stdin."""

from __future__ import annotations

import gzip
import zlib
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

import click
import msgspec

from golive.errors import UsageError
from golive.signature.model import JsonValue

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["AnswersRows", "Records", "Unreadable", "read_records"]

_ENVELOPE = {"records", "threshold", "ids", "top"}


class AnswersRows(Protocol):
    """What answers records, such as a `Predictor`."""

    def predict(
        self, rows: Any, *, threshold: float | None = None, top: int | None = None
    ) -> list[dict[str, JsonValue]]:
        """One answer a row, in order."""
        ...


@dataclass(frozen=True, slots=True)
class Unreadable:
    """A line that is no JSON, and why."""

    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Records:
    """Records in the order of their source, and what an envelope said beside them."""

    values: tuple[Any, ...]
    threshold: float | None = None
    top: int | None = None
    ids: tuple[JsonValue, ...] | None = None

    def answer_with(
        self, predictor: AnswersRows, *, threshold: float | None, top: int | None
    ) -> list[dict[str, JsonValue]]:
        """The answers, in order; a line that is no JSON has its error in its place."""
        readable = [value for value in self.values if not isinstance(value, Unreadable)]
        given = iter(
            predictor.predict(
                readable,
                threshold=self.threshold if threshold is None else threshold,
                top=self.top if top is None else top,
            )
            if readable
            else ()
        )
        answers = [
            _error(value) if isinstance(value, Unreadable) else next(given) for value in self.values
        ]
        if self.ids is None:
            return answers
        return [{"id": key, **answer} for key, answer in zip(self.ids, answers, strict=True)]


def read_records(source: str) -> Records:
    """Read the records of a file, or of stdin where `source` is `-`.

    Values of a CSV stay the text that they are: the signature's coercions read them, as they read
    a query string; what pandas takes for a null is null.

    Raises:
        UsageError: It cannot be read.
    """
    name = source.lower().removesuffix(".gz")
    try:
        if name.endswith((".csv", ".tsv")):
            return Records(values=tuple(_table(source, "\t" if name.endswith(".tsv") else ",")))
        if name.endswith(".parquet"):
            return Records(values=tuple(_parquet(source)))
        return _json_records(_bytes(source))
    except (OSError, EOFError, ValueError, zlib.error) as error:
        raise UsageError(
            f"{source} cannot be read: {error}",
            hint="FILE is .csv, .tsv, .parquet, .jsonl or .json (the first two also .gz)",
        ) from error


def _json_records(data: bytes) -> Records:
    if not data.strip():
        raise UsageError(
            "There are no records.", hint="golive predict BUNDLE rows.csv, or JSON on stdin"
        )
    try:
        whole = msgspec.json.decode(data)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        lines = [line for line in data.splitlines() if line.strip()]
        return Records(values=tuple(_json_line(line) for line in lines))
    if isinstance(whole, list):
        return Records(values=tuple(whole))
    if isinstance(whole, dict) and isinstance(whole.get("records"), list):
        return _envelope(whole)
    return Records(values=(whole,))


def _envelope(body: dict[str, Any]) -> Records:
    if unknown := sorted(body.keys() - _ENVELOPE):
        raise UsageError(f"{unknown[0]!r} beside `records` means nothing.")
    ids, records = body.get("ids"), tuple(body["records"])
    if ids is not None and (not isinstance(ids, list) or len(ids) != len(records)):
        raise UsageError("`ids` is not a list of one id a record.")
    return Records(
        values=records,
        threshold=body.get("threshold"),
        top=body.get("top"),
        ids=None if ids is None else tuple(ids),
    )


def _json_line(line: bytes) -> Any:
    try:
        return msgspec.json.decode(line)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        return Unreadable(str(error))


def _error(line: Unreadable) -> dict[str, JsonValue]:
    message = f"The line is no JSON: {line.reason}"
    return {"error": {"code": "malformed_json", "message": message}}


def _bytes(source: str) -> bytes:
    if source == "-":
        with click.open_file("-", "rb") as stream:
            return bytes(stream.read())
    data = Path(source).read_bytes()
    return gzip.decompress(data) if source.lower().endswith(".gz") else data


def _table(source: str, separator: str) -> list[dict[str, Any]]:
    import pandas as pd

    return _rows(pd.read_csv(source, sep=separator, dtype=str))


def _parquet(source: str) -> list[dict[str, Any]]:
    import pandas as pd

    return _rows(pd.read_parquet(source))


def _rows(frame: pd.DataFrame) -> list[dict[str, Any]]:
    from golive.runtimes.records import frame_records

    return frame_records(frame)
