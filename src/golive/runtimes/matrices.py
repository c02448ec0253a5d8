"""Matrices in place of frames, for scikit-learn's estimators whose columns are all numbers.

Making a DataFrame of one record takes longer than most of these models. An estimator that was
fitted with a DataFrame warns of a matrix at each call, so a copy of it that does not know the names
is called; it is used only once it has been seen to answer, and to fail, as the original does.
"""

from __future__ import annotations

import copy
import warnings
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from golive.runtimes.protocols import Batch, Outputs
from golive.signature.model import Signature

__all__ = ["MatrixCall", "is_proven", "matrix_call"]

_DTYPES = ({"float64", "int64", "bool"}, {"float32"})
_MOST_SINGLES = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class MatrixCall:
    """What is called in place of an estimator, and with what.

    Attributes:
        estimator: A copy that expects no names.
        build: Makes the matrix of a batch, in the layout that a frame's values have.
        brittle: Positions of the columns that no matrix holds with a null in them.
    """

    estimator: Any
    build: Callable[[Batch], Any]
    brittle: tuple[int, ...]

    def takes(self, batch: Batch) -> bool:
        """Whether the batch makes a matrix that is what its frame would become."""
        return not any(None in batch.columns[at] for at in self.brittle)


def matrix_call(estimator: Any, signature: Signature) -> MatrixCall | None:
    """What could be called with matrices, or None where frames are needed."""
    columns = signature.columns
    is_plain = all(c.type in ("integer", "number", "boolean") for c in columns)
    if signature.form != "frame" or not columns or not is_plain:
        return None
    dtypes = {column.dtype for column in columns}
    if not any(dtypes <= allowed for allowed in _DTYPES):
        return None
    nameless = _without_names(estimator)
    if nameless is None:
        return None
    dtype = np.result_type(*dtypes)
    return MatrixCall(
        estimator=nameless,
        build=lambda batch: np.array(batch.columns, dtype=dtype).T,
        brittle=tuple(at for at, c in enumerate(columns) if not c.dtype.startswith("float")),
    )


def is_proven(
    call: MatrixCall,
    batch: Batch,
    *,
    with_matrix: Callable[[Batch], Outputs],
    with_frame: Callable[[Batch], Outputs],
) -> bool:
    """Whether matrices give the same as frames, on records and with nulls among their values.

    Args:
        call: What is to be used.
        batch: Records that the model answers.
        with_matrix: Answers with matrices.
        with_frame: Answers with frames.
    """
    return all(
        _result(with_matrix, part) == _result(with_frame, part)
        for part in _parts(batch, call.brittle)
    )


def _parts(batch: Batch, brittle: tuple[int, ...]) -> Iterator[Batch]:
    yield batch
    for at in range(min(batch.size, _MOST_SINGLES)):
        yield batch.take([at])
    for at in range(len(batch.columns)):
        if at not in brittle:
            columns = [*batch.take([0]).columns]
            columns[at] = [None]
            yield Batch(tuple(columns), 1)


def _result(answer: Callable[[Batch], Outputs], batch: Batch) -> tuple[str, object]:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        try:
            outputs = answer(batch)
        except Exception as error:  # noqa: BLE001 - whatever the model raises
            return type(error).__name__, str(error)
    return "answered", repr(outputs)  # which tells -0.0 and NaN apart from others


def _without_names(estimator: Any) -> Any | None:
    """A copy that does not know the names of its columns, or None of what is not scikit-learn's."""
    if not type(estimator).__module__.startswith("sklearn."):
        return None
    nameless = copy.copy(estimator)
    if type(estimator).__name__ == "Pipeline":
        steps = [(name, _nameless_step(step)) for name, step in estimator.steps]
        if any(step is None for _, step in steps):
            return None
        nameless.steps = steps
    else:
        vars(nameless).pop("feature_names_in_", None)
    return nameless


def _nameless_step(step: Any) -> Any | None:
    return step if step == "passthrough" else _without_names(step)
