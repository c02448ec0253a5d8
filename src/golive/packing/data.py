"""Sample data: tables read from files, and their rows as JSON records."""

from __future__ import annotations

import base64
import gzip
import json
import math
import zlib
from collections import Counter
from collections.abc import Callable, Sequence
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import numpy as np
import pandas as pd

from golive.errors import UsageError
from golive.packing.array_data import frame_of_array, frame_of_arrays, nested, read_arrays
from golive.packing.image_files import IMAGE, with_image_files
from golive.packing.pictures import Picture
from golive.runtimes.png import is_image
from golive.signature.model import Column, JsonValue, Signature, integer_bounds

if TYPE_CHECKING:
    from os import PathLike

__all__ = [
    "ENDINGS",
    "as_frame",
    "plain_value",
    "read_records",
    "read_table",
    "rows_of",
    "text_reader",
]

_Result = TypeVar("_Result")
ENDINGS = (".csv", ".csv.gz", ".tsv", ".tsv.gz", ".parquet", ".jsonl", ".jsonl.gz", ".ndjson",
           ".ndjson.gz", ".json", ".json.gz", ".npy", ".npz")  # fmt: skip


def read_table(path: str | PathLike[str], *, text_columns: Sequence[str] = ()) -> pd.DataFrame:
    """Read a table the way pandas does by default.

    JSON keeps its own types: a text that looks like a number or a date stays text.

    Args:
        path: A file whose name ends in one of `ENDINGS`.
        text_columns: Columns of a CSV to read as the text that stands in the file, so that `01`
            stays `01`. Other formats know their types and ignore it.

    Raises:
        UsageError: The file is missing, unreadable, empty, of an unknown kind, or names a column
            twice.
    """
    file = Path(path)
    ending = _ending(file)
    if ending.startswith((".csv", ".tsv")):
        frame = _reading(file, lambda: _read_delimited(file, text_columns))
    elif ending == ".parquet":
        frame = _reading(file, lambda: pd.read_parquet(file))
    elif ending in (".npy", ".npz"):
        frame = _reading(file, lambda: read_arrays(file))
    else:
        frame = _frame_of_records(file, read_records(file))
    _check_columns(file, [str(name) for name in frame.columns])
    if frame.empty:
        raise UsageError(f"{file} has no rows.", hint="Give a file with at least one row of data.")
    frame.columns = pd.Index([str(name) for name in frame.columns])
    return _with_cells(frame)


def read_records(path: str | PathLike[str]) -> list[JsonValue]:
    """Read a list of JSON values: one a line (`.jsonl`, `.ndjson`) or a JSON list (`.json`).

    Raises:
        UsageError: The file is missing, no JSON, empty or of another kind.
    """
    file = Path(path)
    ending = _ending(file)
    if not ending.startswith((".json", ".ndjson")):
        raise UsageError(
            f"{file} holds a table; this model takes one JSON value a record.",
            hint="Give a .jsonl file with one request a line, or a .json file with a list.",
        )
    text = _reading(file, lambda: _read_text(file))
    if ending.startswith(".json") and not ending.startswith(".jsonl"):
        records = _reading(file, lambda: json.loads(text))
    else:
        records = _reading(file, lambda: _json_lines(text))
    if not isinstance(records, list):
        raise UsageError(
            f"{file} holds one JSON {type(records).__name__}, not a list of records.",
            hint="Put the records into a list, or write one a line into a .jsonl file.",
        )
    if not records:
        raise UsageError(f"{file} has no records.", hint="Give a file with at least one record.")
    return records


