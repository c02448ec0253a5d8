"""The records that `golive predict` answers, read from a file or from stdin."""

from __future__ import annotations

import gzip
import io
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

__all__ = ["FORMS", "AnswersRows", "Records", "Unreadable", "read_records"]

FORMS = ("csv", "tsv", "parquet", "jsonl", "json")
_AT_ONCE = 10_000  # as many as one request may have
_ENVELOPE = {"records", "threshold", "ids", "top"}


class AnswersRows(Protocol):
    """What answers records, such as a `Predictor`."""

    def predict(
        self, rows: Any, *, threshold: float | None = None, top: int | None = None
    ) -> list[dict[str, JsonValue]]:
        """One answer a row, in order."""
        ...

    def predict_texts(
        self, rows: Any, *, threshold: float | None = None, top: int | None = None
    ) -> list[dict[str, JsonValue]]:
        """Likewise, of rows that hold texts only."""
        ...


@dataclass(frozen=True, slots=True)
class Unreadable:
    """A line that is no JSON, and why."""

    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Records:
    """Records in the order of their source, and what an envelope said beside them.

    Attributes:
        values: The records, or `Unreadable`.
        are_texts: Each is a row of texts, whose types the signature knows.
        threshold: As the envelope says.
        top: As the envelope says.
        ids: As the envelope says.
    """

    values: tuple[Any, ...]
    are_texts: bool = False
    threshold: float | None = None
    top: int | None = None
    ids: tuple[JsonValue, ...] | None = None

    def answer_with(
        self, predictor: AnswersRows, *, threshold: float | None, top: int | None
    ) -> list[dict[str, JsonValue]]:
        """The answers, in order; a line that is no JSON has its error in its place.

        Each 10,000 records are asked at once, as those of a request would be.
        """
        readable = [value for value in self.values if not isinstance(value, Unreadable)]
        predict = predictor.predict_texts if self.are_texts else predictor.predict
        threshold = self.threshold if threshold is None else threshold
        top = self.top if top is None else top
        given = (
            answer
            for start in range(0, len(readable), _AT_ONCE)
            for answer in predict(readable[start : start + _AT_ONCE], threshold=threshold, top=top)
        )
        answers = [
            _error(value) if isinstance(value, Unreadable) else next(given) for value in self.values
        ]
        if self.ids is None:
            return answers
        return [{"id": key, **answer} for key, answer in zip(self.ids, answers, strict=True)]


def read_records(source: str, form: str | None = None) -> Records:
    """Read the records of a file, or of stdin where `source` is `-`.

    Values of a CSV stay the text that they are: the signature's coercions read them, as they read
    a query string.

    Args:
        source: A path, or `-`.
        form: One of `FORMS`; by the name's ending if None, and JSON where that says nothing.

    Raises:
        UsageError: It cannot be read.
    """
    form = form or _form_of(source)
    try:
        data = _bytes(source)
        if not data.strip():
            raise UsageError(
                f"{_called(source)} is empty: there are no records.",
                hint="golive predict BUNDLE rows.csv, or JSON on stdin",
            )
        match form:
            case "csv" | "tsv":
                rows = _table(data, "\t" if form == "tsv" else ",")
                return Records(values=tuple(rows), are_texts=True)
            case "parquet":
                return Records(values=tuple(_parquet(data)))
            case _:
                return _json_records(data, _called(source))
    except (OSError, EOFError, ValueError, zlib.error) as error:
        raise UsageError(
            f"{_called(source)} cannot be read as {form}: {error}",
            hint=f"say what it holds, one of: --input-format {'|'.join(FORMS)}",
        ) from error


def _form_of(source: str) -> str:
    ending = source.lower().removesuffix(".gz").rpartition(".")[2]
    return ending if ending in FORMS else "json"


def _called(source: str) -> str:
    return "stdin" if source == "-" else source


def _json_records(data: bytes, called: str) -> Records:
    try:
        whole = msgspec.json.decode(data)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        lines = [_json_line(line) for line in data.splitlines() if line.strip()]
        if all(isinstance(line, Unreadable) for line in lines):
            raise UsageError(
                f"{called} is no JSON: {lines[0].reason}",
                hint="for a table, add --input-format csv (or tsv, parquet)",
            ) from None
        return Records(values=tuple(lines))
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


def _table(data: bytes, separator: str) -> list[dict[str, Any]]:
    import pandas as pd

    return _rows(pd.read_csv(io.BytesIO(data), sep=separator, dtype=str, na_filter=False))


def _parquet(data: bytes) -> list[dict[str, Any]]:
    import pandas as pd

    return _rows(pd.read_parquet(io.BytesIO(data)))


def _rows(frame: pd.DataFrame) -> list[dict[str, Any]]:
    from golive.runtimes.records import frame_records

    return frame_records(frame)
