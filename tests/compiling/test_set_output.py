"""Steps that give frames: `set_output(transform="pandas")` changes no answer."""

from __future__ import annotations

import pytest
from sklearn.compose import ColumnTransformer, make_column_selector
from sklearn.decomposition import PCA
from sklearn.ensemble import HistGradientBoostingClassifier, RandomForestClassifier
from sklearn.feature_selection import SelectKBest, VarianceThreshold
from sklearn.impute import MissingIndicator, SimpleImputer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline, make_union
from sklearn.preprocessing import (
    FunctionTransformer,
    KBinsDiscretizer,
    OneHotEncoder,
    OrdinalEncoder,
    PolynomialFeatures,
    StandardScaler,
    TargetEncoder,
)
from tests.compiling.agreement import (
    assert_agree,
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

FLAGS = OneHotEncoder(handle_unknown="ignore", sparse_output=False)
CODES = OrdinalEncoder(handle_unknown="use_encoded_value", unknown_value=-1)
FILLED = SimpleImputer(strategy="most_frequent")
SCALED = make_pipeline(SimpleImputer(), StandardScaler())
TEXTS = ["city", "tag"]


def columns(*parts, **options):
    return ColumnTransformer(list(parts), **options)


TABLES = {
    "flags": make_pipeline(
        columns(("n", SCALED, NUMBERS), ("c", FLAGS, CATEGORIES)), LogisticRegression(max_iter=300)
    ),
    "by name": make_pipeline(
        columns(
            ("n", SimpleImputer(), NUMBERS),
            ("c", FILLED, TEXTS),
            ("p", "passthrough", ["grade"]),
            verbose_feature_names_out=False,
        ),
        columns(("c", FLAGS, CATEGORIES), ("n", StandardScaler(), ["score", "age", "income"])),
        LogisticRegression(max_iter=300),
    ),
    "by dtype": make_pipeline(
        columns(
            ("n", SimpleImputer(add_indicator=True), NUMBERS),
            ("c", FILLED, TEXTS),
            verbose_feature_names_out=False,
        ),
        columns(
            ("c", FLAGS, make_column_selector(dtype_include=object)),
            ("n", StandardScaler(), make_column_selector(dtype_include="number")),
        ),
        LogisticRegression(max_iter=300),
    ),
    "native categories": make_pipeline(
        columns(
            ("n", "passthrough", NUMBERS),
            ("c", "passthrough", ["grade"]),
            verbose_feature_names_out=False,
        ),
        HistGradientBoostingClassifier(max_iter=3, categorical_features="from_dtype"),
    ),
    "codes and a forest": make_pipeline(
        columns(("c", CODES, CATEGORIES), remainder=SimpleImputer()),
        VarianceThreshold(),
        RandomForestClassifier(5, random_state=0),
    ),
    "targets": make_pipeline(
        columns(("t", TargetEncoder(random_state=0), CATEGORIES), ("n", SCALED, NUMBERS)),
        SelectKBest(k=4),
        LogisticRegression(max_iter=300),
    ),
    "a union": make_pipeline(
        columns(("n", SimpleImputer(), NUMBERS)),
        make_union(StandardScaler(), PCA(2), MissingIndicator(features="all")),
        LogisticRegression(max_iter=300),
    ),
}
ROWS = {
    "scaled": StandardScaler(),
    "bins": KBinsDiscretizer(4, encode="onehot-dense", quantile_method="averaged_inverted_cdf"),
    "polynomial": PolynomialFeatures(),
    "identity": FunctionTransformer(),
    "parts": make_pipeline(StandardScaler(), PCA(3)),
}


@pytest.mark.parametrize("name", TABLES)
def test_pipelines_whose_steps_give_frames_are_the_same(name):
    frame = people(400, with_nulls=True)
    model = fitted(TABLES[name].set_output(transform="pandas"), frame, is_well_off(frame))
    program = compiled(model, frame)

    assert_agree(model, program, frame[:30])
    assert_records_agree(model, program, signature_for(model, frame), hostile_people())
    assert_batches_of_records_agree(program, hostile_people())


@pytest.mark.parametrize("name", ROWS)
def test_matrices_that_become_frames_are_the_same(name):
    rows = matrix()
    model = make_pipeline(ROWS[name], LogisticRegression(max_iter=300))
    fitted(model.set_output(transform="pandas"), rows, two_classes(rows))

    assert_agree(model, compiled(model, rows), rows[:40])


def test_frames_that_are_asked_for_after_fitting_are_the_same():
    frame = people()
    model = make_pipeline(columns(("n", SCALED, NUMBERS), ("c", FLAGS, CATEGORIES)))
    model = fitted(make_pipeline(model, LogisticRegression(max_iter=300)), frame, frame["member"])
    model.set_output(transform="pandas")

    assert_agree(model, compiled(model, frame), frame[:20])


def test_a_frame_with_32_bit_floats_beside_others_is_not_exported():
    frame = people()
    narrow = OneHotEncoder(sparse_output=False, dtype="float32")
    mixed = columns(("n", StandardScaler(), NUMBERS), ("c", narrow, CATEGORIES))
    model = make_pipeline(mixed.set_output(transform="pandas"), LogisticRegression())
    fitted(model, frame, is_well_off(frame))

    with pytest.raises(NotExportableError, match="32-bit floats beside others"):
        compiled(model, frame)


def test_a_selection_from_a_frame_with_some_32_bit_floats_is_not_exported():
    frame = people()[["score", "income"]].astype({"score": "float32"})
    model = make_pipeline(SelectKBest(k=1), LogisticRegression()).set_output(transform="pandas")
    fitted(model, frame, frame["score"] > 0)

    with pytest.raises(NotExportableError, match="SelectKBest of a frame with floats of 32 bits"):
        compiled(model, frame)


def test_a_frame_that_is_made_of_an_array_is_not_exported():
    frame = people()
    mixed = columns(("n", SCALED, NUMBERS), ("c", FLAGS, CATEGORIES))
    model = make_pipeline(mixed.set_output(transform="pandas"), LogisticRegression(max_iter=300))
    fitted(model, frame, is_well_off(frame))
    mixed.named_transformers_["c"].set_output(transform="default")

    with pytest.raises(NotExportableError, match="where not all of its steps have it"):
        compiled(model, frame)


def test_frames_of_another_library_are_not_exported():
    rows = matrix()
    model = fitted(make_pipeline(StandardScaler(), LogisticRegression()), rows, two_classes(rows))
    model.set_output(transform="polars")

    with pytest.raises(NotExportableError, match="StandardScaler with set_output of polars"):
        compiled(model, rows)
