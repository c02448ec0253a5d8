"""The model called directly, with an input that is made from a record without the engine."""

from __future__ import annotations

import copy
from collections.abc import Callable
from typing import Any, Protocol

import msgspec
import numpy as np
import pandas as pd

from golive.bundle.manifest import ModelSpec
from golive.engine.answers import Answer
from golive.engine.golden import compare
from golive.errors import RecordError
from golive.packing.direct import input_of
from golive.packing.identity import direct_difference
from golive.runtimes.function import function_types
from golive.runtimes.loading import Loaded
from golive.runtimes.outputs import json_value
from golive.signature.model import Column, JsonValue, Signature

__all__ = ["DirectModel", "direct_frame", "direct_model"]

_TOLERANCE = 1e-12
_PLAIN = frozenset(
    {"integer", "number", "boolean", "string", "category", "datetime", "text", "vector"}
)
_COMPARED = frozenset({"sklearn", "xgboost", "lightgbm"})


class DirectModel(Protocol):
    """The model without golive around it."""

    @property
    def has_mutated(self) -> bool:
        """Whether a call has changed the input that it was given."""
        ...

    def difference(self, given: Any, prediction: dict[str, JsonValue]) -> str | None:
        """What a served prediction says otherwise than the model called directly, or None.

        Args:
            given: Column to value, as the model must get it; for a function the request in JSON.
            prediction: Without an error.
        """
        ...


def direct_model(loaded: Loaded, spec: ModelSpec, signature: Signature) -> DirectModel | None:
    """How to call the model directly, or None where there is no other way than the served one."""
    if spec.kind == "function":
        return _DirectFunction(loaded.estimator)
    is_plain = all(column.type in _PLAIN and not column.shape for column in signature.columns)
    if spec.kind in _COMPARED and is_plain and signature.form != "tensors":
        return _DirectEstimator(loaded.estimator, signature)
    return None


class _DirectEstimator:
    def __init__(self, estimator: Any, signature: Signature) -> None:
        self._estimator = estimator
        self._signature = signature
        self.has_mutated = False

    def difference(self, given: Any, prediction: dict[str, JsonValue]) -> str | None:
        inputs = input_of(direct_frame(given, self._signature), self._signature.form)
        before = copy.deepcopy(inputs)
        answer = msgspec.convert(prediction, Answer)
        try:
            found = direct_difference(self._estimator, self._signature, inputs, answer)
        except Exception as error:  # noqa: BLE001  # the model's own code, of any kind
            return f"an answer instead of {type(error).__name__}: {str(error)[:200]}"
        self.has_mutated = self.has_mutated or not _is_same(before, inputs)
        return found


def direct_frame(values: dict[str, Any], signature: Signature) -> pd.DataFrame:
    """One row with the training dtypes, as pandas itself makes it.

    Args:
        values: Column to value; datetimes as ISO 8601 text.
        signature: With the columns.
    """
    columns = {c.name: _column(values[c.name], c) for c in signature.columns}
    return pd.DataFrame(columns)


def _column(value: Any, column: Column) -> pd.Series[Any]:
    if column.type == "vector":
        return pd.Series([value], dtype=object)
    if column.type == "datetime":
        return _datetimes(value, column.dtype)
    if column.dtype == "category":
        held = [] if value is None else [value]
        known = pd.Categorical(held or [None], categories=list(column.categories))
        return pd.Series(known)
    if value is None:
        return _null(column)
    if column.dtype == "object":
        return pd.Series([value], dtype=object)
    with np.errstate(over="ignore"):
        dtype: Any = pd.api.types.pandas_dtype(column.dtype)
        found: pd.Series[Any] = pd.Series([value]).astype(dtype)
        return found


def _null(column: Column) -> pd.Series[Any]:
    if column.dtype.startswith(("int", "uint", "float")):
        wide = column.dtype if column.dtype.startswith("float") else "float64"
        return pd.Series([np.nan], dtype=wide)
    if column.dtype in ("object", "bool"):
        return pd.Series([None if column.null_as == "none" else np.nan], dtype=object)
    return pd.Series([None], dtype=column.dtype)


def _datetimes(value: str | None, dtype: str) -> pd.Series[Any]:
    if "datetime64" not in dtype:
        return pd.Series([value], dtype=object)
    texts: Any = [value]
    moments = pd.Series(pd.to_datetime(texts, utc=True, format="ISO8601"))
    wanted: Any = pd.api.types.pandas_dtype(dtype)
    if isinstance(wanted, pd.DatetimeTZDtype):
        return moments.dt.tz_convert(wanted.tz).astype(wanted)
    return moments.dt.tz_localize(None).astype(wanted)


class _DirectFunction:
    def __init__(self, function: Any) -> None:
        self._function: Callable[[Any], Any] = function
        self._type = function_types(function).request
        self.has_mutated = False

    def difference(self, given: Any, prediction: dict[str, JsonValue]) -> str | None:
        try:
            answer = self._call(given)
        except RecordError as error:
            return f"an answer instead of the error {error.code}"
        except Exception as error:  # noqa: BLE001  # the model's own code, of any kind
            return f"an answer instead of {type(error).__name__}: {str(error)[:200]}"
        served = prediction.get("value", prediction.get("label", prediction.get("score")))
        found = compare(0, json_value(answer), served, tolerance=_TOLERANCE)
        if not found:
            return None
        first = found[0]
        where = f"{first.path}: " if first.path else ""
        return f"{where}{_short(first.now)} instead of {_short(first.packed)}"

    def _call(self, given: Any) -> Any:
        request = self._request(copy.deepcopy(given))
        before = copy.deepcopy(request)
        answer = self._function(request)
        self.has_mutated = self.has_mutated or not _is_same(before, request)
        return answer

    def _request(self, given: Any) -> Any:
        if self._type is None:
            return given
        if hasattr(self._type, "model_validate"):
            return self._type.model_validate(given)
        return msgspec.convert(given, self._type)


def _is_same(before: Any, after: Any) -> bool:
    if isinstance(before, pd.DataFrame):
        return bool(before.equals(after))
    if isinstance(before, np.ndarray):
        return bool(pd.DataFrame(before).equals(pd.DataFrame(after)))
    try:
        return bool(before == after)
    except (TypeError, ValueError):  # a request of arrays, which have no one truth
        return True


def _short(value: JsonValue) -> str:
    text = repr(value)
    return text if len(text) <= 80 else f"{text[:79]}…"
