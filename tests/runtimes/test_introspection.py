from dataclasses import replace

import lightgbm
import numpy as np
import pandas as pd
import pytest
from sklearn.calibration import CalibratedClassifierCV
from sklearn.cluster import KMeans
from sklearn.compose import ColumnTransformer, make_column_selector
from sklearn.ensemble import HistGradientBoostingClassifier, VotingClassifier
from sklearn.feature_extraction.text import HashingVectorizer, TfidfVectorizer
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LinearRegression, LogisticRegression, Perceptron
from sklearn.model_selection import GridSearchCV
from sklearn.multioutput import MultiOutputClassifier
from sklearn.pipeline import make_pipeline, make_union
from sklearn.preprocessing import (
    FunctionTransformer,
    OneHotEncoder,
    OrdinalEncoder,
    StandardScaler,
)

from golive.runtimes.introspection import InputFacts, OutputFacts, describe_input, describe_output

FRAME = pd.DataFrame(
    {
        "size": [1.0, 2.0, 3.0, 4.0] * 5,
        "city": pd.Series(["Lyon", "Berne", "Turin", "Lyon"] * 5, dtype="str"),
        "grade": [1, 2, 3, 1] * 5,
    }
)
LABELS = ["no", "yes"] * 10
CATEGORIES = {"city": ("Berne", "Lyon", "Turin"), "grade": (1, 2, 3)}


def encoded(*selected):
    city = make_pipeline(SimpleImputer(strategy="most_frequent"), OneHotEncoder())
    first, second = selected
    return ColumnTransformer(
        [
            ("scale", StandardScaler(), ["size"]),
            ("city", city, first),
            ("grade", OrdinalEncoder(), second),
        ]
    )


@pytest.mark.parametrize(
    "selected",
    [
        (["city"], ["grade"]),
        ([1], [2]),
        (slice(1, 2), slice("grade", None)),
        (np.array([False, True, False]), [False, False, True]),
        (make_column_selector(pattern="city"), make_column_selector(pattern="grade")),
    ],
)
def test_categories_are_found_however_columns_are_chosen(selected):
    model = make_pipeline(encoded(*selected), LogisticRegression()).fit(FRAME, LABELS)

    assert describe_input(model) == InputFacts(
        feature_names=("size", "city", "grade"), n_features=3, is_text=False, categories=CATEGORIES
    )


def columns_and_classifier():
    return make_pipeline(encoded(["city"], ["grade"]), LogisticRegression())


@pytest.mark.parametrize(
    "wrapped",
    [
        GridSearchCV(columns_and_classifier(), {"logisticregression__C": [1.0]}, cv=2),
        CalibratedClassifierCV(columns_and_classifier(), cv=2),
        VotingClassifier([("one", columns_and_classifier())]),
        make_pipeline("passthrough", columns_and_classifier()),
    ],
    ids=["search", "calibrated", "voting", "nested"],
)
def test_wrappers_are_looked_into(wrapped):
    facts = describe_input(wrapped.fit(FRAME, LABELS))

    assert facts.feature_names == ("size", "city", "grade")
    assert facts.categories == CATEGORIES


def test_a_matrix_takes_the_names_it_is_given():
    model = make_pipeline(OrdinalEncoder(), LogisticRegression())
    model.fit(FRAME[["city", "grade"]].to_numpy(), LABELS)

    assert describe_input(model).feature_names is None
    assert describe_input(model).categories == {}
    assert describe_input(model, names=("city", "grade")).categories == CATEGORIES


def test_nulls_are_no_categories():
    frame = pd.DataFrame({"city": ["Lyon", None, "Berne", np.nan]}, dtype=object)
    model = make_pipeline(OneHotEncoder(), LogisticRegression()).fit(frame, [0, 1, 0, 1])

    assert describe_input(model).categories == {"city": ("Berne", "Lyon")}


