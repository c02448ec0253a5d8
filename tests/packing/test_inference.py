"""Signatures inferred from real, small models and awkward samples."""

import io

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.base import BaseEstimator, ClassifierMixin, clone
from sklearn.compose import make_column_transformer
from sklearn.ensemble import (
    HistGradientBoostingClassifier,
    HistGradientBoostingRegressor,
    StackingClassifier,
)
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LinearRegression, LogisticRegression
from sklearn.model_selection import GridSearchCV, TunedThresholdClassifierCV
from sklearn.multiclass import OneVsRestClassifier
from sklearn.multioutput import ClassifierChain
from sklearn.neighbors import NearestCentroid
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import (
    FunctionTransformer,
    OneHotEncoder,
    OrdinalEncoder,
    StandardScaler,
)
from sklearn.svm import SVC, LinearSVC
from sklearn.tree import DecisionTreeClassifier

from golive.errors import SignatureError
from golive.packing.columns import column_of
from golive.packing.corrections import conformed, corrected
from golive.packing.inference import infer_signature


def encoded(*columns, handle_unknown="ignore"):
    encoder = OneHotEncoder(handle_unknown=handle_unknown)
    return make_pipeline(
        make_column_transformer((encoder, list(columns)), remainder="passthrough"),
        DecisionTreeClassifier(max_depth=4, random_state=0),
    )


def test_every_kind_of_column_gets_its_type_range_and_example(people, prove):
    model = encoded("city", "code").fit(people.drop(columns="won"), people["won"])

    proven = prove(model, people, target="won")

    types = {c.name: (c.type, c.dtype) for c in proven.signature.columns}
    text = str(people["city"].dtype)
    assert types == {
        "age": ("integer", "int64"),
        "height": ("number", "float64"),
        "city": ("category", text),
        "code": ("category", text),
        "member": ("boolean", "bool"),
    }
    age = proven.column("age")
    assert (age.minimum, age.maximum) == (int(people["age"].min()), int(people["age"].max()))
    assert type(age.example) is int
    assert proven.column("city").categories == ("Bonn", "Köln", "Ulm")
    output = proven.signature.output
    assert (output.kind, output.classes, output.positive) == ("binary", ("no", "yes"), "yes")
    assert (output.name, output.label_source, output.has_probabilities) == ("won", "argmax", True)
    assert proven.signature.form == "frame"


def test_leading_zeros_that_a_csv_lost_come_back_from_its_text(people, prove, as_csv):
    model = encoded("city", "code").fit(people.drop(columns="won"), people["won"])
    sample, texts = as_csv(people)

    proven = prove(model, sample, target="won", text_frame=texts)

    assert sample["code"].dtype == "int64"
    assert proven.column("code").categories == ("01", "02", "10")
    assert proven.inference.frame["code"].tolist() == people["code"].tolist()
    assert any("'code'" in note and "own knowledge wins" in note for note in proven.notes)


def test_a_csv_that_made_a_text_category_a_number_is_corrected_without_the_file(prove, as_csv):
    frame = pd.DataFrame({"g": ["1", "2", "3"] * 20, "x": range(60)})
    model = encoded("g").fit(frame, frame["g"] == "1")
    sample, _ = as_csv(frame)

    proven = prove(model, sample)

    assert proven.column("g").categories == ("1", "2", "3")
    assert [row["g"] for row in proven.rows[:3]] == ["1", "2", "3"]


def test_text_categories_among_nulls_lose_the_point_that_pandas_added(prove, as_csv):
    frame = pd.DataFrame({"g": ["1", "2", None] * 20, "x": range(60)})
    model = encoded("g").fit(frame, frame["g"] == "1")
    sample, _ = as_csv(frame)

    proven = prove(model, sample)

    assert sample["g"].dtype == "float64"
    assert [row["g"] for row in proven.rows[:3]] == ["1", "2", None]


def test_a_category_that_reads_like_a_null_is_kept(prove, as_csv):
    frame = pd.DataFrame({"land": ["NA", "DE", "FR"] * 20, "x": range(60)})
    model = encoded("land").fit(frame, frame["land"] == "NA")
    sample, texts = as_csv(frame)

    proven = prove(model, sample, text_frame=texts)

    assert sample["land"].isna().sum() == 20
    assert [row["land"] for row in proven.rows[:3]] == ["NA", "DE", "FR"]


def test_booleans_that_an_encoder_saw_are_read_from_texts(prove):
    frame = pd.DataFrame({"b": [True, False] * 30, "x": range(60)})
    model = encoded("b").fit(frame, frame["b"])
    sample = frame.assign(b=frame["b"].map({True: "true", False: "false"}))

    proven = prove(model, sample)

    assert proven.column("b").type == "boolean"
    assert proven.rows[0]["b"] is True


