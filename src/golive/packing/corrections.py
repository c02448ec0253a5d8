"""Corrections: a column as the model's encoders saw it, where a file's reader saw it otherwise."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Literal

import pandas as pd

from golive.errors import SignatureError
from golive.packing.data import plain_value
from golive.runtimes.stored_categories import is_stored_as, restored
from golive.signature.model import Column, JsonValue, Signature

__all__ = ["TextFrame", "as_frame_category", "conformed", "corrected", "whole_categories"]

TextFrame = Callable[[Sequence[str]], pd.DataFrame]
_Kind = Literal["text", "boolean", "integer", "number", "mixed"]
_Corrected = tuple[pd.Series, str | None]


def corrected(
    series: pd.Series, categories: tuple[JsonValue, ...], text_frame: TextFrame | None = None
) -> _Corrected:
    """The column in the type of the categories that the model knows, and a note if it changed.

    Args:
        series: The column as it was read.
        categories: The values that the model's encoders saw, without nulls.
        text_frame: Reads columns again as the text that stands in the file; None if the sample
            is no file of texts.

    Raises:
        SignatureError: No value of the sample is one that the model knows.
    """
    if not categories or isinstance(series.dtype, pd.CategoricalDtype) or _fits(series, categories):
        return series, None
    kind = _kind_of(categories)
    result = _converted(series, kind, categories, text_frame)
    if not _overlaps(result, categories):
        raise _all_unknown(series, categories)
    if str(result.dtype) == str(series.dtype) and result.equals(series):
        return series, None
    return result, (
        f"Column {series.name!r} was read as {series.dtype}, but the model was trained on "
        f"{kind} categories such as {categories[0]!r}: the model's own knowledge wins."
    )


def as_frame_category(
    series: pd.Series, categories: tuple[JsonValue, ...], text_frame: TextFrame | None = None
) -> _Corrected:
    """The column as the pandas category that the model was trained with, and a note."""
    if not categories:
        if isinstance(series.dtype, pd.CategoricalDtype):
            return series, None
        return series.astype("category"), (
            f"Column {series.name!r} is categorical to the model, which does not hold its "
            "categories: the sample's sorted values stand for them."
        )
    dtype = pd.CategoricalDtype(list(categories))
    if isinstance(series.dtype, pd.CategoricalDtype):
        if list(map(plain_value, series.cat.categories)) == list(categories):
            return series, None
        series = pd.Series(series.tolist(), name=series.name)
    plain, _ = corrected(series, categories, text_frame)
    if _kind_of(categories) == "integer" and not plain.isna().any():
        plain = plain.astype("int64")
    note = (
        f"Column {series.name!r} was read as {series.dtype}; the model takes it as a pandas "
        f"category with {len(categories)} categories."
    )
    return plain.astype(dtype), note


def whole_categories(series: pd.Series, stored: tuple[bytes, ...]) -> tuple[JsonValue, ...]:
    """The categories that the model was trained with, of which it holds these bytes.

    Args:
        series: The column of the sample.
        stored: The bytes of each category, in order, as XGBoost holds them.

    Raises:
        SignatureError: The column does not tell which they were.
    """
    values = [value for value in _values(series) if isinstance(value, str)]
    own = [sorted(values)]
    if isinstance(series.dtype, pd.CategoricalDtype):
        own.insert(0, [*map(plain_value, series.cat.categories)])
    for categories in own:
        if is_stored_as(categories, stored):
            return tuple(categories)
    found = restored(stored, values)
    if found is None:
        raise SignatureError(
            f"XGBoost holds the {len(stored)} categories of column {series.name!r} without their"
            " last bytes, since some are outside ASCII, and the sample does not tell what they"
            " were.",
            hint="Pack with rows of every category, or with the DataFrame of training, in which the"
            " column is a pandas category.",
        )
    return found


def conformed(
    frame: pd.DataFrame, signature: Signature, text_frame: TextFrame | None = None
) -> pd.DataFrame:
    """Another table, such as a held-out one, with its columns in the signature's types.

    Columns outside the signature are kept as they are. Values that the model does not know stay.

    Args:
        frame: As it was read; it has all columns of the signature.
        signature: As inferred from the training sample.
        text_frame: Reads columns again as text, see `corrected`.
    """
    changed = {c.name: _conformed(frame[c.name], c, text_frame) for c in signature.columns}
    return frame.assign(**changed)


def _conformed(series: pd.Series, column: Column, text_frame: TextFrame | None) -> pd.Series:
    if column.type in {"string", "text"}:
        is_text = any(isinstance(value, str) for value in _values(series))
        return series if is_text else _as_text(series, (), text_frame)
    try:
        return corrected(series, column.categories, text_frame)[0]
    except SignatureError:
        return series


def _kind_of(values: Sequence[JsonValue]) -> _Kind:
    kinds: set[_Kind] = set()
    for value in values:
        match value:
            case bool():
                kinds.add("boolean")
            case int():
                kinds.add("integer")
            case float():
                kinds.add("number")
            case str():
                kinds.add("text")
            case _:
                kinds.add("mixed")
    if kinds == {"integer", "number"}:
        return "number"
    return kinds.pop() if len(kinds) == 1 else "mixed"


def _fits(series: pd.Series, categories: tuple[JsonValue, ...]) -> bool:
    """Whether the column has the categories' type already, and their values among its own."""
    values = _values(series)
    if not values or _kind_of(categories) == "mixed":
        return True
    same_kind = _kind_of(values) == _kind_of(categories)
    lost_texts = _kind_of(categories) == "text" and bool(series.isna().any())
    return same_kind and not lost_texts and _overlaps(series, categories)


