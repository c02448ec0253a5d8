"""Direct calls: the estimator on a table without golive in between."""

from __future__ import annotations

import warnings
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd

from golive.errors import SignatureError
from golive.packing.data import plain_value
from golive.packing.pictures import Picture, given_of
from golive.runtimes.introspection import describe_output
from golive.signature.model import InputForm, JsonValue

__all__ = ["DirectOutputs", "choose_form", "input_of", "predict_direct", "without_nulls"]


@dataclass(frozen=True, slots=True, kw_only=True)
class DirectOutputs:
    """What an estimator gave.

    Attributes:
        predicted: What `predict` gave, one plain value a row; None for a booster's probabilities.
        probabilities: What `predict_proba` (or a booster) gave, or None.
        is_single_precision: It gave 32-bit floats.
        are_class_numbers: What `predict` gave are positions in the classes (a booster's).
    """

    predicted: list[JsonValue] | None
    probabilities: np.ndarray | None
    is_single_precision: bool = False
    are_class_numbers: bool = False

    @property
    def size(self) -> int:
        """The number of rows that were answered."""
        rows = self.probabilities if self.predicted is None else self.predicted
        return 0 if rows is None else len(rows)

    def of_row(self, at: int) -> DirectOutputs:
        """What it gave for one of the rows."""
        return replace(
            self,
            predicted=None if self.predicted is None else [self.predicted[at]],
            probabilities=None if self.probabilities is None else self.probabilities[at : at + 1],
        )


def choose_form(
    estimator: object, frame: pd.DataFrame, candidates: tuple[InputForm, ...]
) -> InputForm:
    """The first form of `candidates` that the estimator takes without complaining of names.

    Raises:
        SignatureError: It takes none of them.
    """
    failure: Exception | None = None
    for sample in (frame.iloc[:5], without_nulls(frame).iloc[:5]):
        form, error = _first_form(estimator, sample, candidates)
        if form is not None:
            return form
        failure = failure or error
    raise SignatureError(
        f"The model cannot predict the sample's first rows: {type(failure).__name__}: "
        f"{str(failure)[:500]}",
        hint=_hint(failure),
    ) from failure


def without_nulls(frame: pd.DataFrame) -> pd.DataFrame:
    """The rows that hold no null, but for columns that hold nothing else."""
    return frame.dropna(subset=[name for name in frame.columns if frame[name].notna().any()])


def _first_form(
    estimator: object, sample: pd.DataFrame, candidates: tuple[InputForm, ...]
) -> tuple[InputForm | None, Exception | None]:
    """The first form that fits, or why the first one does not."""
    grumbled: list[InputForm] = []
    failure: Exception | None = None
    for form in candidates if len(sample) else ():
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always")
            try:
                outputs = predict_direct(estimator, input_of(sample, form))
            except Exception as error:  # noqa: BLE001  # the model's own code, of any kind
                failure = failure or error
                continue
        if outputs.size != len(sample):
            continue  # texts in a frame: a vectorizer takes the columns' names for them
        if not any("feature names" in str(warning.message) for warning in caught):
            return form, None
        grumbled.append(form)
    return (grumbled[0] if grumbled else None), failure


def _hint(failure: Exception | None) -> str:
    if isinstance(failure, NameError):
        return (
            f"{failure.name!r} is made by a statement of the script, and only its definitions are "
            "run again: make it where it is used, move it into a module that --code names, or "
            "pack from the script with golive.pack(model, ...)."
        )
    return (
        "Give the columns as they were when the model was trained; name the target with --target."
    )


def input_of(frame: pd.DataFrame, form: InputForm) -> Any:
    """The frame's rows in the form that a model takes."""
    match form:
        case "matrix":
            return _matrix_of(frame)
        case "tensors" if frame.shape[1] == 1:
            return np.stack([np.asarray(given_of(cell)) for cell in frame.iloc[:, 0].tolist()])
        case "series":
            return [given_of(cell) for cell in frame.iloc[:, 0].tolist()]
        case _:
            return _as_given(frame)


def _as_given(frame: pd.DataFrame) -> pd.DataFrame:
    """The frame with the images or arrays of its pictures."""
    pictures = [n for n in frame.columns if any(isinstance(v, Picture) for v in frame[n].tolist())]
    return frame.assign(**{name: frame[name].map(given_of) for name in pictures})


def _matrix_of(frame: pd.DataFrame) -> np.ndarray:
    """The frame's values; one column of vectors or pictures stands for the whole matrix."""
    values = [given_of(v) for v in frame.iloc[:, 0].tolist()] if frame.shape[1] == 1 else []
    if values and isinstance(values[0], list | tuple | np.ndarray):
        return np.stack([np.asarray(value, dtype=float).reshape(-1) for value in values])
    return frame.to_numpy()


def predict_direct(estimator: Any, inputs: Any) -> DirectOutputs:
    """Call the estimator; whatever it raises comes through."""
    if type(estimator).__name__ == "Booster":
        return _predict_booster(estimator, inputs)
    probabilities = None
    if hasattr(estimator, "predict_proba"):
        found = estimator.predict_proba(inputs)
        probabilities = None if isinstance(found, list) else np.asarray(found)
    predicted = estimator.predict(inputs)
    return DirectOutputs(
        predicted=_plain(predicted),
        probabilities=probabilities,
        is_single_precision=_is_single(predicted) or _is_single(probabilities),
    )


def _predict_booster(booster: Any, inputs: Any) -> DirectOutputs:
    if type(booster).__module__.startswith("xgboost"):
        import xgboost

        from golive.runtimes.xgboost import iteration_range

        matrix = xgboost.DMatrix(inputs, enable_categorical=True)
        given = np.asarray(booster.predict(matrix, iteration_range=iteration_range(booster)))
    else:
        given = np.asarray(booster.predict(inputs))
    facts = describe_output(booster)
    single = _is_single(given)
    if not facts.has_probabilities:
        return DirectOutputs(
            predicted=_plain(given),
            probabilities=None,
            is_single_precision=single,
            are_class_numbers=facts.kind in {"binary", "multiclass"},
        )
    if given.ndim == 1:
        given = given.astype(float)
        given = np.column_stack([1.0 - given, given])
    return DirectOutputs(predicted=None, probabilities=given, is_single_precision=single)


def _is_single(values: object) -> bool:
    return getattr(values, "dtype", None) in (np.dtype("float32"), np.dtype("float16"))


def _plain(predicted: Any) -> list[JsonValue]:
    values = predicted.tolist() if hasattr(predicted, "tolist") else list(predicted)
    if getattr(predicted, "ndim", 1) == 2 and predicted.shape[1] == 1:
        values = [value[0] for value in values]
    return [plain_value(value) for value in values]