def test_integer_categories_read_as_floats_become_integers(prove):
    frame = pd.DataFrame({"k": [3, 5, 8] * 20, "x": range(60)})
    model = encoded("k").fit(frame, frame["k"] == 3)

    proven = prove(model, frame.assign(k=frame["k"].astype(float)))

    assert proven.column("k").categories == (3, 5, 8)
    assert proven.column("k").dtype == "int64"
    assert all(type(row["k"]) is int for row in proven.rows)


def test_a_sample_whose_categories_are_all_unknown_is_refused(people):
    model = encoded("city").fit(people[["city", "age"]], people["won"])

    with pytest.raises(SignatureError, match="No value of column 'city'"):
        infer_signature(model, "sklearn", people.assign(city="Rom"), target="won")


def test_integers_with_nulls_are_numbers_as_in_training(prove, random):
    frame = pd.DataFrame({"n": [1.0, None, 3.0, 4.0] * 15, "x": random.normal(size=60)})
    model = HistGradientBoostingRegressor(max_iter=5).fit(frame, frame["x"])

    proven = prove(model, frame)

    column = proven.column("n")
    assert (column.type, column.dtype, column.nullable) == ("number", "float64", True)
    assert column.on_null == "pass"
    assert proven.rows[1]["n"] is None
    assert proven.signature.output.kind == "regression"


def test_pandas_categories_keep_their_order_and_refuse_the_unseen(prove, random):
    levels = pd.CategoricalDtype(["low", "mid", "high"])
    frame = pd.DataFrame(
        {"level": pd.Series(random.choice(["low", "mid", "high"], 200)).astype(levels)}
    )
    model = HistGradientBoostingClassifier(max_iter=5, categorical_features="from_dtype")
    model.fit(frame, frame["level"] == "low")

    proven = prove(model, frame)

    column = proven.column("level")
    assert column.categories == ("low", "mid", "high")
    assert (column.dtype, column.on_unseen) == ("category", "error")
    assert proven.signature.output.classes == (False, True)


def test_datetimes_are_iso_texts_with_their_range(prove):
    when = pd.Series(pd.date_range("2024-01-01 06:30", periods=60, freq="D"))
    frame = pd.DataFrame({"when": when})
    model = make_pipeline(
        FunctionTransformer(lambda f: f["when"].dt.day_of_year.to_frame()), LinearRegression()
    ).fit(frame, range(60))

    proven = prove(model, frame)

    column = proven.column("when")
    assert column.type == "datetime"
    assert (column.minimum, column.maximum) == ("2024-01-01T06:30:00", "2024-02-29T06:30:00")
    assert proven.rows[0] == {"when": "2024-01-01T06:30:00"}


def test_a_text_model_takes_the_only_text_column(prove):
    frame = pd.DataFrame({"id": range(40), "post": ["buy gold now", "see you"] * 20})
    labels = ["spam", "ham"] * 20
    model = make_pipeline(TfidfVectorizer(), LogisticRegression()).fit(frame["post"], labels)

    proven = prove(model, frame.assign(label=[1, 0] * 20), target="label")

    assert proven.signature.form == "series"
    column = proven.column("post")
    assert (column.type, column.on_null) == ("text", "error")
    assert proven.signature.output.classes == ("ham", "spam")


def test_a_text_model_with_two_text_columns_asks_which(prove):
    model = make_pipeline(TfidfVectorizer(), LogisticRegression()).fit(
        ["good day", "bad day"], [0, 1]
    )

    with pytest.raises(SignatureError, match="'title', 'body'"):
        infer_signature(model, "sklearn", pd.DataFrame({"title": ["a b"], "body": ["c d"]}))


def test_a_vectorizer_inside_a_column_transformer_reads_text(prove):
    frame = pd.DataFrame({"note": ["fine", "bad thing"] * 20, "n": range(40)})
    model = make_pipeline(
        make_column_transformer((TfidfVectorizer(), "note"), ("passthrough", ["n"])),
        LogisticRegression(max_iter=500),
    ).fit(frame, ["a", "b"] * 20)

    proven = prove(model, frame)

    assert proven.column("note").type == "text"
    assert proven.signature.form == "frame"


def test_vectors_are_lists_of_one_length(prove, random):
    vectors = random.normal(size=(50, 3))
    frame = pd.DataFrame({"embedding": list(vectors)})
    model = LogisticRegression().fit(vectors, vectors[:, 0] > 0)

    proven = prove(model, frame)

    column = proven.column("embedding")
    assert (column.type, column.length) == ("vector", 3)
    assert proven.signature.form == "matrix"
    assert proven.rows[0]["embedding"] == vectors[0].tolist()


