"""Matrices in place of frames: used where nothing changes, and only there."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from sklearn.compose import make_column_transformer
from sklearn.ensemble import HistGradientBoostingClassifier, RandomForestClassifier
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LinearRegression, LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import FunctionTransformer, StandardScaler

from golive.runtimes.protocols import Batch
from golive.runtimes.sklearn import SklearnModel
from golive.signature.model import Column, Output, Signature

RNG = np.random.default_rng(7)
X = pd.DataFrame(
    {
        "a": RNG.normal(size=80),
        "b": RNG.normal(size=80),
        "n": RNG.integers(0, 9, 80),
        "t": RNG.integers(0, 2, 80).astype(bool),
    }
)
Y = np.where(X["a"] + X["n"] > 4, "yes", "no")
COLUMNS = (
    Column(name="a", type="number", dtype="float64"),
    Column(name="b", type="number", dtype="float64", on_null="pass"),
    Column(name="n", type="integer", dtype="int64", on_null="pass"),
    Column(name="t", type="boolean", dtype="bool"),
)
BINARY = Output(kind="binary", classes=("no", "yes"), positive="yes", threshold=0.5)


def model_of(estimator, target=Y, output=BINARY):
    signature = Signature(form="frame", columns=COLUMNS, output=output)
    return SklearnModel(estimator.fit(X, target), signature)


def batch_of(frame):
    return Batch(tuple(frame[name].tolist() for name in frame), len(frame))


@pytest.mark.parametrize(
    "estimator",
    [
        LogisticRegression(),
        make_pipeline(StandardScaler(), LogisticRegression()),
        make_pipeline(SimpleImputer(), "passthrough", LogisticRegression()),
        HistGradientBoostingClassifier(max_iter=5),
        RandomForestClassifier(10),
    ],
    ids=lambda estimator: type(estimator).__name__,
)
def test_an_estimator_of_numbers_is_called_with_matrices_and_answers_the_same(estimator):
    with_frames, with_matrices = model_of(estimator), model_of(estimator)

    with_matrices.try_matrices(batch_of(X[:20]))

    assert with_matrices._call is not None
    batch = batch_of(X)
    assert repr(with_matrices.predict(batch)) == repr(with_frames.predict(batch))


def test_a_null_in_a_column_of_integers_is_answered_with_a_frame():
    estimator = make_pipeline(SimpleImputer(), LogisticRegression())
    with_frames, with_matrices = model_of(estimator), model_of(estimator)
    with_matrices.try_matrices(batch_of(X[:20]))

    batch = Batch(([1.0, 2.0], [None, 0.5], [3, None], [True, False]), 2)

    assert with_matrices.predict(batch) == with_frames.predict(batch)


def test_what_the_model_refuses_is_refused_the_same():
    model = model_of(LogisticRegression())
    model.try_matrices(batch_of(X[:20]))

    with pytest.raises(ValueError, match="contains NaN"):
        model.predict(Batch(([1.0], [None], [3], [True]), 1))


def test_a_regression_is_called_with_matrices_too():
    model = model_of(LinearRegression(), X["a"] * 2, Output(kind="regression"))

    model.try_matrices(batch_of(X[:20]))

    assert model._call is not None


@pytest.mark.parametrize(
    "estimator",
    [
        make_pipeline(make_column_transformer((StandardScaler(), ["a"])), LogisticRegression()),
        make_pipeline(FunctionTransformer(lambda frame: frame[["a", "b"]]), LogisticRegression()),
        make_pipeline(StandardScaler().set_output(transform="pandas"), LogisticRegression()),
    ],
    ids=["column transformer", "function of a frame", "frames between steps"],
)
def test_what_needs_names_or_warns_without_them_keeps_its_frames(estimator):
    model = model_of(estimator)

    model.try_matrices(batch_of(X[:20]))

    assert model._call is None


def test_what_is_not_of_scikit_learn_keeps_its_frames():
    class Own(LogisticRegression):
        pass

    model = model_of(Own())

    model.try_matrices(batch_of(X[:20]))

    assert model._call is None


def test_the_estimator_itself_keeps_its_names():
    estimator = LogisticRegression()
    model = model_of(estimator)

    model.try_matrices(batch_of(X[:20]))

    assert estimator.feature_names_in_.tolist() == ["a", "b", "n", "t"]
