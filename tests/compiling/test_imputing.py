from __future__ import annotations

import numpy as np
import pytest
from sklearn.compose import ColumnTransformer
from sklearn.impute import MissingIndicator, SimpleImputer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline, make_union
from sklearn.preprocessing import OneHotEncoder, StandardScaler
from tests.compiling.agreement import (
    assert_agree,
    assert_batches_agree,
    assert_batches_of_records_agree,
    assert_records_agree,
    compiled,
    signature_for,
)
from tests.compiling.tables import (
    CATEGORIES,
    fitted,
    hostile_matrix,
    hostile_people,
    is_well_off,
    matrix,
    people,
    two_classes,
    with_missing,
)

from golive.compiling.exporting import NotExportableError

IMPUTERS = [
    SimpleImputer(),
    SimpleImputer(strategy="median", add_indicator=True),
    SimpleImputer(strategy="most_frequent"),
    SimpleImputer(strategy="constant"),
    SimpleImputer(strategy="constant", fill_value=-1.5, add_indicator=True),
    make_union(SimpleImputer(), MissingIndicator()),
    make_union(SimpleImputer(), MissingIndicator(features="all")),
]


@pytest.mark.parametrize("imputer", IMPUTERS, ids=repr)
def test_an_imputer_fills_in_what_the_original_fills_in(imputer):
    rows = with_missing(matrix())
    model = make_pipeline(imputer, LogisticRegression(max_iter=50, tol=1.0))
    model.fit(rows, two_classes(rows))
    program = compiled(model, rows)

    for tried in (rows[:100], hostile_matrix(rows)):
        assert_agree(model, program, tried)
        assert_batches_agree(program, tried)


@pytest.mark.parametrize("keeps", [True, False])
def test_a_column_without_values_is_dropped_or_kept_as_the_original_does(keeps):
    rows = with_missing(matrix())
    rows[:, 2] = np.nan
    imputer = SimpleImputer(keep_empty_features=keeps)
    model = fitted(make_pipeline(imputer, LogisticRegression()), rows, two_classes(rows))

    assert_agree(model, compiled(model, rows), rows[:100])


def test_a_number_may_stand_for_what_is_missing():
    rows = np.nan_to_num(with_missing(matrix()), nan=-1.0)
    imputer = SimpleImputer(missing_values=-1.0)
    model = make_pipeline(imputer, StandardScaler(), LogisticRegression())
    model.fit(rows, two_classes(rows))
    program = compiled(model, rows)

    assert_agree(model, program, hostile_matrix(rows))
    assert_batches_agree(program, hostile_matrix(rows))


def test_an_indicator_refuses_a_column_that_had_no_missing_value():
    rows = matrix()
    rows[:5, 0] = np.nan
    model = make_pipeline(
        make_union(SimpleImputer(), MissingIndicator()), LogisticRegression()
    ).fit(rows, two_classes(rows))

    assert_agree(model, compiled(model, rows), with_missing(rows))


@pytest.mark.parametrize(
    "imputer",
    [
        SimpleImputer(strategy="most_frequent"),
        SimpleImputer(strategy="constant", fill_value="missing", add_indicator=True),
        SimpleImputer(strategy="constant", fill_value="missing"),
    ],
    ids=str,
)
def test_texts_are_imputed_as_the_original_does(imputer):
    frame = people(with_nulls=True)
    inner = make_pipeline(imputer, OneHotEncoder(handle_unknown="ignore"))
    columns = ColumnTransformer([("texts", inner, CATEGORIES)])
    model = make_pipeline(columns, LogisticRegression()).fit(frame, is_well_off(frame))
    program = compiled(model, frame)

    assert_records_agree(model, program, signature_for(model, frame), hostile_people())
    assert_batches_of_records_agree(program, hostile_people())


def test_an_imputer_with_a_function_is_not_exported():
    rows = with_missing(matrix())
    model = make_pipeline(SimpleImputer(strategy=np.mean), LogisticRegression())
    model.fit(rows, two_classes(rows))

    with pytest.raises(NotExportableError, match="a function as its strategy"):
        compiled(model, rows)
