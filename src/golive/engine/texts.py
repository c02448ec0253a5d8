"""Text transports: what the texts of a query string or a CSV file mean."""

from __future__ import annotations

from collections.abc import Mapping

import msgspec

from golive.engine.categories import CategoryReader
from golive.signature.model import JsonValue, Signature

__all__ = ["TextReader", "json_of"]


# What `pandas.read_csv` takes for a null, as it did when the model was trained.
_NULLS = frozenset(
    (
        "",
        "#N/A",
        "#N/A N/A",
        "#NA",
        "-1.#IND",
        "-1.#QNAN",
        "-NaN",
        "-nan",
        "1.#IND",
        "1.#QNAN",
        "<NA>",
        "N/A",
        "NA",
        "NULL",
        "NaN",
        "None",
        "n/a",
        "nan",
        "null",
    )
)


class TextReader:
    """Gives the texts of query strings and CSV files the meaning they have in JSON."""

    def __init__(self, signature: Signature) -> None:
        self._columns = {column.name: column for column in signature.columns}
        self._categories = {
            column.name: CategoryReader(column)
            for column in signature.columns
            if column.type == "category"
        }

    def read(self, record: Mapping[str, str]) -> dict[str, JsonValue]:
        """The record with nulls for empty texts, and numbers where only those can be meant."""
        return {name: self._value(name, text) for name, text in record.items()}

    def read_row(self, row: Mapping[str, str | None]) -> dict[str, JsonValue]:
        """The record of a table's row: as `read`, with null for what pandas takes for one.

        Spaces around numbers say nothing, as for pandas.

        A category of such a name, such as Namibia's `NA`, stays a category.
        """
        return {name: self._cell(name, text) for name, text in row.items()}

    def _cell(self, name: str, text: str | None) -> JsonValue:
        column = self._columns.get(name)
        if text is None:
            return None
        if text in _NULLS and (column is None or text not in column.categories):
            return None
        if column is not None and column.type in ("integer", "number"):
            text = text.strip(" ") or text
        return self._value(name, text)

    def _value(self, name: str, text: str) -> JsonValue:
        column = self._columns.get(name)
        if column is None or column.type in ("string", "text"):
            return text
        if name in self._categories:
            value = self._categories[name].meant_by(text)
            return None if value == "" and "" not in column.categories else value
        if text == "":
            return None
        return _vector_of(text) if column.type == "vector" else text


def _vector_of(text: str) -> JsonValue:
    """The elements of `[1, 2]` or `1,2`; what is neither stays a text and is a fault."""
    if text == "null":
        return None
    listed = json_of(text if text.startswith("[") else f"[{text}]")
    return listed if isinstance(listed, list) else text


def json_of(text: str | None) -> JsonValue:
    """The text's JSON value, or the text itself where it is not JSON."""
    if text is None:
        return None
    try:
        return msgspec.json.decode(text.encode())
    except (msgspec.DecodeError, UnicodeEncodeError, RecursionError):
        return text