def _values(series: pd.Series) -> list[JsonValue]:
    values = map(plain_value, series.drop_duplicates().tolist())
    return [value for value in values if value is not None]


def _overlaps(series: pd.Series, categories: tuple[JsonValue, ...]) -> bool:
    known = set(categories)
    values = _values(series)
    return not values or any(value in known for value in values)


def _converted(
    series: pd.Series,
    kind: _Kind,
    categories: tuple[JsonValue, ...],
    text_frame: TextFrame | None,
) -> pd.Series:
    match kind:
        case "text":
            return _as_text(series, categories, text_frame)
        case "boolean":
            return _as_boolean(series)
        case "integer" | "number":
            return _as_numbers(series, kind)
        case _:
            return series


def _as_text(
    series: pd.Series, categories: tuple[JsonValue, ...], text_frame: TextFrame | None
) -> pd.Series:
    known = set(categories)
    written = series if text_frame is None else text_frame([str(series.name)])[str(series.name)]
    texts: list[Any] = []
    for value, text in zip(series.tolist(), written.tolist(), strict=True):
        if plain_value(value) is not None:
            texts.append(_text(value, known) if text_frame is None else text)
        else:
            texts.append(text if isinstance(text, str) and text in known else None)
    if not any(isinstance(text, str) for text in texts):
        return series
    result = pd.Series(texts, name=series.name, index=series.index)
    return result if result.dtype != object else result.where(result.notna(), float("nan"))


def _text(value: Any, known: set[JsonValue]) -> str:
    if isinstance(value, float) and value.is_integer() and str(int(value)) in known:
        return str(int(value))
    return str(value)


def _as_boolean(series: pd.Series) -> pd.Series:
    words: dict[Any, bool] = {"true": True, "false": False, "1": True, "0": False}
    words |= {"1.0": True, "0.0": False}
    values = [
        None if plain_value(value) is None else words.get(str(value).strip().lower(), value)
        for value in series.tolist()
    ]
    return pd.Series(values, name=series.name, index=series.index)


def _as_numbers(series: pd.Series, kind: _Kind) -> pd.Series:
    try:
        numbers = pd.to_numeric(series)
    except (ValueError, TypeError):
        return series
    if kind == "number" or numbers.isna().any():
        return numbers.astype("float64")
    whole = numbers.astype("int64")
    return whole if (whole == numbers).all() else numbers


def _all_unknown(series: pd.Series, categories: tuple[JsonValue, ...]) -> SignatureError:
    values = ", ".join(map(repr, _values(series)[:3]))
    known = ", ".join(map(repr, categories[:3]))
    return SignatureError(
        f"No value of column {series.name!r} (such as {values}) is a category that the model "
        f"knows (such as {known}).",
        hint="Give the sample that the model was trained on, with the same preparation.",
    )
