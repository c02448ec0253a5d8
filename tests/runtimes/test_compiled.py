"""Compiled models: one record, some, many with NumPy, and what a program cannot give."""

from __future__ import annotations

import os
from array import array

import pytest

from golive.errors import ModelLoadError
from golive.runtimes.compiled import CompiledModel, load_compiled
from golive.runtimes.protocols import Batch, Outputs
from golive.scorer.format import ProgramError
from golive.scorer.loading import load_program
from golive.scorer.writing import ProgramWriter
from golive.signature.model import Column, Output, Signature

LINE = Signature(
    form="matrix",
    columns=(Column(name="x", type="number", dtype="float64"),),
    output=Output(kind="regression"),
)
BINARY = Signature(
    form="matrix",
    columns=(Column(name="x", type="number", dtype="float64"),),
    output=Output(kind="binary", classes=("no", "yes"), positive="yes"),
)


def write(folder, op, *, classes=None):
    """Write the program of 2x + 1, or of its sigmoid."""
    writer = ProgramWriter()
    arrays = {
        "weights": writer.add(array("d", [2.0]).tobytes(), "d"),
        "intercepts": writer.add(array("d", [1.0]).tobytes(), "d"),
    }
    read = {"op": "inputs.numbers", "gives": "dense", "width": 1}
    args = {"takes": "dense", "shares": "softmax"}
    last = {"op": op, "gives": "estimator", "width": 1, "arrays": arrays, "args": args}
    root = {"op": "composing.pipeline", "gives": "estimator", "width": 1, "children": [read, last]}
    folder.mkdir(exist_ok=True)
    writer.write(folder, root, classes=classes)
    return load_program(folder)


def batch(*values):
    return Batch((list(values),), len(values))


def run(work):
    work()


def test_one_record_and_several_are_answered(tmp_path):
    model = CompiledModel(write(tmp_path, "linear.regressor"), LINE)

    assert model.predict(batch(3)) == Outputs(values=[7.0])
    assert model.predict(batch(3, -0.5)) == Outputs(values=[7.0, 0.0])
    assert model.predict(batch()) == Outputs(values=[])


def test_it_says_that_it_answers_at_once(tmp_path):
    assert CompiledModel(write(tmp_path, "linear.regressor"), LINE).answers_at_once


def test_labels_are_given_only_where_the_models_own_are_wanted(tmp_path):
    program = write(tmp_path, "linear.logistic", classes=2)
    own = Output(kind="binary", classes=("no", "yes"), positive="yes", label_source="predict")
    alone = Output(kind="binary", classes=("no", "yes"), has_probabilities=False)

    def outputs(output):
        signature = Signature(form="matrix", columns=BINARY.columns, output=output)
        return CompiledModel(program, signature).predict(batch(-0.5))

    assert outputs(BINARY.output) == Outputs(probabilities=[[0.5, 0.5]])
    assert outputs(own) == Outputs(probabilities=[[0.5, 0.5]], labels=["no"])
    assert outputs(alone) == Outputs(labels=["no"])


def test_a_record_that_is_refused_raises(tmp_path):
    model = CompiledModel(write(tmp_path, "linear.regressor"), LINE)

    with pytest.raises(ValueError, match="NaN or infinity"):
        model.predict(batch(None))


def test_a_program_that_does_not_give_what_the_signature_says_is_refused(tmp_path):
    program = write(tmp_path, "linear.regressor")

    with pytest.raises(ModelLoadError, match="gives no probabilities"):
        CompiledModel(program, BINARY)


def test_a_damaged_program_is_refused_and_the_original_named(tmp_path):
    (tmp_path / "scorer").mkdir()
    (tmp_path / "scorer" / "program.json").write_text("{")

    with pytest.raises(ModelLoadError, match="cannot be loaded") as caught:
        load_compiled(tmp_path, LINE)

    assert caught.value.hint == "answer with the original instead: --original"


