"""Agreement: a program's answers beside those of the estimator that it was compiled from."""

from __future__ import annotations

import math
import warnings
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
import pandas as pd
import pytest
from sklearn.pipeline import Pipeline

from golive.compiling.compile import write_program
from golive.runtimes.frames import input_builder
from golive.runtimes.protocols import Batch
from golive.scorer.batches.building import parts_of
from golive.scorer.loading import load_program
from golive.scorer.program import Program
from golive.scorer.rows.building import build_estimator
from golive.signature.model import Column, Output, Signature

REFUSED = "refused"
TOLERANCE = 1e-9
BATCH_TOLERANCE = 1e-12


def frame_columns(frame: pd.DataFrame) -> tuple[Column, ...]:
    """Columns of a signature for a frame: numbers, booleans and texts as pandas has them."""
    return tuple(_column(str(name), frame[name]) for name in frame.columns)


def _column(name: str, values: pd.Series) -> Column:
    kind: Any = {"f": "number", "i": "integer", "u": "integer", "b": "boolean"}.get(
        getattr(values.dtype, "kind", "O"), "string"
    )
    categories: tuple[Any, ...] = ()
    if isinstance(values.dtype, pd.CategoricalDtype):
        kind, categories = "category", tuple(values.dtype.categories.tolist())
    has_none = values.dtype == object and any(value is None for value in values)
    return Column(
        name=name,
        type=kind,
        dtype=str(values.dtype),
        categories=categories,
        null_as="none" if has_none else "nan",
    )


def matrix_columns(width: int, dtype: str = "float64") -> tuple[Column, ...]:
    """Columns of a signature for a matrix of numbers, or of objects that are texts."""
    kind: Any = "string" if dtype == "object" else "number"
    return tuple(Column(name=f"x{at}", type=kind, dtype=dtype) for at in range(width))


def signature_for(estimator: Any, data: Any) -> Signature:
    """A signature for what an estimator was fitted on: a frame, a matrix, or a list of texts."""
    if isinstance(data, pd.DataFrame):
        form, columns = "frame", frame_columns(data)
    elif isinstance(data, np.ndarray):
        form, columns = "matrix", matrix_columns(data.shape[1], data.dtype.name)
    else:
        form, columns = "series", (Column(name="text", type="text", dtype="object"),)
    classes = tuple(range(len(estimator.classes_))) if has_one_label(estimator) else ()
    kind: Any = "regression" if not classes else "binary" if len(classes) == 2 else "multiclass"
    return Signature(form=form, columns=columns, output=Output(kind=kind, classes=classes))


def has_one_label(estimator: Any) -> bool:
    """Whether it is a classifier of one label a row."""
    return not isinstance(getattr(estimator, "classes_", []), list)


def compiled(estimator: Any, data: Any) -> Program:
    """The program of a fitted estimator."""
    with TemporaryDirectory() as directory:
        write_program(estimator, signature_for(estimator, data), Path(directory))
        return load_program(Path(directory))


def records_of(data: Any) -> list[list[Any]]:
    """Rows as the engine hands them to a program: Python values, null as None."""
    if isinstance(data, pd.DataFrame):
        columns = [_values(data[name]) for name in data.columns]
        return [list(row) for row in zip(*columns, strict=True)]
    if isinstance(data, np.ndarray):
        return [[None if v != v else v for v in row] for row in data.tolist()]
    return [[text] for text in data]


def _values(column: pd.Series) -> list[Any]:
    return [None if null else v for v, null in zip(column.tolist(), column.isna(), strict=True)]


def assert_agree(
    estimator: Any, program: Program, data: Any, *, tolerance: float = TOLERANCE
) -> None:
    """Each row alone: the same label, scores within the tolerance, the same rows refused.

    The original is asked for all rows at once, and for one alone where that is not the answer.
    """
    together = _originals(estimator, data)
    for at, record in enumerate(records_of(data)):
        found = _scored(estimator, program, record)
        if _is_same(together[at], found, tolerance):
            continue
        expected = _original(estimator, _rows(data, at, at + 1))
        assert _is_same(expected, found, tolerance), (
            f"row {at} {record!r:.200}: {expected} is now {found}"
        )


