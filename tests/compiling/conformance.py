"""Conformance: a pipeline and its program on a thousand rows and more, half of them at the edge."""

from __future__ import annotations

import random
import re
import warnings
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
import pandas as pd
from tests.compiling.agreement import frame_columns, matrix_columns, records_of
from tests.compiling.cases import Case

from golive.bundle.proof import Deviation
from golive.compiling.boundaries import Search, near_rows
from golive.compiling.comparing import Measure, compare_models, entries_of
from golive.compiling.compile import write_program
from golive.compiling.trials import Trial
from golive.engine.answers import Answer, Options
from golive.engine.labelling import labeller
from golive.packing.inference import infer_signature
from golive.runtimes.compiled import CompiledModel
from golive.runtimes.loading import model_for
from golive.runtimes.outputs import json_value
from golive.runtimes.protocols import Batch, Model
from golive.scorer.loading import load_program
from golive.signature.model import Column, Output, Signature

ROWS = 1_000
PAIRS = 250
_ROUNDS = 27
_IS_SLOW_ALONE = re.compile("Neighbors|SVC|SVR")
"""Estimators whose programs take long for a row: the originals find where answers change."""


@dataclass(frozen=True, kw_only=True)
class Conformance:
    """What was compared, and the first row on which a program is not its original."""

    rows: int
    near: int
    decided: int
    refused: int
    failure: Deviation | None


def conformance(case: Case, *, rows: int = ROWS, pairs: int = PAIRS) -> Conformance:
    """Compare a case's program with its estimator on its data and on rows near to changes."""
    kind, signature = described(case)
    original = model_for(case.estimator, kind, signature)
    with TemporaryDirectory() as folder, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        write_program(case.estimator, signature, Path(folder))
        compiled = CompiledModel(load_program(Path(folder)), signature)
        quick = original if _IS_SLOW_ALONE.search(repr(case.estimator)) else compiled
        near = edges(case, batch_of(case.data, rows), signature, quick, pairs)
        sample = batch_of(case.data, max(rows, ROWS - near.size))
        trials = [Trial(kind="sample", batch=sample), Trial(kind="near", batch=near)]
        tolerance = 1e-6 if is_float32(kind, signature, case.estimator) else 1e-9
        found = compare_models(original, compiled, signature, trials, Measure(tolerance=tolerance))
    return Conformance(
        rows=sum(tried.rows for tried in found.tried),
        near=near.size,
        decided=at_a_change(near, distances(compiled, signature.output)(near)),
        refused=sum(tried.refused for tried in found.tried),
        failure=found.failure,
    )


def described(case: Case) -> tuple[Any, Signature]:
    """The kind of the case's estimator and a signature that asks for all that it gives."""
    kind = {"xgboost": "xgboost", "lightgbm": "lightgbm"}.get(
        type(case.estimator).__module__.partition(".")[0], "sklearn"
    )
    if type(case.estimator).__name__ != "Booster":
        return "sklearn", own_signature(case.estimator, case.data)
    frame = case.data if isinstance(case.data, pd.DataFrame) else pd.DataFrame(case.data)
    return kind, infer_signature(case.estimator, kind, frame).signature


def own_signature(estimator: Any, data: Any) -> Signature:
    """A signature with the estimator's classes; its labels are its own."""
    form, columns = columns_of(data)
    classes = getattr(estimator, "classes_", None)
    if classes is None or isinstance(classes, list):
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            is_one = np.ndim(estimator.predict(data[:2])) == 1
        output = Output(kind="regression" if is_one else "custom", has_probabilities=False)
        return Signature(form=form, columns=columns, output=output)
    labels = tuple(json_value(value) for value in np.asarray(classes).tolist())
    output = Output(
        kind="binary" if len(labels) == 2 else "multiclass",
        classes=labels,
        positive=labels[1] if len(labels) == 2 else None,
        has_probabilities=hasattr(estimator, "predict_proba"),
        label_source="predict",
    )
    return Signature(form=form, columns=columns, output=output)


def columns_of(data: Any) -> tuple[Any, tuple[Column, ...]]:
    """The form and the columns of data."""
    if isinstance(data, pd.DataFrame):
        return "frame", frame_columns(data)
    if isinstance(data, np.ndarray):
        return "matrix", matrix_columns(data.shape[1], data.dtype.name)
    return "series", (Column(name="text", type="text", dtype="object"),)


def batch_of(data: Any, most: int | None = None) -> Batch:
    """Rows as the engine hands them to a model, spread over the data."""
    records = records_of(data)
    if most is not None and len(records) > most:
        records = [records[at * len(records) // most] for at in range(most)]
    return Batch(tuple(map(list, zip(*records, strict=True))), len(records))


def edges(case: Case, sample: Batch, signature: Signature, model: Model, pairs: int) -> Batch:
    """The case's own rows near to changes and, where they are few, ones that halving finds."""
    own = batch_of(case.near) if case.near is not None else None
    if own is not None and own.size >= 2 * pairs:
        return own
    found = near_rows(
        sample,
        signature,
        distances(model, signature.output),
        Search(pairs, _ROUNDS, decisions=1.0),
        random.Random(1),
    )
    if own is None or not own.size:
        return found
    columns = zip(own.columns, found.columns, strict=True)
    return Batch(tuple([*one, *other] for one, other in columns), own.size + found.size)


def distances(model: Model, output: Output) -> Any:
    """Numbers that change where an answer does."""
    label = labeller(output, Options())
    places = {value: at for at, value in enumerate(output.classes)}

    def distance(entry: Any) -> float | None:
        if not isinstance(entry, Answer):
            return None
        if output.kind == "binary" and entry.score is not None:
            return entry.score - 0.5
        if output.classes:
            return places[entry.label] - 0.5
        if output.kind == "regression":
            return entry.score
        first = np.ravel(entry.value)[0]
        return float(len(first) if isinstance(first, str) else first)

    return lambda batch: [
        distance(e) for e in entries_of(model, label, batch, size=batch.size or 1)
    ]


def at_a_change(near: Batch, found: list[float | None]) -> int:
    """Of rows in pairs, how many lie within 1e-6 of a change of the answer.

    That is a split, where the numbers of both rows of a pair differ by less than a millionth, or by
    one where they are whole, and their answers by much more; or a decision, where the distance from
    it is less than that.
    """
    spans = [span_of(column) for column in near.columns]
    jump = 1e-5 * span_of(found)
    count = 0
    for at in range(0, near.size - 1, 2):
        one, other = found[at], found[at + 1]
        if one is None or other is None:
            continue
        columns = zip(near.columns, spans, strict=True)
        is_split = abs(one - other) > jump and all(
            is_close(column[at], column[at + 1], span) for column, span in columns
        )
        count += sum(is_split or abs(each) < 1e-6 for each in (one, other))
    return count


def is_close(one: Any, other: Any, span: float) -> bool:
    """Whether no number lies between two values but those that are as near."""
    if type(one) is int and type(other) is int:
        return abs(one - other) <= 1
    if isinstance(one, (int, float)) and isinstance(other, (int, float)):
        return abs(one - other) <= 1e-6 * span
    return True


def span_of(column: list[Any]) -> float:
    """How far the finite numbers of a column are apart."""
    numbers = [v for v in column if type(v) in (int, float) and abs(v) < 1e300]
    return max(numbers) - min(numbers) if numbers else 0.0


def is_float32(kind: str, signature: Signature, estimator: Any) -> bool:
    """Whether the original computes in 32 bits somewhere."""
    is_narrow = any(column.dtype == "float32" for column in signature.columns)
    return is_narrow or kind == "xgboost" or "XGB" in repr(estimator)