def test_the_first_answers_are_counted_and_then_the_program_is_made_faster_once(tmp_path):
    started = []
    model = CompiledModel(write(tmp_path, "linear.regressor"), LINE, start=started.append)

    for _ in range(63):
        model.predict(batch(3))
    before = len(started)
    for _ in range(200):
        model.predict(batch(3))

    assert (before, len(started)) == (0, 1)
    started[0]()
    assert model.predict(batch(3)) == Outputs(values=[7.0])


def test_numpy_is_tried_when_the_first_large_batch_comes_and_gives_the_same(tmp_path):
    started = []
    model = CompiledModel(write(tmp_path, "linear.regressor"), LINE, start=started.append)
    large = batch(*range(2_000))
    expected = Outputs(values=[2.0 * x + 1.0 for x in range(2_000)])

    model.predict(batch(*range(63)))
    assert not started
    assert model.predict(large) == expected
    assert model.predict(large) == expected
    assert len(started) == 1
    started[0]()
    assert model.predict(large) == expected


def test_a_large_batch_with_a_record_that_is_refused_raises_with_numpy_too(tmp_path):
    model = CompiledModel(write(tmp_path, "linear.regressor"), LINE, start=run)
    model.settle(batch(*range(2_000)))

    with pytest.raises(ValueError, match="NaN"):
        model.predict(batch(*range(1_999), None))


def test_a_batch_that_is_refused_settles_nothing_and_the_next_one_is_tried(tmp_path):
    started = []
    model = CompiledModel(write(tmp_path, "linear.regressor"), LINE, start=started.append)
    broken = batch(None, *range(100))

    for _ in range(2):
        with pytest.raises(ValueError, match="NaN"):
            model.predict(broken)
        started[-1]()

    assert len(started) == 2


class Broken:
    """A program that cannot be made faster."""

    root = None
    has_batches = True

    def gives(self, method):
        return True

    def single(self, method):
        return lambda record: 7.0

    def warm(self):
        raise ProgramError("The program has trees that are deeper than 2, as it says.")


def test_a_program_that_cannot_be_made_faster_says_so_and_answers(caplog):
    model = CompiledModel(Broken(), LINE, start=run)

    answers = [model.predict(batch(3)) for _ in range(100)]

    assert answers == [Outputs(values=[7.0])] * 100
    [message] = caplog.messages
    assert message == (
        "The program cannot be made faster, and answers as before: The program has trees that are"
        " deeper than 2, as it says."
    )


@pytest.mark.filterwarnings("ignore:.*fork:DeprecationWarning")  # of threads that do nothing
def test_a_forked_child_makes_the_program_faster_itself(tmp_path):
    started = []
    model = CompiledModel(write(tmp_path, "linear.regressor"), LINE, start=started.append)
    for _ in range(100):
        model.predict(batch(3))
    model.predict(batch(*range(100)))
    of_parent = len(started)  # threads that a child does not have

    read, told = os.pipe()
    process = os.fork()
    if not process:
        try:
            model.predict(batch(*range(100)))
            for _ in range(100):
                model.predict(batch(3))
            os.write(told, bytes([len(started) - of_parent]))
        finally:
            os._exit(0)
    os.waitpid(process, 0)
    os.close(told)
    with os.fdopen(read, "rb") as answer:
        assert (of_parent, answer.read()) == (2, bytes([2]))


@pytest.mark.filterwarnings("ignore:.*fork:DeprecationWarning")  # of threads that do nothing
def test_a_forked_child_forgoes_batches_as_its_parent_did(tmp_path):
    started = []
    model = CompiledModel(write(tmp_path, "linear.regressor"), LINE, start=started.append)
    model.forgo_batches()

    read, told = os.pipe()
    process = os.fork()
    if not process:
        try:
            model.predict(batch(*range(100)))
            os.write(told, bytes([len(started)]))
        finally:
            os._exit(0)
    os.waitpid(process, 0)
    os.close(told)
    with os.fdopen(read, "rb") as answer:
        assert answer.read() == bytes([0])