def assert_records_agree(
    estimator: Any, program: Program, signature: Signature, records: list[list[Any]]
) -> None:
    """Each record alone, as the engine hands it over: the same answer, or both refuse it."""
    build = input_builder(signature)
    for record in records:
        batch = Batch(columns=[[value] for value in record], size=1)
        try:
            one = build(batch)
        except (ValueError, TypeError, OverflowError):
            expected = REFUSED
        else:
            expected = _original(estimator, one)
        found = _scored(estimator, program, record)
        assert _is_same(expected, found), f"{record!r:.200}: {expected} is now {found}"


def _originals(estimator: Any, data: Any) -> list[Any]:
    """An answer a row; those that are refused are found by halving."""
    size = len(data)
    if not size:
        return []
    try:
        return _answers(estimator, data)
    except (ValueError, TypeError):
        if size == 1:
            return [REFUSED]
    halves = (_rows(data, 0, size // 2), _rows(data, size // 2, size))
    return [answer for half in halves for answer in _originals(estimator, half)]


def _rows(data: Any, begin: int, end: int) -> Any:
    return data.iloc[begin:end] if isinstance(data, pd.DataFrame) else data[begin:end]


def _original(estimator: Any, one: Any) -> Any:
    try:
        return _answers(estimator, one)[0]
    except (ValueError, TypeError):
        return REFUSED


def _answers(estimator: Any, data: Any) -> list[list[Any]]:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        last, given = _last_step(estimator, data)
        predicted = last.predict(given)
        if not has_one_label(estimator):
            return [np.ravel(row).tolist() for row in predicted]
        classes = estimator.classes_.tolist()
        labels = [classes.index(label) for label in predicted]
        if not hasattr(estimator, "predict_proba"):
            return [[label] for label in labels]
        shares = last.predict_proba(given).tolist()
        return [[label, *row] for label, row in zip(labels, shares, strict=True)]


def _last_step(estimator: Any, data: Any) -> tuple[Any, Any]:
    """What predicts, and what it is given: a pipeline's other steps run once for both."""
    if type(estimator) is not Pipeline or len(estimator) == 1:
        return estimator, data
    return estimator[-1], estimator[:-1].transform(data)


def _scored(estimator: Any, program: Program, record: list[Any]) -> Any:
    try:
        if not has_one_label(estimator):
            return np.ravel(program.values([record])[0]).tolist()
        if not hasattr(estimator, "predict_proba"):
            return program.labels([record])
        ((probabilities, label),) = program.labelled([record])
    except (ValueError, TypeError):
        return REFUSED
    return [label, *probabilities]


def assert_batches_agree(program: Program, data: Any) -> None:
    """All rows at once with NumPy: what each gives alone, and refused if one of them is."""
    assert_batches_of_records_agree(program, records_of(data))


def assert_batches_of_records_agree(program: Program, records: list[list[Any]]) -> None:
    """The same of records."""
    prepare, estimator = parts_of(program.root)
    alone = build_estimator(program.root)
    for name in [name for name in ESTIMATES if getattr(alone, name) is not None]:
        expected, accepted = _alone(getattr(alone, name), records)
        found = getattr(estimator, name)(prepare(accepted)) if accepted else []
        assert len(found) == len(accepted)
        for record, one, answer in zip(accepted, expected, found, strict=True):
            got = np.ravel(answer).tolist()
            assert _is_same(one, got, BATCH_TOLERANCE), (
                f"{name} of {record!r:.200}: {one} is now {got}"
            )
        for record in _refused(records, accepted)[:20]:
            with pytest.raises((ValueError, TypeError)):
                getattr(estimator, name)(prepare([*accepted[:3], record]))


ESTIMATES = ("probabilities", "label", "decision", "value")


def _alone(answer: Any, records: list[Any]) -> tuple[list[Any], list[Any]]:
    """The answers of the records that are not refused, and those records."""
    answers, accepted = [], []
    for record in records:
        try:
            answers.append(np.ravel(answer(record)).tolist())
        except (ValueError, TypeError):
            continue
        accepted.append(record)
    return answers, accepted


def _refused(records: list[Any], accepted: list[Any]) -> list[Any]:
    known = {id(record) for record in accepted}
    return [record for record in records if id(record) not in known]


def _is_same(expected: Any, found: Any, tolerance: float = TOLERANCE) -> bool:
    if expected == REFUSED or found == REFUSED:
        return bool(expected == found)
    return len(expected) == len(found) and all(
        a == b or math.isclose(a, b, rel_tol=tolerance, abs_tol=1e-12) or (a != a and b != b)
        for a, b in zip(expected, found, strict=True)
    )