def flat(arrays):
    return np.asarray(arrays).reshape(len(arrays), -1)


def test_nested_vectors_are_rows_where_the_model_takes_a_matrix(prove, random):
    grids = random.normal(size=(50, 2, 3))
    model = LogisticRegression().fit(flat(grids), grids[:, 0, 0] > 0)

    proven = prove(model, grids)

    column = proven.column("input")
    assert (column.type, column.shape, column.dtype) == ("vector", (2, 3), "float64")
    assert proven.signature.form == "matrix"
    assert proven.rows[0]["input"] == grids[0].tolist()


def test_nested_vectors_are_arrays_where_the_model_takes_them(prove, random):
    grids = random.integers(0, 255, (50, 2, 3)).astype("uint8")
    model = make_pipeline(FunctionTransformer(flat), LogisticRegression())
    model.fit(grids, grids[:, 0, 0] > 100)

    proven = prove(model, grids)

    assert proven.signature.form == "tensors"
    assert proven.column("input").dtype == "uint8"


@pytest.mark.parametrize(
    "cells", [[[[1.0], [2.0, 3.0]]], [[[1.0]], [[1.0, 2.0]]], [[[1.0]], [[1.0], [2.0]]]]
)
def test_nested_vectors_of_unequal_lengths_are_refused(cells):
    with pytest.raises(SignatureError, match="'grid' holds vectors of different lengths"):
        column_of(pd.Series(cells, name="grid", dtype=object))


def lengths(blobs):
    return np.array([[len(blob)] for blob in blobs])


def test_bytes_are_given_as_they_are(prove):
    blobs = [bytes(n) for n in range(1, 31)]
    model = make_pipeline(FunctionTransformer(lengths), LogisticRegression())
    model.fit(blobs, [n > 15 for n in range(30)])

    proven = prove(model, pd.DataFrame({"blob": blobs}))

    assert proven.column("blob").type == "bytes"
    assert proven.signature.form == "series"
    assert proven.rows[1]["blob"] == "AAA="


def test_a_model_fitted_on_arrays_is_called_with_a_matrix(prove, random):
    values = random.normal(size=(60, 2))
    model = LogisticRegression().fit(values, values[:, 0] > 0)

    proven = prove(model, pd.DataFrame(values, columns=["a", "b"]))

    assert proven.signature.form == "matrix"


def test_one_column_too_many_hints_at_the_target(random):
    frame = pd.DataFrame(random.normal(size=(60, 3)), columns=["a", "b", "y"])
    model = LinearRegression().fit(frame[["a", "b"]].to_numpy(), frame["y"])

    with pytest.raises(SignatureError, match="takes 2 columns") as caught:
        infer_signature(model, "sklearn", frame)

    assert caught.value.hint == "If one of them is the target, name it, such as --target y."


def test_missing_columns_are_named(people):
    model = encoded("city").fit(people[["city", "age"]], people["won"])

    with pytest.raises(SignatureError, match="lacks 'age'"):
        infer_signature(model, "sklearn", people[["city", "won"]])


def test_an_extra_column_looks_like_the_target(people, prove):
    model = LogisticRegression(max_iter=500).fit(people[["age", "height"]], people["won"])

    proven = prove(model, people[["age", "height", "won"]])

    assert "Column 'won' looks like the target; pass --target won." in proven.notes


def test_columns_that_the_model_never_reads_are_left_out(people, prove):
    model = make_pipeline(
        make_column_transformer((OneHotEncoder(), ["city"]), ("passthrough", ["age"])),
        LogisticRegression(max_iter=500),
    ).fit(people, people["won"])

    proven = prove(model, people, target="won")

    assert proven.signature.column_names == ("age", "city")


def test_a_column_named_records_is_refused():
    frame = pd.DataFrame({"records": [1.0, 2.0], "x": [1.0, 0.0]})
    model = LinearRegression().fit(frame, [1, 2])

    with pytest.raises(SignatureError, match="'records'"):
        infer_signature(model, "sklearn", frame)


def test_mixed_values_in_a_column_are_refused():
    frame = pd.DataFrame({"x": pd.Series(["a", 1, "b"], dtype=object)})
    model = make_pipeline(FunctionTransformer(lambda f: [[0]] * len(f)), LinearRegression())
    model.fit(frame, [1, 2, 3])

    with pytest.raises(SignatureError, match="int, str"):
        infer_signature(model, "sklearn", frame)


