"""The signature's values: columns, output and policies."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Literal

__all__ = [
    "Column",
    "ColumnType",
    "ExtraPolicy",
    "InputForm",
    "JsonValue",
    "MissingPolicy",
    "NonFinitePolicy",
    "NullPolicy",
    "Output",
    "OutputKind",
    "RangePolicy",
    "Signature",
    "UnseenPolicy",
]

JsonValue = Any  # None, bool, int, float, str, list or dict: what JSON can hold
ColumnType = Literal[
    "integer", "number", "boolean", "string", "category", "datetime", "text", "vector"
]
InputForm = Literal["frame", "matrix", "series", "object"]
OutputKind = Literal["binary", "multiclass", "regression", "custom"]
MissingPolicy = Literal["error", "null", "default"]
NullPolicy = Literal["pass", "error", "default"]
UnseenPolicy = Literal["pass", "error", "null"]
NonFinitePolicy = Literal["error", "null"]
ExtraPolicy = Literal["ignore", "error"]
RangePolicy = Literal["count", "error"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """One input column: what it may hold and what happens when it does not.

    Attributes:
        name: The column's name, matched exactly.
        type: The kind of value; decides which coercions apply.
        dtype: The pandas or NumPy dtype that the model was trained with (`int64`, `float64`,
            `object`, `str`, `category`, `bool`, `datetime64[us]`, …).
        nullable: Whether the sample held nulls.
        minimum: Smallest value of the sample (numbers; datetimes as ISO 8601 text), or None.
        maximum: Largest value, likewise.
        categories: The values of a category column, in the model's own type and order.
        length: The number of elements of a vector column.
        example: A value from the sample.
        description: What a person wrote about it.
        on_missing: The column is not in the record: `error`, `null` (as if null), `default`.
        on_null: The value is null: `pass` it to the model, `error`, or use `default`.
        on_unseen: A category that the sample and the model did not know: `pass`, `error`, `null`.
        on_non_finite: NaN or an infinity (in process, or 1e400): `error` or `null`.
        on_range: Outside minimum..maximum: `count` it (and pass), or `error`.
        default: The value that a `default` policy uses.
        null_as: How the model saw nulls in an object column: float `nan` or `none`.
    """

    name: str
    type: ColumnType
    dtype: str
    nullable: bool = False
    minimum: JsonValue = None
    maximum: JsonValue = None
    categories: tuple[JsonValue, ...] = ()
    length: int | None = None
    example: JsonValue = None
    description: str = ""
    on_missing: MissingPolicy = "error"
    on_null: NullPolicy = "error"
    on_unseen: UnseenPolicy = "pass"
    on_non_finite: NonFinitePolicy = "error"
    on_range: RangePolicy = "count"
    default: JsonValue = None
    null_as: Literal["nan", "none"] = "nan"


@dataclass(frozen=True, slots=True, kw_only=True)
class Output:
    """What the model gives.

    Attributes:
        kind: binary, multiclass, regression or custom (any JSON value).
        classes: The labels in the order of the model's probabilities, in their JSON type.
        positive: Binary only: the class whose probability is the score.
        threshold: Binary only: label is `positive` where score >= threshold; None leaves the
            label to the model itself (which is 0.5 for most).
        has_probabilities: False for classifiers that give labels alone.
        label_source: `argmax` of the probabilities, or the model's own `predict` where they differ.
        name: The target's name, if known.
        json_schema: Custom only: the JSON Schema of the answer.
        description: What a person wrote about it.
    """

    kind: OutputKind
    classes: tuple[JsonValue, ...] = ()
    positive: JsonValue = None
    threshold: float | None = None
    has_probabilities: bool = True
    label_source: Literal["argmax", "predict"] = "argmax"
    name: str = ""
    json_schema: dict[str, JsonValue] | None = None
    description: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Signature:
    """What a model takes and gives.

    Attributes:
        form: How the model is called: a `frame` (pandas), a `matrix` (NumPy, columns in order), a
            `series` (a list of texts, from one text column), or an `object` (a function model,
            one typed request a record).
        columns: The input columns in the model's order; empty for `object`.
        output: What the model gives.
        on_extra: A column that is not in the signature: `ignore` (and count) or `error`.
        json_schema: `object` only: the JSON Schema of the request.
    """

    form: InputForm
    columns: tuple[Column, ...]
    output: Output
    on_extra: ExtraPolicy = "ignore"
    json_schema: dict[str, JsonValue] | None = field(default=None)

    @property
    def column_names(self) -> tuple[str, ...]:
        """The names of the input columns, in the model's order."""
        return tuple(column.name for column in self.columns)
