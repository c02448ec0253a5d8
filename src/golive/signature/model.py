"""The signature's values: columns, output and policies."""

from __future__ import annotations

import re
from typing import Any, Literal

import msgspec

__all__ = [
    "MAX_BYTES",
    "MAX_PIXELS",
    "Activation",
    "Column",
    "ColumnType",
    "DefaultReason",
    "ExtraPolicy",
    "FeatureSource",
    "InputForm",
    "JsonValue",
    "Lookup",
    "MissingPolicy",
    "NonFinitePolicy",
    "NullPolicy",
    "Output",
    "OutputKind",
    "PixelLayout",
    "PixelMode",
    "PixelScale",
    "RangePolicy",
    "Signature",
    "UnseenPolicy",
    "integer_bounds",
]

JsonValue = Any  # None, bool, int, float, str, list or dict: what JSON can hold
MAX_BYTES = 10 * 2**20
"""The most bytes that a value of bytes or an image file may have where the column says nothing."""
MAX_PIXELS = 40_000_000
"""The most pixels that an image may have where the column says nothing."""
ColumnType = Literal[
    "integer", "number", "boolean", "string", "category", "datetime", "text", "vector",
    "bytes", "image",
]  # fmt: skip
InputForm = Literal["frame", "matrix", "series", "object", "tensors"]
OutputKind = Literal["binary", "multiclass", "regression", "custom"]
MissingPolicy = Literal["error", "null", "default"]
NullPolicy = Literal["pass", "error", "default"]
UnseenPolicy = Literal["pass", "error", "null"]
NonFinitePolicy = Literal["error", "null"]
ExtraPolicy = Literal["ignore", "error"]
RangePolicy = Literal["count", "error"]
PixelMode = Literal["L", "RGB", "RGBA"]
PixelScale = Literal["0..255", "0..1", "-1..1"]
PixelLayout = Literal["hwc", "chw", "hw", "flat"]
Activation = Literal["none", "sigmoid", "softmax"]
DefaultReason = Literal[
    "key_is_null", "key_not_found", "column_not_found", "timeout", "unavailable"
]


_INTEGER_DTYPE = re.compile(r"(u?)int(8|16|32|64)")


def integer_bounds(dtype: str) -> tuple[int, int] | None:
    """The least and the greatest value of NumPy's integer dtype; None for other dtypes.

    Of `uint64` it is the greatest that fits into a signed integer of 64 bits.
    """
    match = _INTEGER_DTYPE.fullmatch(dtype)
    if match is None:
        return None
    bits = int(match[2])
    return (0, min(2**bits, 2**63) - 1) if match[1] else (-(2 ** (bits - 1)), 2 ** (bits - 1) - 1)


class Column(msgspec.Struct, frozen=True, kw_only=True):
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
        length: The number of elements of a flat vector column.
        shape: Vector: the sizes of the nested lists, such as (24, 3); empty where `length` says
            it. Image: (height, width, channels) to which it is resized; empty for any size.
        max_bytes: Bytes and image: the most bytes after decoding base64; None for `MAX_BYTES`.
        max_pixels: Image: the most pixels, width times height; None for `MAX_PIXELS`.
        pixel_mode: Image: what it is converted to; None leaves what the file has.
        pixel_scale: Image, where the model takes arrays: the range of its pixels' values.
        pixel_layout: Image, where the model takes arrays: the order of their axes; `hw` has no
            channels, and `flat` is one axis, row by row.
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
    shape: tuple[int, ...] = ()
    max_bytes: int | None = None
    max_pixels: int | None = None
    pixel_mode: PixelMode | None = None
    pixel_scale: PixelScale = "0..255"
    pixel_layout: PixelLayout = "hwc"
    example: JsonValue = None
    description: str = ""
    on_missing: MissingPolicy = "error"
    on_null: NullPolicy = "error"
    on_unseen: UnseenPolicy = "pass"
    on_non_finite: NonFinitePolicy = "error"
    on_range: RangePolicy = "count"
    default: JsonValue = None
    null_as: Literal["nan", "none"] = "nan"

    @property
    def dimensions(self) -> tuple[int | None, ...]:
        """The sizes of a vector's nested lists: `shape`, else `length`; None for any number."""
        return self.shape or (self.length,)


class Output(msgspec.Struct, frozen=True, kw_only=True):
    """What the model gives.

    Attributes:
        kind: binary, multiclass, regression or custom (any JSON value).
        classes: The labels in the order of the model's probabilities, in their JSON type.
        positive: Binary only: the class whose probability is the score.
        threshold: Binary only: label is `positive` where score >= threshold; None leaves the
            label to the model itself (which is 0.5 for most).
        has_probabilities: False for classifiers that give labels alone.
        label_source: `argmax` of the probabilities, or the model's own `predict` where they differ.
        activation: What is applied to the model's output to make probabilities of it; decided
            when it was packed.
        tensor: The name of the output array that is the answer, for models that give several;
            empty for the first.
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
    activation: Activation = "none"
    tensor: str = ""
    name: str = ""
    json_schema: dict[str, JsonValue] | None = None
    description: str = ""


class Lookup(msgspec.Struct, frozen=True, kw_only=True):
    """Columns whose values are looked up in a store, where the caller does not send them.

    Attributes:
        name: What the store is called where the model is served.
        key: The field of a record whose value the store is asked for; it may be a column, too.
        columns: The columns that it has, under these names.
    """

    name: str
    key: str
    columns: tuple[str, ...]


class FeatureSource(msgspec.Struct, frozen=True, kw_only=True):
    """Columns whose values another model in the same process answers.

    Attributes:
        model: What it is called where both are served.
        outputs: Column to what it is of the other's answer: `label`, `score`,
            `probabilities.CLASS`, `value` or `value.MEMBER`.
    """

    model: str
    outputs: dict[str, str]


class Signature(msgspec.Struct, frozen=True, kw_only=True):
    """What a model takes and gives.

    Attributes:
        form: How the model is called: a `frame` (pandas), a `matrix` (NumPy, columns in order), a
            `series` (a list of texts, from one text column), an `object` (a function model, one
            typed request a record), or `tensors` (one named array a column, the batch first).
        columns: The input columns in the model's order; empty for `object`.
        output: What the model gives.
        on_extra: A column that is not in the signature: `ignore` (and count) or `error`.
        json_schema: `object` only: the JSON Schema of the request.
        lookups: Columns that a store has, and by which key.
        features: Columns that other models answer.
    """

    form: InputForm
    columns: tuple[Column, ...]
    output: Output
    on_extra: ExtraPolicy = "ignore"
    json_schema: dict[str, JsonValue] | None = None
    lookups: tuple[Lookup, ...] = ()
    features: tuple[FeatureSource, ...] = ()

    @property
    def column_names(self) -> tuple[str, ...]:
        """The names of the input columns, in the model's order."""
        return tuple(column.name for column in self.columns)

    @property
    def looked_up(self) -> frozenset[str]:
        """The columns that a record need not have, since a store has them."""
        return frozenset(name for lookup in self.lookups for name in lookup.columns)

    @property
    def key_names(self) -> tuple[str, ...]:
        """The keys of lookups that are no columns: what a record holds for them alone."""
        keys = dict.fromkeys(lookup.key for lookup in self.lookups)
        return tuple(key for key in keys if key not in self.column_names)
