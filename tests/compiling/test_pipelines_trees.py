from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from sklearn.ensemble import RandomForestClassifier
from sklearn.tree import DecisionTreeClassifier
from tests.compiling.agreement import (
    TOLERANCE,
    assert_agree,
    assert_batches_agree,
    compiled,
    records_of,
)
from tests.compiling.pipelines_trees import IN_32_BITS, PIPELINES, gappy, matrix, three

ROWS = 40


@pytest.mark.parametrize("name", PIPELINES)
def test_trees_and_combinations_answer_as_the_originals(name):
    case = PIPELINES[name]()
    tolerance = 1e-6 if name in IN_32_BITS else TOLERANCE

    program = compiled(case.estimator, case.data)

    some = case.data[:ROWS]
    assert_agree(case.estimator, program, some, tolerance=tolerance)
    assert_batches_agree(program, some)
    if case.near is not None:
        assert_agree(case.estimator, program, case.near[:ROWS], tolerance=tolerance)


@pytest.mark.parametrize(
    "name",
    ["forest", "forest of two values", "histogram boosting", "lightgbm, zero as null",
     "lightgbm, categories", "xgboost, sets of categories", "xgboost, three classes"],
)  # fmt: skip
def test_a_warm_program_answers_with_the_same_bits(name):
    case = PIPELINES[name]()
    program = compiled(case.estimator, case.data)
    records = accepted(program, case.data[:300])
    answer = program.values if program.classes is None else program.labelled
    before = answer(records)

    steps = sum(1 for _ in program.warm())

    assert steps > 0
    assert answer(records) == before
    assert not list(program.warm())


@pytest.mark.parametrize("has_nulls", [False, True])
def test_a_forest_too_large_to_compile_is_linked_and_answers_with_the_same_bits(has_nulls):
    rows = gappy() if has_nulls else matrix()
    model = RandomForestClassifier(n_estimators=120, random_state=0).fit(rows, three())
    program = compiled(model, rows)
    records = records_of(rows[:40])
    before = program.labelled(records)

    assert sum(1 for _ in program.warm()) == 1 + 120  # they are looked through, then linked

    assert program.labelled(records) == before
    assert_agree(model, program, rows[:10])


@pytest.mark.parametrize("kind", [DecisionTreeClassifier, RandomForestClassifier])
def test_trees_that_know_a_single_class_answer_the_same_when_they_are_warm(kind):
    rows = matrix()
    model = kind().fit(rows, np.zeros(len(rows), dtype=int))
    program = compiled(model, rows)

    list(program.warm())

    assert_agree(model, program, rows[:10])
    assert_batches_agree(program, rows)


def accepted(program, data):
    """The records that are not refused."""
    answer = program.values if program.classes is None else program.labels
    found = []
    for record in records_of(data if isinstance(data, pd.DataFrame) else np.asarray(data)):
        try:
            answer([record])
        except ValueError:
            continue
        found.append(record)
    return found
