"""Batches: what NumPy answers otherwise than single rows is found when the program is proven."""

from __future__ import annotations

import json

import numpy as np
import pandas as pd
import pytest
from sklearn.linear_model import LogisticRegression

from golive.bundle.golden import GoldenRecord
from golive.bundle.proof import Tried
from golive.compiling.batching import compare_batches
from golive.compiling.comparing import Answered, Measure
from golive.compiling.compile import write_program
from golive.compiling.model import as_proven, prove_program
from golive.compiling.proof import Evidence, prove
from golive.engine.answers import Answer
from golive.engine.decode import Decoder
from golive.engine.engine import Engine
from golive.engine.golden import answer_rows
from golive.runtimes.compiled import load_compiled
from golive.runtimes.loading import model_for
from golive.runtimes.protocols import Batch, Outputs
from golive.signature.model import Column, Output, Signature

COLUMNS = (
    Column(name="a", type="number", dtype="float64", minimum=-3.0, maximum=3.0),
    Column(name="b", type="number", dtype="float64", minimum=-3.0, maximum=3.0),
)
BINARY = Signature(
    form="frame",
    columns=COLUMNS,
    output=Output(kind="binary", classes=("no", "yes"), positive="yes"),
)
LINE = Signature(form="frame", columns=COLUMNS[:1], output=Output(kind="regression"))
MEASURE = Measure(tolerance=1e-9)


class Faulty:
    """Answers as a model does, but for what it is told to change in batches."""

    def __init__(self, model, change):
        self._model, self._change = model, change

    def predict(self, batch):
        outputs = self._model.predict(batch)
        return self._change(batch, outputs) if batch.size > 1 else outputs


class Doubling:
    """Doubles the only column; refuses what is below zero."""

    def predict(self, batch):
        if min(batch.columns[0]) < 0:
            raise ValueError("refused")
        return Outputs(values=[2.0 * value for value in batch.columns[0]])


def doubled(count, refused=0):
    values = [*map(float, range(count)), *([-1.0] * refused)]
    entries = [ValueError("refused") if v < 0 else Answer(score=2.0 * v) for v in values]
    return Answered(kind="sample", batch=Batch((values,), len(values)), entries=entries)


def compared(model, *answered):
    return compare_batches(lambda: model, answered, LINE, MEASURE)


def test_equal_batches_are_asked_in_two_sizes_and_with_refused_rows_among_others():
    batched = compared(Doubling(), doubled(1_200, refused=2))

    assert batched.is_equal
    assert batched.reason == "Batches are equal on 2,528 rows."
    assert batched.worst is None
    assert batched.tried == (
        Tried(kind="64 at once", rows=1_200, refused=0),
        Tried(kind="1000 at once", rows=1_200, refused=0),
        Tried(kind="refused", rows=128, refused=2),
    )


def test_a_wrong_row_of_one_size_alone_is_found():
    def swap_two(batch, outputs):
        if batch.size == 1_000:
            outputs.values[7], outputs.values[8] = outputs.values[8], outputs.values[7]
        return outputs

    batched = compared(Faulty(Doubling(), swap_two), doubled(1_200))

    assert not batched.is_equal
    assert batched.worst.kind == "1000 at once"
    assert batched.worst.row == {"a": 7.0}
    assert batched.reason == (
        "With NumPy, a row of the kind '1000 at once' gets a score that is 0.12 (relative) away."
    )


def test_a_score_beyond_the_tolerance_is_found():
    def nudge(_, outputs):
        return Outputs(values=[value * (1 + 3e-9) for value in outputs.values])

    assert not compared(Faulty(Doubling(), nudge), doubled(100)).is_equal


def test_a_batch_that_answers_a_row_which_the_original_refuses_is_found():
    class Answering:
        def predict(self, batch):
            return Outputs(values=[2.0 * value for value in batch.columns[0]])

    batched = compared(Answering(), doubled(100, refused=1))

    assert batched.worst.kind == "refused"
    assert batched.worst.original == {"raised": "ValueError: refused"}