def test_values_that_are_changed_before_the_encoder_are_no_categories():
    shout = FunctionTransformer(lambda frame: frame.map(str.upper))
    model = make_pipeline(shout, OneHotEncoder(), LogisticRegression()).fit(FRAME[["city"]], LABELS)

    facts = describe_input(model)

    assert facts.feature_names == ("city",)
    assert facts.categories == {}


def test_gradient_boosting_tells_the_categories_of_its_dtype():
    frame = FRAME.assign(city=FRAME.city.astype("category"))
    model = HistGradientBoostingClassifier(max_iter=1, categorical_features="from_dtype")

    assert describe_input(model.fit(frame, LABELS)).categories == {"city": CATEGORIES["city"]}


@pytest.mark.parametrize(
    "steps",
    [
        [TfidfVectorizer()],
        [HashingVectorizer(n_features=8)],
        [make_union(TfidfVectorizer(), TfidfVectorizer(analyzer="char"))],
        [FunctionTransformer(lambda texts: [text.lower() for text in texts]), TfidfVectorizer()],
    ],
    ids=["tfidf", "hashing", "union", "cleaned"],
)
def test_a_text_model_is_recognised(steps):
    model = make_pipeline(*steps, LogisticRegression()).fit(["one two", "three four"], [0, 1])

    assert describe_input(model) == InputFacts(
        feature_names=None, n_features=None, is_text=True, categories={}
    )


def test_a_text_column_of_a_frame_is_no_text_model():
    columns = ColumnTransformer([("text", TfidfVectorizer(), "city")])
    model = make_pipeline(columns, LogisticRegression()).fit(FRAME, LABELS)

    assert not describe_input(model).is_text


def test_names_that_lightgbm_made_up_are_none():
    model = lightgbm.LGBMClassifier(n_estimators=1, verbose=-1, n_jobs=1)
    model.fit(FRAME[["size"]].to_numpy(), LABELS)

    assert describe_input(model).feature_names is None
    assert describe_input(model).n_features == 1


@pytest.mark.parametrize("name", ["xgboost_binary_json", "lightgbm_binary"])
def test_boosters_describe_themselves(make_case, name):
    estimator = make_case(name).estimator

    facts = describe_input(estimator)

    assert facts.feature_names == ("age", "income", "member", "city")
    assert describe_output(estimator) == OutputFacts(
        kind="binary", classes=(0, 1), has_probabilities=True
    )


BINARY = OutputFacts(kind="binary", classes=("no", "yes"), has_probabilities=True)
CUSTOM = OutputFacts(kind="custom", classes=(), has_probabilities=False)


@pytest.mark.parametrize(
    ("model", "truth", "expected"),
    [
        (LogisticRegression(), LABELS, BINARY),
        (Perceptron(), LABELS, replace(BINARY, has_probabilities=False)),
        (
            LogisticRegression(),
            FRAME["grade"],
            OutputFacts(kind="multiclass", classes=(1, 2, 3), has_probabilities=True),
        ),
        (
            LinearRegression(),
            FRAME["grade"],
            OutputFacts(kind="regression", classes=(), has_probabilities=False),
        ),
        (KMeans(2, n_init=1), None, CUSTOM),
        (MultiOutputClassifier(LogisticRegression()), np.column_stack([LABELS, LABELS]), CUSTOM),
        (make_pipeline(StandardScaler(), LogisticRegression()), LABELS, BINARY),
    ],
    ids=lambda value: type(value).__name__,
)
def test_the_output_is_described(model, truth, expected):
    fitted = model.fit(FRAME[["size"]], truth)

    assert describe_output(fitted) == expected


def test_an_own_class_with_probabilities_is_a_classifier():
    class Own:
        classes_ = ("a", "b", "c")

        def predict_proba(self, given):
            raise NotImplementedError

    assert describe_output(Own()) == OutputFacts(
        kind="multiclass", classes=("a", "b", "c"), has_probabilities=True
    )
