"""Column profiles: what each input column of a sample looked like."""

from __future__ import annotations

import datetime as dt
import json
from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np
import pandas as pd

from golive.bundle.profile import CategoryCount, ColumnProfile
from golive.signature.model import Column, Signature
from golive.stats.nulls import is_null
from golive.stats.quantiles import percentiles

__all__ = ["profile_columns"]

_CATEGORIES = 100


def profile_columns(
    columns: Mapping[Any, Iterable[Any]] | pd.DataFrame, signature: Signature
) -> tuple[ColumnProfile, ...]:
    """Profile the columns of a sample.

    None, NaN, NaT and `pandas.NA` are nulls. Numbers are profiled as they are, datetimes as seconds
    since 1970 in UTC, texts as their lengths in characters; infinities count as rows and are in no
    statistic. Booleans, strings and categories are counted by value. Of bytes and images
    the sizes in bytes are profiled; vectors are only counted.

    Args:
        columns: A frame, or a mapping, of n values for each column's name.
        signature: Its columns, k of them; for a function model there are none.

    Returns:
        k profiles, in the order of the signature.
    """
    return tuple(_profile(column, list(columns[column.name])) for column in signature.columns)


def _profile(column: Column, values: list[Any]) -> ColumnProfile:
    present = [value for value in values if not is_null(value)]
    numbers, categories = np.empty(0), tuple[CategoryCount, ...]()
    match column.type:
        case "integer" | "number":
            numbers = np.asarray([float(value) for value in present])
        case "datetime":
            numbers = np.asarray([_seconds(value) for value in present])
        case "text":
            numbers = np.asarray([float(len(str(value))) for value in present])
        case "boolean" | "string" | "category":
            categories = _count(present)
        case "bytes" | "image":
            numbers = np.asarray([float(len(value)) for value in present])
        case "vector":
            pass
    numbers = numbers[np.isfinite(numbers)]
    mean, std = _moments(numbers)
    return ColumnProfile(
        name=column.name,
        count=len(values),
        nulls=len(values) - len(present),
        mean=mean,
        std=std,
        quantiles=percentiles(numbers),
        categories=categories,
        other=len(present) - sum(c.count for c in categories) if categories else 0,
    )


def _seconds(value: Any) -> float:
    if isinstance(value, dt.date) and not isinstance(value, dt.datetime):
        value = dt.datetime(value.year, value.month, value.day, tzinfo=dt.UTC)
    moment = pd.Timestamp(value)
    aware = moment.tz_localize("UTC") if moment.tzinfo is None else moment
    return float(aware.timestamp())


def _count(values: list[Any]) -> tuple[CategoryCount, ...]:
    counts = Counter(_json_text(value) for value in values)
    ordered = sorted(counts.items(), key=lambda item: (-item[1], item[0]))
    return tuple(CategoryCount(value=v, count=n) for v, n in ordered[:_CATEGORIES])


def _json_text(value: Any) -> str:
    plain = value.item() if isinstance(value, np.generic) else value
    if not isinstance(plain, bool | int | float | str):
        plain = str(plain)
    return json.dumps(plain, ensure_ascii=False)


def _moments(numbers: np.ndarray[Any, np.dtype[np.float64]]) -> tuple[float | None, float | None]:
    if numbers.size == 0:
        return None, None
    with np.errstate(over="ignore", invalid="ignore"):
        mean, std = float(np.mean(numbers)), float(np.std(numbers))
    return (mean if np.isfinite(mean) else None, std if np.isfinite(std) else None)