class DecodingClassifier(ClassifierMixin, BaseEstimator):
    """Is fitted on coded labels and predicts the texts that they stand for."""

    def fit(self, x, y):
        self.names_ = np.array(["zebra", "ant", "mole"])
        self.inner_ = LogisticRegression(max_iter=500).fit(x, y)
        self.classes_ = self.inner_.classes_
        return self

    def predict_proba(self, x):
        return self.inner_.predict_proba(x)

    def predict(self, x):
        return self.names_[self.inner_.predict(x)]


def test_labels_that_a_model_decodes_are_matched_to_the_probabilities(prove, random):
    values = random.normal(size=(150, 2))
    codes = np.digitize(values[:, 0], [-0.4, 0.4])
    model = DecodingClassifier().fit(values, codes)

    proven = prove(model, pd.DataFrame(values, columns=["a", "b"]))

    assert proven.signature.output.classes == ("zebra", "ant", "mole")
    assert proven.signature.output.label_source == "argmax"


class CautiousClassifier(LogisticRegression):
    """Says 1 only from 0.8 on."""

    def predict(self, x):
        return (self.predict_proba(x)[:, 1] >= 0.8).astype(int)


def test_a_model_with_its_own_threshold_keeps_its_own_labels(prove, random):
    values = random.normal(size=(150, 2))
    model = CautiousClassifier().fit(values, (values[:, 0] > 0).astype(int))

    proven = prove(model, pd.DataFrame(values, columns=["a", "b"]))

    assert proven.signature.output.label_source == "predict"
    assert proven.signature.output.classes == (0, 1)


def test_a_classifier_without_probabilities_gives_labels(prove, random):
    values = random.normal(size=(90, 2))
    model = LinearSVC().fit(values, np.where(values[:, 0] > 0, "up", "down"))

    proven = prove(model, pd.DataFrame(values, columns=["a", "b"]))

    assert proven.signature.output.has_probabilities is False
    assert proven.signature.output.classes == ("down", "up")


def test_several_outputs_are_custom(prove, random):
    values = random.normal(size=(30, 2))
    model = LinearRegression().fit(values, values @ np.ones((2, 3)))

    proven = prove(model, pd.DataFrame(values, columns=["a", "b"]))

    assert proven.signature.output.kind == "custom"
    assert len(proven.answers[0].value) == 3


def test_several_labels_are_custom_whatever_shape_their_probabilities_have(prove, random):
    values = random.normal(size=(60, 2))
    chain = ClassifierChain(LogisticRegression()).fit(values, (values > 0).astype(int))

    proven = prove(chain, pd.DataFrame(values, columns=["a", "b"]))

    assert proven.signature.output.kind == "custom"
    assert proven.answers[0].value == chain.predict(values[:1])[0].tolist()


def test_a_positive_class_given_as_text_is_found(people, prove):
    model = LogisticRegression(max_iter=500).fit(people[["age"]], people["won"] == "yes")

    proven = prove(model, people[["age"]], positive="False")

    assert proven.signature.output.positive is False


def test_a_target_with_the_labels_read_as_numbers_is_turned_into_the_classes(prove, random):
    frame = pd.DataFrame({"x": random.normal(size=60)})
    model = LogisticRegression().fit(frame, np.where(frame["x"] > 0, "1", "0"))

    proven = prove(model, frame.assign(y=(frame["x"] > 0).astype(int)), target="y")

    assert set(proven.inference.target) == {"0", "1"}


def test_an_encoder_that_refuses_the_unseen_makes_it_an_error(people, prove):
    strict = make_pipeline(
        make_column_transformer((OrdinalEncoder(), ["city"])), LogisticRegression()
    ).fit(people[["city"]], people["won"])
    lenient = encoded("city").fit(people[["city"]], people["won"])

    assert prove(strict, people[["city"]]).column("city").on_unseen == "error"
    assert prove(lenient, people[["city"]]).column("city").on_unseen == "pass"


def test_nulls_pass_where_an_imputer_takes_them(people, prove):
    model = make_pipeline(
        make_column_transformer((SimpleImputer(), ["age"]), ("passthrough", ["height"])),
        LinearRegression(),
    ).fit(people[["age", "height"]], people["height"])

    proven = prove(model, people[["age", "height"]])

    assert proven.column("age").on_null == "pass"
    assert proven.column("height").on_null == "error"


def test_days_written_as_text_are_no_categories(prove):
    frame = pd.DataFrame({"day": ["2024-01-01", "2024-02-01", "2024-03-01"] * 20})
    model = make_pipeline(
        FunctionTransformer(lambda f: pd.to_datetime(f["day"]).dt.month.to_frame()),
        LinearRegression(),
    ).fit(frame, range(60))

    proven = prove(model, frame)

    assert proven.column("day").type == "string"


