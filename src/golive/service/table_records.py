"""Tables in JSON, as the clients of other projects send them, turned into records."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from golive.engine.answers import Fault
from golive.engine.values import describe
from golive.errors import RequestError
from golive.signature.model import Column, JsonValue, Signature

__all__ = ["TableReader", "shape_error"]

_SPLIT_KEYS = frozenset({"columns", "index", "data"})
_BASE64 = "b64"  # TensorFlow Serving writes bytes as {"b64": "…"}


def shape_error(message: str, *, hint: str | None = None) -> RequestError:
    """A body that is JSON, but not of the shape that its protocol has."""
    return RequestError(message, code="bad_request_shape", hint=hint)


class TableReader:
    """Takes records out of tables: rows, columns, or pandas' split of both.

    A row that is no record becomes a `Fault`, which stands in its place. Values are left to the
    decoder, but for two habits of TensorFlow: in a column of single values `[7]` is 7, and
    `{"b64": "…"}` is its text where a column holds bytes or images.

    Args:
        signature: Of the model.
        check_size: Refuses too many records before they are made.
    """

    def __init__(self, signature: Signature, check_size: Callable[[int], None]) -> None:
        self._signature = signature
        self._check_size = check_size
        self._columns = {column.name: column for column in signature.columns}
        self._names = signature.column_names

    def rows_or_columns(self, value: JsonValue, key: str) -> list[JsonValue | Fault]:
        """The records under `instances` (rows) or `inputs` (rows, or an object of columns).

        Raises:
            RequestError: `bad_request_shape` or `too_many_records`.
        """
        is_columns = key == "inputs" and isinstance(value, dict)
        return self.columns(value, key) if is_columns else self.rows(value, key)

    def rows(self, value: JsonValue, key: str) -> list[JsonValue | Fault]:
        """The records of a list of rows: objects, or lists of values in the columns' order.

        With a single column a row may be its value alone.

        Args:
            value: What the body holds under the key.
            key: Of the body, for messages.

        Raises:
            RequestError: `bad_request_shape` or `too_many_records`.
        """
        rows = _checked_list(value, key)
        self._check_size(len(rows))
        return [self._record(row) for row in rows]

    def columns(self, value: JsonValue, key: str) -> list[JsonValue | Fault]:
        """The records of an object of equally long lists, one a column.

        Of an object without lists it is the one record that the object is.

        Raises:
            RequestError: `bad_request_shape` or `too_many_records`.
        """
        if not isinstance(value, dict) or not value:
            raise shape_error(
                f"`{key}` must be an object of columns, got {describe(value)}.",
                hint=f'Send {{"{key}": {{"column": [1, 2]}}}}.',
            )
        if not any(isinstance(values, list) for values in value.values()):
            return [self._record(value)]
        size = _common_length(value, key)
        self._check_size(size)
        lists = [self._cells(self._columns.get(name), value[name]) for name in value]
        return [dict(zip(value, row, strict=True)) for row in zip(*lists, strict=True)]

    def split(self, value: JsonValue, key: str) -> list[JsonValue | Fault]:
        """The records of `{"columns": […], "data": [[…], …]}`; an `index` says nothing.

        Raises:
            RequestError: `bad_request_shape` or `too_many_records`.
        """
        is_split = isinstance(value, dict) and {"columns", "data"} <= value.keys() <= _SPLIT_KEYS
        if not is_split:
            raise shape_error(
                f"`{key}` must be an object with `columns` and `data`, got {describe(value)}.",
                hint=f'Send {{"{key}": {{"columns": ["a", "b"], "data": [[1, 2]]}}}}.',
            )
        names = _checked_names(value["columns"], key)
        rows = _checked_list(value["data"], f"{key}.data")
        self._check_size(len(rows))
        return [self._named(row, names) for row in rows]

    def _record(self, row: JsonValue) -> JsonValue | Fault:
        if self._signature.form == "object":
            return row
        if isinstance(row, dict) and not self._is_lone_value(row):
            return {name: self._cell(self._columns.get(name), row[name]) for name in row}
        if len(self._names) == 1:
            name, column = self._names[0], self._signature.columns[0]
            if column.type == "vector" or not isinstance(row, list):
                return {name: self._cell(column, row)}
        return self._named(row, self._names) if isinstance(row, list) else row

    def _is_lone_value(self, row: dict[str, JsonValue]) -> bool:
        """Whether the object is the value of the only column, and not a record of it."""
        is_only = len(self._names) == 1 and self._names[0] != _BASE64
        return is_only and self._cell(self._signature.columns[0], row) is not row

    def _named(self, row: JsonValue, names: tuple[str, ...]) -> JsonValue | Fault:
        if not isinstance(row, list) or len(row) != len(names):
            wanted = f"a list of {len(names)} values, in the order of the columns"
            got = f"{len(row)} values" if isinstance(row, list) else describe(row)
            return Fault("not_an_object", f"A record must be {wanted}, got {got}")
        cells = zip(names, row, strict=True)
        return {name: self._cell(self._columns.get(name), cell) for name, cell in cells}

    def _cells(self, column: Column | None, values: list[Any]) -> list[Any]:
        if not any(isinstance(value, (list, dict)) for value in values):
            return values
        is_single = column is not None and column.type != "vector"
        singles = [
            value[0] if is_single and isinstance(value, list) and len(value) == 1 else value
            for value in values
        ]
        return [self._cell(column, value) for value in singles]

    @staticmethod
    def _cell(column: Column | None, value: JsonValue) -> JsonValue:
        if column is None or column.type not in ("bytes", "image") or not isinstance(value, dict):
            return value
        return value[_BASE64] if value.keys() == {_BASE64} else value


def _checked_list(value: JsonValue, key: str) -> list[Any]:
    if isinstance(value, list):
        return value
    raise shape_error(f"`{key}` must be a list with one entry a record, got {describe(value)}.")


def _checked_names(value: JsonValue, key: str) -> tuple[str, ...]:
    names = _checked_list(value, f"{key}.columns")
    unfit = [name for name in names if isinstance(name, bool) or not isinstance(name, (str, int))]
    if unfit:
        raise shape_error(f"`{key}.columns` must hold names, got {describe(unfit[0])}.")
    texts = tuple(str(name) for name in names)
    if len(set(texts)) < len(texts):
        raise shape_error(f"`{key}.columns` names a column twice.")
    return texts


def _common_length(columns: dict[str, Any], key: str) -> int:
    lengths: dict[str, int] = {}
    for name, values in columns.items():
        lengths[name] = len(_checked_list(values, f"{key}.{name}"))
    if len(set(lengths.values())) > 1:
        listed = ", ".join(f"{name} has {length}" for name, length in list(lengths.items())[:10])
        raise shape_error(f"The columns of `{key}` must be equally long: {listed}.")
    return next(iter(lengths.values()))
