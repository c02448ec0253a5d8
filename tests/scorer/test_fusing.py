"""Fused functions and the steps that they stand for give the same."""

from __future__ import annotations

import math
from array import array

import pytest
from hypothesis import given
from hypothesis import strategies as st

from golive.scorer.loading import load_program
from golive.scorer.rows.building import build_estimator
from golive.scorer.writing import ProgramWriter

NUMBERS = st.one_of(st.none(), st.floats(), st.integers(-(2**60), 2**60), st.booleans())
CITIES = st.sampled_from(["Oslo", "Rome", "", None, "Bern", math.nan])


def write_program(directory) -> None:
    """Two numbers imputed and scaled, a category as flags, and a logistic regression of them."""
    writer = ProgramWriter()

    def kept(*values: float) -> str:
        return writer.add(array("d", values).tobytes(), "d")

    def step(op: str, gives: str, width: int, **members) -> dict:
        return {"op": op, "gives": gives, "width": width, **members}

    args = {"missing": None, "kept": [0, 1], "flagged": [0]}
    scaled = {"mean": kept(1.0, -2.0, 0.0), "scale": kept(3.0, 0.5, 1.0)}
    numbers = [
        step("composing.pick", "table", 2, args={"positions": [0, 1]}),
        step("inputs.numbers", "dense", 2),
        step("checking.no_infinity", "dense", 2),
        step("imputing.simple", "dense", 3, args=args, arrays={"fills": kept(0.5, 7.0)}),
        step("scaling.standard", "dense", 3, arrays=scaled),
    ]
    column = {"values": ["Oslo", "Rome"], "nan": None, "unseen": 2, "is_float": False}
    flags = [
        step("composing.pick", "table", 1, args={"positions": [2]}),
        step("encoding.flags", "dense", 2, args={"columns": [{**column, "places": [0, 1, -1]}]}),
    ]
    parts = [
        step("composing.pipeline", "dense", 3, children=numbers),
        step("composing.pipeline", "dense", 2, children=flags),
    ]
    arrays = {"weights": kept(0.3, -0.2, 1.5, 2.0, -4.0), "intercepts": kept(0.25)}
    model = {"takes": "dense", "shares": "one_vs_rest"}
    steps = [
        step("inputs.table", "table", 3, args={"kinds": ["nan", "nan", "nan"]}),
        step("composing.union", "dense", 5, children=parts),
        step("linear.logistic", "estimator", 2, args=model, arrays=arrays),
    ]
    root = step("composing.pipeline", "estimator", 2, children=steps)
    writer.write(directory, root, classes=2)


@pytest.fixture(scope="module")
def program(tmp_path_factory):
    directory = tmp_path_factory.mktemp("program")
    write_program(directory)
    return load_program(directory)


@given(record=st.tuples(NUMBERS, NUMBERS, CITIES))
def test_a_fused_function_gives_what_the_steps_give(program, record):
    plain = build_estimator(program.root)

    try:
        expected = plain.labelled(list(record))
    except ValueError:
        with pytest.raises(ValueError, match="infinity"):
            program.labelled([list(record)])
        return
    (found,) = program.labelled([list(record)])

    assert found[1] == expected[1]
    assert found[0] == pytest.approx(expected[0], rel=1e-12, abs=1e-15)


def test_the_answers_are_those_that_one_reckons_by_hand(program):
    (probabilities,) = program.probabilities([[None, 1, "Rome"]])

    score = (0.5 - 1) / 3 * 0.3 + (1 + 2) / 0.5 * -0.2 + 1.0 * 1.5 - 4.0 + 0.25
    assert probabilities[1] == pytest.approx(1 / (1 + math.exp(-score)), rel=1e-12)