def test_a_tuned_threshold_gives_its_own_labels(prove, random):
    values = random.normal(size=(60, 2))
    frame = pd.DataFrame(values, columns=["a", "b"])
    model = make_pipeline(StandardScaler(), TunedThresholdClassifierCV(LogisticRegression()))
    model.fit(frame, values[:, 0] > 0)

    assert prove(model, frame).signature.output.label_source == "predict"


@pytest.mark.parametrize(
    "model",
    [
        OneVsRestClassifier(LogisticRegression()),
        NearestCentroid(),
        StackingClassifier([("t", DecisionTreeClassifier())], SVC(probability=True)),
    ],
    ids=["one against the rest", "centroids", "stack"],
)
@pytest.mark.filterwarnings("ignore:The `probability` parameter")
def test_models_that_decide_otherwise_far_from_the_sample_give_their_own_labels(
    model, prove, random
):
    values = random.normal(size=(90, 2))
    frame = pd.DataFrame(values, columns=["a", "b"])
    model = clone(model).fit(frame, np.digitize(values[:, 0], [-0.5, 0.5]))

    assert prove(model, frame).signature.output.label_source == "predict"


def test_probes_that_fail_are_not_logged(people, prove, caplog):
    model = LinearRegression().fit(people[["age"]], people["height"])

    prove(model, people[["age"]])

    assert caplog.records == []


def test_classes_that_the_sample_does_not_show_must_be_given(prove, random):
    values = random.normal(size=(150, 2))
    codes = np.digitize(values[:, 0], [-0.4, 0.4])
    model = DecodingClassifier().fit(values, codes)
    sample = pd.DataFrame(values[codes < 2], columns=["a", "b"])
    sample = sample[model.predict(sample.to_numpy()) != "mole"]

    with pytest.raises(SignatureError, match="labels of the model's 3 probabilities"):
        prove(model, sample)

    proven = prove(model, sample, classes=["zebra", "ant", "mole"])
    assert proven.signature.output.classes == ("zebra", "ant", "mole")


def test_a_held_out_table_is_read_as_the_training_sample_was(people, prove, as_csv):
    model = encoded("city", "code").fit(people.drop(columns="won"), people["won"])
    proven = prove(model, people, target="won")
    held_out, texts = as_csv(people.iloc[:9])

    frame = conformed(held_out, proven.signature, texts)

    assert frame["code"].tolist() == people["code"].tolist()[:9]
    assert frame["won"].tolist() == people["won"].tolist()[:9]


@settings(deadline=None)
@given(
    categories=st.lists(
        st.from_regex(r"0{0,2}[1-9][0-9]?", fullmatch=True), min_size=1, unique=True
    )
)
def test_any_digits_survive_a_csv(categories):
    frame = pd.DataFrame({"c": categories * 2, "x": range(2 * len(categories))})
    text = frame.to_csv(index=False)

    series, note = corrected(
        pd.read_csv(io.StringIO(text))["c"],
        tuple(categories),
        lambda names: pd.read_csv(io.StringIO(text), dtype=str)[list(names)],
    )

    assert series.tolist() == frame["c"].tolist()
    assert note is not None


def test_an_encoder_fitted_on_arrays_gets_its_texts_back(prove, as_csv):
    frame = pd.DataFrame({"g": ["1", "2", "3"] * 20, "n": range(60)})
    model = encoded(0).fit(frame.to_numpy(dtype=object), frame["g"] == "1")
    sample, texts = as_csv(frame)

    proven = prove(model, sample, text_frame=texts)

    assert proven.signature.form == "matrix"
    assert proven.column("g").categories == ("1", "2", "3")


def test_a_grid_search_knows_what_its_best_pipeline_knows(people, prove, as_csv):
    inputs = people[["code", "age"]]
    search = GridSearchCV(encoded("code"), {"decisiontreeclassifier__max_depth": [2]}, cv=2)
    search.fit(inputs, people["won"])
    sample, texts = as_csv(inputs)

    proven = prove(search, sample, text_frame=texts)

    assert proven.column("code").categories == ("01", "02", "10")


def test_a_mistyped_target_gets_the_flag_to_type(people):
    model = LogisticRegression(max_iter=500).fit(people[["age", "height"]], people["won"])

    with pytest.raises(SignatureError, match="no target column 'wonn'") as caught:
        infer_signature(model, "sklearn", people, target="wonn")

    assert caught.value.hint.startswith("Did you mean: --target won? Its columns are 'age', ")
