from __future__ import annotations

import pytest
from sklearn.compose import ColumnTransformer, make_column_selector
from sklearn.decomposition import PCA
from sklearn.feature_extraction.text import CountVectorizer
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LogisticRegression, Ridge
from sklearn.pipeline import Pipeline, make_pipeline, make_union
from sklearn.preprocessing import MinMaxScaler, OneHotEncoder, StandardScaler
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
    NUMBERS,
    fitted,
    hostile_people,
    is_well_off,
    matrix,
    people,
    two_classes,
)

from golive.compiling.exporting import NotExportableError

FLAGS = OneHotEncoder(handle_unknown="ignore")
SCALED = make_pipeline(SimpleImputer(), StandardScaler())
COLUMNS = {
    "sparse": ColumnTransformer(
        [("n", SCALED, NUMBERS), ("c", FLAGS, CATEGORIES)], sparse_threshold=1
    ),
    "dense": ColumnTransformer(
        [("n", SCALED, NUMBERS), ("c", FLAGS, CATEGORIES)], sparse_threshold=0
    ),
    "weights": ColumnTransformer(
        [("n", SCALED, NUMBERS), ("c", FLAGS, CATEGORIES)], transformer_weights={"n": 0.3, "c": 2}
    ),
    "passthrough": ColumnTransformer([("c", FLAGS, CATEGORIES)], remainder="passthrough"),
    "remainder": ColumnTransformer(
        [("c", FLAGS, CATEGORIES), ("d", "drop", ["age"])], remainder=SCALED
    ),
    "selectors": ColumnTransformer(
        [
            ("n", SCALED, make_column_selector(dtype_include=["number", "bool"])),
            ("c", FLAGS, make_column_selector(dtype_exclude=["number", "bool"])),
        ]
    ),
    "slices": ColumnTransformer(
        [("n", SCALED, slice("age", "score")), ("c", FLAGS, slice(3, 5)), ("p", SCALED, [-2, 5])]
    ),
    "mask": ColumnTransformer(
        [("n", SCALED, [True, True, True, False, False, False, True, False]), ("e", SCALED, [])]
    ),
    "texts": ColumnTransformer(
        [("n", SCALED, NUMBERS), ("t", CountVectorizer(analyzer="char"), "tag")]
    ),
    "objects": make_pipeline(
        ColumnTransformer(
            [
                ("n", SimpleImputer(), ["age", "income"]),
                ("c", SimpleImputer(strategy="most_frequent"), CATEGORIES),
            ]
        ),
        ColumnTransformer([("n", StandardScaler(), [0, 1]), ("c", FLAGS, [2, 3, 4])]),
    ),
}


@pytest.mark.parametrize("name", COLUMNS)
def test_a_transformer_of_columns_gives_what_the_original_gives(name):
    frame = people()
    model = fitted(make_pipeline(COLUMNS[name], LogisticRegression()), frame, is_well_off(frame))
    program = compiled(model, frame)

    assert_agree(model, program, frame[:50])
    hostile = [one for one in hostile_people() if name != "texts" or one[-1] is not None]
    assert_records_agree(model, program, signature_for(model, frame), hostile)
    assert_batches_of_records_agree(program, hostile)


def test_columns_that_are_dropped_need_not_be_given():
    frame = people()
    columns = ColumnTransformer([("n", SCALED, ["score", "age"]), ("d", "drop", ["tag"])])
    model = fitted(make_pipeline(columns, LogisticRegression()), frame, is_well_off(frame))
    used = frame[["age", "score"]]

    program = compiled(model, used)

    assert_agree(model, program, used)
    assert_batches_agree(program, used)


def test_a_union_with_a_passthrough_gives_what_the_original_gives():
    rows = matrix()
    union = make_union(StandardScaler(), MinMaxScaler(), "passthrough", "drop")
    union.set_params(transformer_weights={"minmaxscaler": 3.0})
    model = Pipeline([("u", union), ("none", "passthrough"), ("last", LogisticRegression())])
    fitted(model, rows, two_classes(rows))
    program = compiled(model, rows)

    assert_agree(model, program, rows[:100])
    assert_batches_agree(program, rows[:100])


def test_columns_of_a_matrix_are_taken_by_their_positions():
    rows = matrix()
    columns = ColumnTransformer(
        [("a", StandardScaler(), [4, 0]), ("b", "passthrough", slice(1, 3))]
    )
    model = fitted(make_pipeline(columns, LogisticRegression()), rows, two_classes(rows))

    assert_agree(model, compiled(model, rows), rows[:100])


def test_frames_of_32_bit_floats_are_rounded_column_by_column():
    frame = people()[["score", "income"]]
    frame["score"] = frame["score"].astype("float32")
    model = make_pipeline(StandardScaler(), Ridge()).fit(frame, frame["income"])
    program = compiled(model, frame)

    assert_records_agree(model, program, signature_for(model, frame), [[0.1, 2.3], [1e30, 1]])
    assert_batches_agree(program, frame)


def test_small_integers_beside_32_bit_floats_are_not_exported():
    frame = people()[["score", "member"]]
    frame["score"] = frame["score"].astype("float32")
    model = make_pipeline(StandardScaler(), Ridge()).fit(frame, frame["member"])

    with pytest.raises(NotExportableError, match="32-bit floats beside small integers"):
        compiled(model, frame)


def test_a_subclass_of_a_known_step_is_not_exported():
    class Scaler(StandardScaler):
        pass

    rows = matrix()
    model = fitted(make_pipeline(Scaler(), LogisticRegression()), rows, two_classes(rows))

    with pytest.raises(NotExportableError, match="Scaler has no exporter"):
        compiled(model, rows)


def test_a_wide_model_is_answered_step_by_step():
    rows = matrix(200)
    model = make_pipeline(StandardScaler(), PCA(3), LogisticRegression())
    fitted(model, rows, two_classes(rows))

    assert_agree(model, compiled(model, rows), rows[:50])