def as_frame(data: object) -> pd.DataFrame:
    """The table that `data` holds.

    It is a frame, an array of two axes or more, a dict of arrays, or a list of texts, of images or
    of dicts.

    Raises:
        UsageError: It is none of them, it is empty, or a column is there twice.
    """
    match data:
        case pd.DataFrame():
            frame = data.copy(deep=False)
        case pd.Series():
            frame = data.to_frame(name="text" if data.name is None else data.name)
        case np.ndarray():
            frame = frame_of_array(data)
        case dict() if data:
            frame = frame_of_arrays(data)
        case list() | tuple() if data and all(isinstance(value, str) for value in data):
            frame = pd.DataFrame({"text": list(data)})
        case list() | tuple() if data and all(map(is_image, data)):
            frame = pd.DataFrame({IMAGE: pd.Series(list(data), dtype=object)})
        case list() | tuple() if data and all(isinstance(value, dict) for value in data):
            frame = pd.DataFrame(list(data))
        case _:
            raise UsageError(
                f"A {type(data).__name__} is no table that a signature can be inferred from.",
                hint="Give a DataFrame, an array, a dict of arrays, a list of dicts, of texts or "
                "of images, not empty.",
            )
    frame.columns = pd.Index([str(name) for name in frame.columns])
    _check_columns("The data", list(frame.columns))
    if frame.empty:
        raise UsageError("The data has no rows.", hint="Give at least one row of data.")
    return _with_cells(frame)


def _with_cells(frame: pd.DataFrame) -> pd.DataFrame:
    """Nested lists as arrays, and structs of images as image files."""
    return with_image_files(nested(frame.reset_index(drop=True)))


def rows_of(
    frame: pd.DataFrame | Sequence[JsonValue], signature: Signature
) -> list[dict[str, JsonValue]]:
    """The rows of `frame` as the JSON records that a client would send.

    Values are plain Python: None for every null, whole numbers as int, datetimes as ISO 8601
    text, vectors as lists, bytes and pictures as base64 text. An infinity stays one: JSON cannot
    say it, and such a row is refused.

    Args:
        frame: The corrected frame of an `Inference`; for a function model, its list of requests.
        signature: Says which columns, and what type each has.
    """
    if not isinstance(frame, pd.DataFrame):
        return list(frame)
    columns = [_plain_column(frame[column.name], column) for column in signature.columns]
    names = signature.column_names
    return [dict(zip(names, values, strict=True)) for values in zip(*columns, strict=True)]


def plain_value(value: Any) -> JsonValue:
    """The JSON value that a pandas or NumPy scalar or array, bytes or a picture stand for."""
    if isinstance(value, (Picture, bytes)):
        return value.encoded if isinstance(value, Picture) else base64.b64encode(value).decode()
    if isinstance(value, (list, tuple, np.ndarray)):
        return _plain_list(value)
    if _is_null(value):
        return None
    if isinstance(value, np.datetime64):
        value = pd.Timestamp(value)
    if isinstance(value, date):
        return value.isoformat()
    return value.item() if isinstance(value, np.generic) else value


def _plain_list(values: Any) -> list[JsonValue]:
    if isinstance(values, np.ndarray) and values.dtype.kind in "iub":
        whole: list[JsonValue] = values.tolist()
        return whole
    return [plain_value(element) for element in values]


def _is_null(value: object) -> bool:
    if value is None or value is pd.NaT or value is pd.NA:
        return True
    return isinstance(value, float | np.floating) and math.isnan(value)


def _plain_column(series: pd.Series, column: Column) -> list[JsonValue]:
    values = [plain_value(value) for value in series.tolist()]
    match column.type:
        case "integer":
            return [_whole(value) for value in values]
        case "vector":
            return values if integer_bounds(column.dtype) else [_floats(v) for v in values]
        case "category":
            known = {(isinstance(c, str), c): c for c in column.categories}
            return [known.get((isinstance(v, str), v), v) for v in values]
        case _:
            return values


def _whole(value: JsonValue) -> JsonValue:
    """2.0 as 2; what is no whole number stays, for the decoder to refuse."""
    return int(value) if isinstance(value, float) and value.is_integer() else value


def _floats(value: JsonValue) -> JsonValue:
    if isinstance(value, list):
        return [_floats(element) for element in value]
    return float(value) if isinstance(value, int) else value


