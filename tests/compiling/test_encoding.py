from __future__ import annotations

import pandas as pd
import pytest
from sklearn.compose import ColumnTransformer
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder, OrdinalEncoder, StandardScaler, TargetEncoder
from tests.compiling.agreement import (
    assert_agree,
    assert_batches_of_records_agree,
    assert_records_agree,
    compiled,
    signature_for,
)
from tests.compiling.tables import CATEGORIES, NUMBERS, fitted, hostile_people, is_well_off, people

from golive.compiling.exporting import NotExportableError

ENCODERS = [
    OneHotEncoder(),
    OneHotEncoder(handle_unknown="ignore"),
    OneHotEncoder(handle_unknown="ignore", sparse_output=False, drop="first"),
    OneHotEncoder(drop="if_binary"),
    OneHotEncoder(drop=["Rome", "a", "z", 3, False]),
    OneHotEncoder(min_frequency=30, handle_unknown="infrequent_if_exist"),
    OneHotEncoder(max_categories=3, handle_unknown="ignore", drop="first"),
    OneHotEncoder(min_frequency=0.2, handle_unknown="warn"),
    OneHotEncoder(handle_unknown="ignore", dtype="float32"),
    OrdinalEncoder(encoded_missing_value=-2),
    OrdinalEncoder(handle_unknown="use_encoded_value", unknown_value=-1, encoded_missing_value=-2),
    OrdinalEncoder(
        handle_unknown="use_encoded_value",
        unknown_value=-1,
        encoded_missing_value=-2,
        max_categories=3,
    ),
    TargetEncoder(),
]


@pytest.mark.parametrize("with_nulls", [False, True])
@pytest.mark.parametrize("encoder", ENCODERS, ids=repr)
def test_an_encoder_gives_what_the_original_gives(encoder, with_nulls):
    frame = people(with_nulls=with_nulls)
    numbers = make_pipeline(SimpleImputer(), StandardScaler())
    columns = ColumnTransformer(
        [("numbers", numbers, NUMBERS), ("others", encoder, [*CATEGORIES, "code", "member"])]
    )
    model = make_pipeline(columns, LogisticRegression(max_iter=50, tol=1.0))
    fitted(model, frame, is_well_off(frame))
    program = compiled(model, frame)

    assert_agree(model, program, frame[:20])
    assert_records_agree(model, program, signature_for(model, frame), hostile_people())
    assert_batches_of_records_agree(program, hostile_people())


def test_a_target_of_three_classes_is_encoded_as_three_numbers():
    frame = people()
    classes = (frame["age"] // 30).clip(1, 3)
    columns = ColumnTransformer([("targets", TargetEncoder(), CATEGORIES)])
    model = fitted(make_pipeline(columns, LogisticRegression()), frame, classes)
    program = compiled(model, frame)

    assert_records_agree(model, program, signature_for(model, frame), hostile_people())


def test_infinities_are_refused_where_numbers_are_categories():
    frame = people()
    frame["income"] = frame["income"].round(-4)
    columns = ColumnTransformer([("flags", OneHotEncoder(handle_unknown="ignore"), ["income"])])
    model = make_pipeline(columns, LogisticRegression()).fit(frame, is_well_off(frame))
    program = compiled(model, frame)

    assert_records_agree(model, program, signature_for(model, frame), hostile_people())
    assert_batches_of_records_agree(program, hostile_people())


def test_an_encoder_that_gives_small_integers_is_not_exported():
    frame = people()
    columns = ColumnTransformer([("flags", OneHotEncoder(dtype="int8"), CATEGORIES)])
    model = make_pipeline(columns, LogisticRegression()).fit(frame, is_well_off(frame))

    with pytest.raises(NotExportableError, match="OneHotEncoder with dtype=int8"):
        compiled(model, frame)


def test_categories_that_floats_cannot_tell_apart_are_not_exported_behind_an_imputer():
    frame = pd.DataFrame({"id": [2**53, 2**53 + 1, 2**53 + 2, 0] * 20})
    encode = make_pipeline(SimpleImputer(strategy="most_frequent"), OneHotEncoder())
    model = fitted(make_pipeline(encode, LogisticRegression()), frame, [0, 1, 0, 1] * 20)

    with pytest.raises(NotExportableError, match=r"whole numbers beyond 2\*\*53"):
        compiled(model, frame)