def test_a_batch_that_refuses_a_row_which_the_original_answers_is_found():
    class Refusing:
        def predict(self, batch):
            if 5.0 in batch.columns[0]:
                raise ValueError("refused")
            return Outputs(values=[2.0 * value for value in batch.columns[0]])

    batched = compared(Refusing(), doubled(100))

    assert not batched.is_equal
    assert batched.worst.row == {"a": 5.0}


def test_a_program_that_numpy_cannot_run_has_no_batches():
    def fail():
        raise NotImplementedError("no such step")

    batched = compare_batches(fail, [doubled(100)], LINE, MEASURE)

    assert not batched.is_equal
    assert batched.reason == "NumPy cannot run it: no such step"


@pytest.fixture(scope="module")
def program(tmp_path_factory):
    """A program on disk, and what it is proven with."""
    root = tmp_path_factory.mktemp("program")
    generator = np.random.default_rng(3)
    frame = pd.DataFrame(generator.normal(size=(200, 2)), columns=["a", "b"])
    estimator = LogisticRegression().fit(frame, np.where(frame["a"] > frame["b"], "yes", "no"))
    model, records = model_for(estimator, "sklearn", BINARY), frame.to_dict("records")
    golden = answer_rows(Engine(BINARY, model, decoder=Decoder(BINARY)), records[:3])
    (root / "scorer").mkdir()
    write_program(estimator, BINARY, root / "scorer")
    evidence = Evidence(
        original=model,
        signature=BINARY,
        records=records,
        golden=tuple(map(GoldenRecord, records[:3], golden)),
        tolerance=1e-9,
    )
    return root, evidence


def files_of(root):
    return {f"scorer/{f.name}": f.read_bytes() for f in (root / "scorer").iterdir()}


def flip_the_last(batch, outputs):
    outputs.probabilities[-1].reverse()
    return outputs


def test_the_proof_asks_the_same_rows_in_batches(program):
    proof = prove(*program)

    assert proof.is_chosen
    assert proof.batched.is_equal
    assert [tried.kind for tried in proof.batched.tried] == [
        *("64 at once", "1000 at once", "refused"),
    ]
    assert proof.batched.tried[0].rows > 200
    assert proof.batched.tried[2].refused >= 4


def test_a_program_with_a_wrong_step_of_batches_is_chosen_and_answers_row_by_row(program, tmp_path):
    root, evidence = program

    proof = prove(root, evidence, with_numpy=lambda one: Faulty(one.with_numpy(), flip_the_last))
    files = as_proven(files_of(root), proof)

    assert proof.is_chosen
    assert proof.reason.endswith(
        "Batches are answered row by row. With NumPy, a row of the kind '64 at once' gets another "
        "answer."
    )
    assert proof.batched.worst.relative is None
    assert json.loads(files["scorer/program.json"])["batches"] is False
    again = prove_program(files, evidence)
    assert again.proof.is_chosen
    assert again.program == files
    assert again.proof.batched.reason == "The program says so."


def test_a_program_with_right_batches_stays_as_it_was_written(program):
    root, evidence = program

    assert as_proven(files_of(root), prove(root, evidence)) == files_of(root)


def test_a_program_that_says_so_never_asks_numpy(program, tmp_path):
    root, evidence = program
    proof = prove(root, evidence, with_numpy=lambda one: Faulty(one.with_numpy(), flip_the_last))
    (tmp_path / "scorer").mkdir()
    for path, data in as_proven(files_of(root), proof).items():
        (tmp_path / path).write_bytes(data)
    started = []
    model = load_compiled(tmp_path, BINARY, start=started.append)
    large = Batch(([0.5] * 2_000, [0.25] * 2_000), 2_000)

    model.settle(large)
    answers = model.predict(large)

    assert not model.has_batches
    assert not started
    assert len(answers.probabilities) == 2_000