def _ending(file: Path) -> str:
    name = file.name.lower()
    if not file.exists():
        raise UsageError(f"There is no file {file}.", hint="Check the path of the data file.")
    if not file.is_file():
        raise UsageError(f"{file} is no file.", hint="Give the path of one data file.")
    for ending in sorted(ENDINGS, key=len, reverse=True):
        if name.endswith(ending):
            return ending
    raise UsageError(
        f"{file} is of a kind that golive does not read.",
        hint=f"The name must end in one of {', '.join(ENDINGS)}.",
    )


def _reading(file: Path, read: Callable[[], _Result]) -> _Result:
    try:
        return read()
    except (ValueError, OSError, EOFError, zlib.error) as error:
        if isinstance(error, pd.errors.EmptyDataError):
            hint = "Give a file with a header and rows."
            raise UsageError(f"{file} is empty.", hint=hint) from error
        raise UsageError(
            f"{file} cannot be read: {str(error).strip() or type(error).__name__}",
            hint="Its content must be what its name's ending says, in UTF-8.",
        ) from error


def text_reader(data: object) -> Callable[[Sequence[str]], pd.DataFrame] | None:
    """A function that reads columns of a CSV again as the very text that stands there.

    None for other data: they know their types. Nothing is a null to it: `NA`, `None` and an empty
    field are texts, so that a category of that name can be recovered.
    """
    if not isinstance(data, str | Path) or not _is_delimited(Path(data)):
        return None
    path = Path(data)
    return lambda columns: _reading(path, lambda: _read_raw(path, columns))


def _read_delimited(file: Path, text_columns: Sequence[str]) -> pd.DataFrame:
    separator = _separator(file)
    header = pd.read_csv(
        file, sep=separator, header=None, nrows=1, dtype=str, keep_default_na=False
    )
    names = [str(name) for name in header.iloc[0] if str(name)]
    _check_columns(file, names)
    frame = pd.read_csv(file, sep=separator, low_memory=False)
    texts = [name for name in text_columns if name in names]
    if texts:
        frame[texts] = _read_raw(file, texts).where(frame[texts].notna())
    return frame


def _read_raw(file: Path, columns: Sequence[str]) -> pd.DataFrame:
    """Columns as the texts that stand there: nothing is a number, nothing is null."""
    raw = pd.read_csv(file, sep=_separator(file), usecols=list(columns), dtype=str, na_filter=False)
    return raw[list(columns)]


def _separator(file: Path) -> str:
    return "\t" if file.name.lower().removesuffix(".gz").endswith(".tsv") else ","


def _is_delimited(file: Path) -> bool:
    name = file.name.lower().removesuffix(".gz")
    return name.endswith((".csv", ".tsv"))


def _read_text(file: Path) -> str:
    content = file.read_bytes()
    if file.name.lower().endswith(".gz"):
        content = gzip.decompress(content)
    return content.decode("utf-8-sig")


def _json_lines(text: str) -> list[JsonValue]:
    records: list[JsonValue] = []
    for number, line in enumerate(text.split("\n"), start=1):
        if line.strip():
            try:
                records.append(json.loads(line))
            except ValueError as error:
                raise ValueError(f"line {number} is no JSON ({error})") from error
    return records


def _frame_of_records(file: Path, records: list[JsonValue]) -> pd.DataFrame:
    for number, record in enumerate(records, start=1):
        if not isinstance(record, dict):
            raise UsageError(
                f"Record {number} of {file} is a {type(record).__name__}, not an object.",
                hint="A table needs one JSON object with the columns' names a record.",
            )
    return pd.DataFrame(records)


def _check_columns(source: object, names: list[str]) -> None:
    twice = [name for name, count in Counter(names).items() if count > 1]
    if twice:
        raise UsageError(
            f"{source} names a column more than once: {', '.join(map(repr, twice))}.",
            hint="Columns match by name, so each name must be there once.",
        )
