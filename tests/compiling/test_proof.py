"""The proof: equal programs are chosen, wrong and slow ones never, and it says why."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from msgspec.structs import replace
from sklearn.linear_model import LogisticRegression
from sklearn.multioutput import MultiOutputClassifier
from sklearn.tree import DecisionTreeClassifier, DecisionTreeRegressor

from golive.bundle.golden import GoldenRecord
from golive.bundle.proof import Timing
from golive.compiling.model import compile_estimator, prove_program
from golive.compiling.proof import Evidence, slower_of
from golive.engine.decode import Decoder
from golive.engine.engine import Engine
from golive.engine.golden import answer_rows
from golive.runtimes.loading import model_for
from golive.runtimes.protocols import Outputs
from golive.signature.model import Column, Output, Signature

SIGNATURE = Signature(
    form="frame",
    columns=(
        Column(name="a", type="number", dtype="float64", minimum=-3.0, maximum=3.0),
        Column(name="b", type="number", dtype="float64", minimum=-3.0, maximum=3.0),
    ),
    output=Output(kind="binary", classes=("no", "yes"), positive="yes"),
)


class Deciding:
    """Answers as a model does, but for the rows that it is told to change."""

    def __init__(self, model, change):
        self._model, self._change = model, change

    def predict(self, batch):
        return self._change(batch, self._model.predict(batch))


@pytest.fixture(scope="module")
def frame():
    generator = np.random.default_rng(3)
    return pd.DataFrame(generator.normal(size=(200, 2)), columns=["a", "b"])


@pytest.fixture(scope="module")
def estimator(frame):
    return LogisticRegression().fit(frame, np.where(frame["a"] > frame["b"], "yes", "no"))


@pytest.fixture
def evidence(estimator, frame):
    def make(original=None, answering=None):
        model = original or model_for(estimator, "sklearn", SIGNATURE)
        engine = Engine(SIGNATURE, answering or model, decoder=Decoder(SIGNATURE))
        records = frame.to_dict("records")
        golden = answer_rows(engine, records[:3])
        return Evidence(
            original=model,
            signature=SIGNATURE,
            records=records,
            golden=tuple(map(GoldenRecord, records[:3], golden)),
            tolerance=1e-9,
        )

    return make


def test_an_equal_program_is_chosen_and_its_rows_are_counted_by_kind(estimator, evidence):
    compiled = compile_estimator(estimator, "sklearn", evidence())

    proof = compiled.proof
    assert proof.is_chosen
    assert proof.reason.startswith(f"The program is equal on {proof.rows:,} rows; ")
    assert sorted(compiled.program) == ["scorer/arrays.bin", "scorer/program.json"]
    assert [tried.kind for tried in proof.tried] == [
        *("sample", "golden", "hostile", "between", "mixed", "near", "infinite"),
    ]
    assert proof.tried[0].rows == 200
    assert [timing.rows for timing in proof.timings] == [1, 8, 64, 1024]
    infinite = proof.tried[-1]
    assert (infinite.rows, infinite.refused) == (4, 4)


def test_a_program_that_answers_one_row_otherwise_is_not_chosen(estimator, evidence):
    def flip_one(batch, outputs):
        for at, value in enumerate(batch.columns[0]):
            if value == -1e300:
                outputs.probabilities[at].reverse()
        return outputs

    model = model_for(estimator, "sklearn", SIGNATURE)
    given = evidence(original=Deciding(model, flip_one))

    compiled = compile_estimator(estimator, "sklearn", given)

    proof = compiled.proof
    assert not proof.is_chosen
    assert compiled.program == {}
    assert proof.worst is not None
    assert proof.worst.kind == "hostile"
    assert proof.worst.row["a"] == -1e300
    assert proof.worst.relative is None
    assert proof.reason.startswith(
        "On a row of the kind 'hostile' the program gives another answer"
    )


def test_a_score_beyond_the_tolerance_is_a_difference(estimator, evidence):
    def nudge(batch, outputs):
        for row in outputs.probabilities:
            row[0], row[1] = row[0] * (1 + 3e-9), row[1] * (1 - 3e-9)
        return outputs

    given = evidence(original=Deciding(model_for(estimator, "sklearn", SIGNATURE), nudge))

    proof = compile_estimator(estimator, "sklearn", given).proof

    assert not proof.is_chosen
    assert proof.worst is not None
    assert 2e-9 < proof.worst.relative < 4e-9
    assert "(relative) away" in proof.reason


def test_a_row_that_only_the_original_refuses_is_a_difference(estimator, evidence):
    def refuse(batch, outputs):
        if any(value == 1e30 for value in batch.columns[1]):
            raise ValueError("too large")
        return outputs

    given = evidence(original=Deciding(model_for(estimator, "sklearn", SIGNATURE), refuse))

    proof = compile_estimator(estimator, "sklearn", given).proof

    assert not proof.is_chosen
    assert proof.worst.original == {"raised": "ValueError: too large"}


def test_other_golden_records_than_those_packed_are_a_difference(estimator, evidence):
    def swap(batch, outputs):
        for row in outputs.probabilities:
            row.reverse()
        return outputs

    model = model_for(estimator, "sklearn", SIGNATURE)

    proof = compile_estimator(estimator, "sklearn", evidence(answering=Deciding(model, swap))).proof

    assert not proof.is_chosen
    assert proof.worst.kind == "golden"


def test_rows_near_to_where_a_list_of_labels_changes_are_tried(frame):
    signature = replace(SIGNATURE, output=Output(kind="custom", has_probabilities=False))
    truths = np.column_stack([frame["a"] > 0.5, frame["b"] > 0.25]).astype(int)
    model = MultiOutputClassifier(DecisionTreeClassifier(max_depth=2)).fit(frame, truths)
    original = model_for(model, "sklearn", signature)
    records = frame.to_dict("records")
    engine = Engine(signature, original, decoder=Decoder(signature))
    golden = tuple(map(GoldenRecord, records[:3], answer_rows(engine, records[:3])))
    given = Evidence(
        original=original, signature=signature, records=records, golden=golden, tolerance=1e-9
    )

    proof = compile_estimator(model, "sklearn", given).proof

    assert proof.is_chosen
    (near,) = [tried for tried in proof.tried if tried.kind == "near"]
    assert near.rows >= 24


def test_a_program_that_is_slower_for_one_or_64_records_is_not_chosen():
    def timing(rows, compiled):
        return Timing(rows=rows, original=10.0, compiled=compiled)

    one, many = timing(1, 10.1), timing(64, 10.1)
    even = [timing(1, 10.0), timing(8, 99.0), timing(64, 10.0), timing(1024, 99.0)]

    assert slower_of([one, many]) == one
    assert slower_of([timing(1, 1.0), many]) == many
    assert slower_of(even) is None


@pytest.mark.parametrize(("slower_in", "is_slower"), [(0.5, False), (0.7, False), (0.78, True)])
def test_a_program_is_slower_where_most_rounds_say_so(slower_in, is_slower):
    timing = Timing(rows=64, original=10.0, compiled=10.1, slower_in=slower_in)

    assert slower_of([timing]) == (timing if is_slower else None)


def test_a_step_without_an_exporter_is_named(evidence, frame):
    class Own(LogisticRegression):
        """A class of the user's own."""

    own = Own().fit(frame, np.where(frame["a"] > frame["b"], "yes", "no"))

    compiled = compile_estimator(own, "sklearn", evidence())

    assert compiled.proof.reason == "Own has no exporter."
    assert not compiled.proof.is_chosen
    assert compiled.proof.steps == 0


