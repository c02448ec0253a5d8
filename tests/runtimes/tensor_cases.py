"""The generic tensor model over NumPy programs, for the conformance suite of models."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from golive.bundle.manifest import ModelSpec
from golive.runtimes.protocols import Batch
from golive.runtimes.tensor_program import TensorFacts, TensorSpec
from golive.runtimes.tensors import TensorModel
from golive.signature.model import Column, Output, Signature
from golive.testing.tensor_programs import NumpyProgram

ROWS = 100
RANDOM = np.random.default_rng(5)
WEIGHTS = RANDOM.normal(size=(4, 3))
FEATURES = tuple(Column(name=f"x{i}", type="number", dtype="float64") for i in range(4))
NUMBERS = RANDOM.normal(size=(ROWS, 4))
NAMES = ("ant", "bee", "cat")


@dataclass(frozen=True)
class TensorCase:
    """A tensor program, what it takes, and 100 records for it; it lies in no bundle."""

    signature: Signature
    batch: Batch
    estimator: Any
    root: Path = Path()
    spec: ModelSpec = field(default_factory=lambda: ModelSpec(kind="onnx", loader="onnx", file=""))

    def load(self) -> TensorModel:
        return TensorModel(self.estimator, self.signature)


def matrix_case(compute, output, *outputs, batch_size=None) -> TensorCase:
    facts = TensorFacts(
        inputs=(TensorSpec("features", "float64", (4,)),), outputs=outputs, batch_size=batch_size
    )
    return TensorCase(
        signature=Signature(form="matrix", columns=FEATURES, output=output),
        batch=Batch(tuple(NUMBERS.T.tolist()), ROWS),
        estimator=NumpyProgram(facts, compute),
    )


def tensor_logits(_):
    output = Output(kind="multiclass", classes=NAMES, activation="softmax")
    spec = TensorSpec("logits", "float64", (3,))
    return matrix_case(lambda x: [x @ WEIGHTS], output, spec)


def tensor_sigmoid_of_batches_of_8(_):
    output = Output(kind="binary", classes=(0, 1), positive=1, activation="sigmoid")
    spec = TensorSpec("logit", "float64", (1,))
    return matrix_case(lambda x: [x @ WEIGHTS[:, :1]], output, spec, batch_size=8)


def tensor_labels_and_maps(_):
    """As skl2onnx exports a classifier: the label, and a map from class to probability."""

    def compute(x):
        powers = np.exp(x @ WEIGHTS)
        rows = powers / powers.sum(axis=1, keepdims=True)
        maps = np.empty(len(rows), dtype=object)
        maps[:] = [dict(zip(NAMES, row.tolist(), strict=True)) for row in rows]
        return [np.array(NAMES, dtype=object)[rows.argmax(axis=1)], maps]

    output = Output(
        kind="multiclass", classes=NAMES, tensor="probabilities", label_source="predict"
    )
    label, maps = TensorSpec("label", "object", ()), TensorSpec("probabilities", "object", ())
    return matrix_case(compute, output, label, maps)


def tensor_regression(_):
    output = Output(kind="regression", has_probabilities=False)
    return matrix_case(lambda x: [x @ WEIGHTS[:, :1]], output, TensorSpec("y", "float64", (1,)))


def tensor_columns(_):
    """One input a column: numbers, texts and vectors; the answer holds both arrays."""

    def compute(age, city, series):
        lengths = np.array([len(text) for text in city.ravel()], dtype=float)
        total = age.ravel() + lengths + np.nansum(series, axis=(1, 2))
        return [total, np.column_stack([total, -total])]

    facts = TensorFacts(
        inputs=(
            TensorSpec("age", "float32", (1,)),
            TensorSpec("city", "object", (1,)),
            TensorSpec("series", "float64", (2, 2)),
        ),
        outputs=(TensorSpec("total", "float64", ()), TensorSpec("both", "float64", (2,))),
    )
    columns = (
        Column(name="age", type="number", dtype="float32", nullable=True),
        Column(name="city", type="string", dtype="object"),
        Column(name="series", type="vector", dtype="float64", shape=(2, 2)),
    )
    ages = [None if i % 7 == 0 else float(i) for i in range(ROWS)]
    cities = [NAMES[i % 3] * (i % 5) for i in range(ROWS)]
    return TensorCase(
        signature=Signature(
            form="tensors", columns=columns, output=Output(kind="custom", has_probabilities=False)
        ),
        batch=Batch((ages, cities, NUMBERS.reshape(ROWS, 2, 2).tolist()), ROWS),
        estimator=NumpyProgram(facts, lambda *arrays: nulls_as_zero(compute, arrays)),
    )


def nulls_as_zero(compute, arrays):
    age, *rest = arrays
    return compute(np.nan_to_num(age), *rest)


TENSOR_CASES = {
    make.__name__: make
    for make in (
        tensor_logits, tensor_sigmoid_of_batches_of_8, tensor_labels_and_maps, tensor_regression,
        tensor_columns,
    )
}  # fmt: skip
