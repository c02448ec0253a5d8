"""The model called directly, with an input that is made from a record without the engine."""

from __future__ import annotations

import copy
from collections import defaultdict
from collections.abc import Callable, Collection, Sequence
from typing import Any, Protocol

import msgspec
import numpy as np
import pandas as pd

from golive.bundle.manifest import ModelSpec
from golive.checking.direct_table import DirectTable
from golive.engine.answers import Answer
from golive.engine.golden import compare
from golive.errors import RecordError
from golive.packing.direct import DirectOutputs, input_of, predict_direct
from golive.packing.identity import direct_difference
from golive.packing.tensor_direct import predict_program
from golive.runtimes.function import function_types
from golive.runtimes.loading import Loaded
from golive.runtimes.outputs import json_value
from golive.runtimes.tensor_program import TensorProgram
from golive.signature.model import JsonValue, Signature

__all__ = ["DirectModel", "direct_model"]

_TOLERANCE = 1e-12


class DirectModel(Protocol):
    """The model without golive around it."""

    @property
    def has_mutated(self) -> bool:
        """Whether a call has changed the input that it was given."""
        ...

    def foresee(self, many: Sequence[Any]) -> None:
        """Call the model for many inputs together, before `difference` is asked for each of them.

        An input that is answered together as it was served need not be asked alone.
        """
        ...

    def difference(self, given: Any, prediction: dict[str, JsonValue]) -> str | None:
        """What a served prediction says otherwise than the model called directly, or None.

        Args:
            given: Column to value, as the model must get it; for a function the request in JSON.
            prediction: Without an error.
        """
        ...


def direct_model(loaded: Loaded, spec: ModelSpec, signature: Signature) -> DirectModel:
    """How to call the model without golive's runtime of its kind."""
    if spec.kind == "function":
        return _DirectFunction(loaded.estimator)
    if isinstance(loaded.estimator, TensorProgram):
        return _DirectProgram(loaded.estimator, signature)
    return _DirectEstimator(loaded.estimator, signature)


class _DirectEstimator:
    def __init__(self, estimator: Any, signature: Signature) -> None:
        self._estimator = estimator
        self._signature = signature
        self._table = DirectTable(signature)
        self._has_scalars = not {c.type for c in signature.columns} & {"vector", "bytes", "image"}
        self._foreseen: dict[int, DirectOutputs] = {}
        self.has_mutated = False

    def foresee(self, many: Sequence[Any]) -> None:
        self._foreseen.clear()
        if self._has_scalars:
            for group in _alike([(id(given), self._table.row(given)) for given in many]):
                self._foresee(group)

    def _foresee(self, rows: Sequence[tuple[int, pd.DataFrame]]) -> None:
        """Those that make the model fail are found by halving, and left to be asked alone."""
        try:
            outputs = self._call(pd.concat([row for _, row in rows], ignore_index=True))
        except Exception:  # noqa: BLE001  # the model's own code, of any kind
            if len(rows) > 1:
                self._foresee(rows[: len(rows) // 2])
                self._foresee(rows[len(rows) // 2 :])
            return
        if outputs.size == len(rows):
            self._foreseen |= {key: outputs.of_row(at) for at, (key, _) in enumerate(rows)}

    def difference(self, given: Any, prediction: dict[str, JsonValue]) -> str | None:
        answer = msgspec.convert(prediction, Answer)
        foreseen = self._foreseen.get(id(given))
        output = self._signature.output
        if foreseen is not None and direct_difference(foreseen, output, answer) is None:
            return None
        try:
            outputs = self._call(self._table.row(given))
        except Exception as error:  # noqa: BLE001  # the model's own code, of any kind
            return _raised(error)
        return direct_difference(outputs, output, answer)

    def _call(self, table: pd.DataFrame) -> DirectOutputs:
        inputs = input_of(table, self._signature.form)
        before = copy.deepcopy(inputs)
        outputs = predict_direct(self._estimator, inputs)
        self.has_mutated = self.has_mutated or not _is_same(before, inputs)
        return outputs


class _DirectProgram:
    has_mutated = False  # a program gets arrays that are made for it

    def __init__(self, program: TensorProgram, signature: Signature) -> None:
        self._program = program
        self._signature = signature
        self._table = DirectTable(signature)

    def foresee(self, many: Sequence[Any]) -> None:
        """Programs are asked for each input alone: arrays of many may have many shapes."""

    def difference(self, given: Any, prediction: dict[str, JsonValue]) -> str | None:
        try:
            outputs = predict_program(self._program, self._signature, self._table.row(given))
        except Exception as error:  # noqa: BLE001  # the model's own code, of any kind
            return _raised(error)
        return direct_difference(
            outputs, self._signature.output, msgspec.convert(prediction, Answer)
        )


class _DirectFunction:
    def __init__(self, function: Any) -> None:
        self._function: Callable[[Any], Any] = function
        self._type = function_types(function).request
        self.has_mutated = False

    def foresee(self, many: Sequence[Any]) -> None:
        """A function takes one request."""

    def difference(self, given: Any, prediction: dict[str, JsonValue]) -> str | None:
        try:
            answer = self._call(given)
        except RecordError as error:
            return f"an answer instead of the error {error.code}"
        except Exception as error:  # noqa: BLE001  # the model's own code, of any kind
            return _raised(error)
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


def _alike(
    rows: Sequence[tuple[int, pd.DataFrame]],
) -> Collection[Sequence[tuple[int, pd.DataFrame]]]:
    """Rows that keep their types beside each other, and that hold nulls in the same columns."""
    groups: defaultdict[Any, list[tuple[int, pd.DataFrame]]] = defaultdict(list)
    for key, row in rows:
        groups[*row.dtypes, *row.isna().iloc[0]].append((key, row))
    return groups.values()


def _raised(error: Exception) -> str:
    return f"an answer instead of {type(error).__name__}: {str(error)[:200]}"


def _is_same(before: Any, after: Any) -> bool:
    try:
        if isinstance(before, pd.DataFrame):
            return bool(before.equals(after))
        if isinstance(before, np.ndarray):
            return bool(np.array_equal(before, after, equal_nan=before.dtype != object))
        return bool(before == after)
    except (TypeError, ValueError):  # arrays in a request or in cells, which have no one truth
        return True


def _short(value: JsonValue) -> str:
    text = repr(value)
    return text if len(text) <= 80 else f"{text[:79]}…"