def test_a_damaged_estimator_falls_back_to_the_original(evidence, estimator):
    broken = LogisticRegression()

    proof = compile_estimator(broken, "sklearn", evidence()).proof

    assert proof.reason.startswith("Exporting it failed: AttributeError: ")


def test_a_program_is_proven_again_without_its_estimator(estimator, evidence):
    program = compile_estimator(estimator, "sklearn", evidence()).program

    again = prove_program(program, evidence())

    assert again.program == program
    assert again.proof.is_chosen


def test_a_regression_of_tiny_values_is_compared_by_their_size(frame):
    tiny = DecisionTreeRegressor().fit(frame, 1e-13 * frame["a"])
    signature = replace(SIGNATURE, output=Output(kind="regression"))

    def falsify(batch, outputs):
        return Outputs(values=[value * 1.5 for value in outputs.values])

    model = Deciding(model_for(tiny, "sklearn", signature), falsify)
    engine = Engine(signature, model, decoder=Decoder(signature))
    records = frame.to_dict("records")
    given = Evidence(
        original=model,
        signature=signature,
        records=records,
        golden=tuple(map(GoldenRecord, records[:3], answer_rows(engine, records[:3]))),
        tolerance=1.0,
    )

    proof = compile_estimator(tiny, "sklearn", given).proof

    assert not proof.is_chosen
    assert "0.33 (relative) away" in proof.reason
