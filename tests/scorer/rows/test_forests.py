from __future__ import annotations

from array import array
from math import inf, nan

import pytest

from golive.scorer.loading import load_program
from golive.scorer.writing import ProgramWriter

ARRAYS = {
    "features": ("i", [0, -1, -1, 1, -1, -1, 1, -1, -1]),
    "thresholds": ("d", [0.5, 1.0, 2.0, 0.0, 0.25, 0.125, 0.0, 10.0, 20.0]),
    "lefts": ("i", [1, 0, 0, 4, 0, 0, 7, 0, 0]),
    "rights": ("i", [2, 0, 0, 5, 0, 0, 8, 0, 0]),
    "kinds": ("B", [1, 0, 0, 2, 0, 0, 5, 0, 0]),
    "roots": ("i", [0, 3, 6]),
    "members": ("d", [3.0, 7.0]),
    "ends": ("i", [2]),
    "start": ("d", [100.0]),
}
"""Three trees: x0 <= 0.5 or NaN; x1 in {3, 7}; x1 <= 0, NaN or nearly 0."""


def load_forest(directory, arrays=ARRAYS, **args):
    writer = ProgramWriter()
    names = {
        name: writer.add(array(code, items).tobytes(), code)
        for name, (code, items) in arrays.items()
    }
    read = {"op": "inputs.numbers", "gives": "dense", "width": 2}
    trees = {
        "op": "boosting.regressor", "gives": "estimator", "width": 1, "arrays": names,
        "args": {"link": "identity", "depth": 1, "largest_kind": 5, **args},
    }  # fmt: skip
    root = {"op": "composing.pipeline", "gives": "estimator", "width": 1,
            "children": [read, trees]}  # fmt: skip
    writer.write(directory, root, classes=None)
    return load_program(directory)


ANSWERS = [
    ([0.5, 3.0], 100.0 + 1.0 + 0.25 + 20.0),
    ([0.75, -1.0], 100.0 + 2.0 + 0.125 + 10.0),
    ([None, 1e-36], 100.0 + 1.0 + 0.125 + 10.0),
    ([nan, 7.0], 100.0 + 1.0 + 0.25 + 20.0),
    ([inf, None], 100.0 + 2.0 + 0.125 + 10.0),
    ([-inf, inf], 100.0 + 1.0 + 0.125 + 20.0),
]


@pytest.mark.parametrize(("record", "expected"), ANSWERS)
def test_leaves_are_added_in_the_order_of_the_trees(tmp_path, record, expected):
    assert load_forest(tmp_path).values([record]) == [expected]


def test_a_forest_without_trees_is_warmed_and_answers_what_sums_begin_with(tmp_path):
    program = load_forest(tmp_path, ARRAYS | {"roots": ("i", [])})

    list(program.warm())

    assert program.values([[1.0, 2.0]]) == [100.0]


@pytest.mark.parametrize(("record", "expected"), ANSWERS)
def test_generated_functions_answer_the_same(tmp_path, record, expected):
    program = load_forest(tmp_path)

    assert sum(1 for _ in program.warm()) == 1

    assert program.values([record]) == [expected]


@pytest.mark.parametrize("is_warm", [False, True])
def test_sums_of_32_bits_are_rounded_at_each_step(tmp_path, is_warm):
    program = load_forest(tmp_path, ARRAYS | {"start": ("d", [16_777_216.0])}, is_float32=True)
    if is_warm:
        list(program.warm())

    assert program.values([[0.0, 3.0]]) == [16_777_236.0]


def test_a_forest_that_is_too_deep_stays_walked(tmp_path):
    program = load_forest(tmp_path, depth=81)

    assert not list(program.warm())
    assert program.values([[0.5, 3.0]]) == [121.25]


def test_what_made_it_faster_and_was_broken_off_is_done_again(tmp_path):
    program = load_forest(tmp_path)
    next(program.warm())
    idle = list(program.warm())

    program.take_up()
    steps = len(list(program.warm()))

    program.take_up()
    assert (idle, steps, list(program.warm())) == ([], 1, [])
    assert program.values([[0.5, 3.0]]) == [121.25]
