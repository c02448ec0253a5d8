"""Directories of MLflow, packed without MLflow."""

from __future__ import annotations

import pickle
import sys

import cloudpickle
import numpy as np
import pandas as pd
import pytest
from sklearn.compose import make_column_transformer
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder
from tests.packing.mlflow_directories import column, write_mlmodel

import golive
from golive.errors import SignatureError, UsageError


@pytest.fixture(scope="module")
def frame():
    rng = np.random.default_rng(5)
    table = pd.DataFrame(
        {
            "age": rng.integers(18, 90, 200),
            "income": rng.normal(50, 9, 200),
            "city": rng.choice(["Ulm", "Bonn"], 200),
        }
    )
    return table.assign(won=(table["age"] + rng.normal(0, 9, 200) > 50).astype(int))


@pytest.fixture(scope="module")
def pipeline(frame):
    columns = make_column_transformer(
        (SimpleImputer(), ["age", "income"]), (OneHotEncoder(handle_unknown="ignore"), ["city"])
    )
    return make_pipeline(columns, LogisticRegression(max_iter=1000)).fit(
        frame.drop(columns="won"), frame["won"]
    )


INPUTS = [column("age", "long"), column("income", "double", required=False)]
INPUTS = [*INPUTS, column("city", "string")]


def sklearn_directory(folder, model, **options):
    folder.mkdir()
    (folder / "model.pkl").write_bytes(cloudpickle.dumps(model))
    flavor = {"pickled_model": "model.pkl", "serialization_format": "cloudpickle"}
    return write_mlmodel(folder, {"sklearn": flavor}, **options)


def pack(directory, data, tmp_path, **options):
    options = {"compile": False, **options}
    return golive.pack(directory, data, output=tmp_path / "m.bundle", **options)


def test_a_scikit_learn_directory_is_packed_as_its_pipeline(frame, pipeline, tmp_path):
    path = sklearn_directory(tmp_path / "churn", pipeline, inputs=INPUTS)

    bundle = pack(path, frame, tmp_path, target="won")

    inputs = frame.drop(columns="won")
    answers = golive.load(bundle.path, original=True).predict(inputs)
    assert bundle.name == "churn"
    assert bundle.manifest.model.kind == "sklearn"
    assert [p for p in bundle.manifest.files if p.startswith("model/")] == ["model/model.pkl"]
    assert [a["score"] for a in answers] == pipeline.predict_proba(inputs)[:, 1].tolist()
    assert not any(line.startswith("mlflow") for line in bundle.requirements)


def test_what_the_signature_says_of_nulls_and_absent_columns_is_taken_over(
    frame, pipeline, tmp_path
):
    path = sklearn_directory(tmp_path / "churn", pipeline, inputs=INPUTS)
    predictor = golive.load(pack(path, frame, tmp_path, target="won").path)

    [absent, null, refused] = predictor.predict(
        [
            {"age": 44, "city": "Ulm"},
            {"age": 44, "income": None, "city": "Ulm"},
            {"age": None, "income": 3.5, "city": "Ulm"},
        ]
    )

    assert absent["score"] == null["score"]
    assert refused["error"]["code"] == "null_not_allowed"
    assert refused["error"]["field"] == "age"


def test_a_sample_that_contradicts_the_signature_is_refused(frame, pipeline, tmp_path):
    inputs = [column("age", "string"), *INPUTS[1:]]
    path = sklearn_directory(tmp_path / "churn", pipeline, inputs=inputs)

    with pytest.raises(SignatureError, match="'age' is string in the signature of MLmodel"):
        pack(path, frame, tmp_path, target="won")


def test_the_input_example_stands_for_a_sample_that_is_not_given(frame, pipeline, tmp_path):
    rows = frame.drop(columns="won").head(4)
    example = {"columns": list(rows.columns), "data": rows.to_numpy(dtype=object).tolist()}
    path = sklearn_directory(tmp_path / "churn", pipeline, inputs=INPUTS, example=example)

    bundle = pack(path, None, tmp_path, compile=True)

    assert bundle.profile.rows == 4
    assert bundle.manifest.notes[0].startswith("The 4 rows of MLflow's input example stand for")
    assert "golive pack churn -o m.bundle" in bundle.card


def test_without_sample_and_example_nothing_is_packed(pipeline, tmp_path):
    path = sklearn_directory(tmp_path / "churn", pipeline)

    with pytest.raises(UsageError, match="has no input example"):
        pack(path, None, tmp_path)
    with pytest.raises(UsageError, match="no training sample"):
        pack(pipeline, None, tmp_path)


def test_addresses_and_folders_that_are_no_models_are_refused(frame, tmp_path):
    with pytest.raises(UsageError, match="address in an MLflow server"):
        pack("models:/churn/3", frame, tmp_path)
    with pytest.raises(UsageError, match="There is no model file") as caught:
        pack(tmp_path, frame, tmp_path)
    assert "MLmodel" in caught.value.hint


STEPS = """
from sklearn.base import BaseEstimator, TransformerMixin


class Twice(TransformerMixin, BaseEstimator):
    def fit(self, X, y=None):
        return self

    def transform(self, X):
        return 2 * X
"""


def test_code_paths_are_packed_with_the_model(frame, tmp_path, monkeypatch):
    (tmp_path / "churn" / "code").mkdir(parents=True)
    (tmp_path / "churn" / "code" / "own_steps.py").write_text(STEPS)
    with monkeypatch.context() as patch:
        patch.syspath_prepend(tmp_path / "churn" / "code")
        from own_steps import Twice

        inputs = frame[["age", "income"]]
        model = make_pipeline(Twice(), LogisticRegression()).fit(inputs, frame["won"])
        (tmp_path / "churn" / "model.pkl").write_bytes(pickle.dumps(model))
    sys.modules.pop("own_steps")
    flavors = {"sklearn": {"pickled_model": "model.pkl"}, "python_function": {"code": "code"}}
    path = write_mlmodel(tmp_path / "churn", flavors, inputs=INPUTS[:2])

    bundle = pack(path, frame, tmp_path, target="won")

    assert "code/own_steps.py" in bundle.manifest.files
    answers = golive.load(bundle.path, original=True).predict(inputs)
    assert [a["score"] for a in answers] == model.predict_proba(inputs)[:, 1].tolist()


def test_an_xgboost_directory_is_packed_as_its_booster(frame, tmp_path):
    xgboost = pytest.importorskip("xgboost")
    inputs = frame[["age", "income"]]
    model = xgboost.XGBClassifier(n_estimators=9).fit(inputs, frame["won"])
    path = write_mlmodel(
        tmp_path / "churn",
        {"xgboost": {"data": "model.ubj", "model_class": "xgboost.sklearn.XGBClassifier"}},
        inputs=INPUTS[:2],
    )
    model.save_model(path / "model.ubj")

    bundle = pack(path, frame, tmp_path, target="won")

    answers = golive.load(bundle.path, original=True).predict(inputs)
    assert bundle.manifest.model.kind == "xgboost"
    assert [a["label"] for a in answers] == model.predict(inputs).tolist()


def test_lightgbm_directories_are_packed_as_booster_and_as_estimator(frame, tmp_path):
    lightgbm = pytest.importorskip("lightgbm")
    inputs = frame[["age", "income"]]
    model = lightgbm.LGBMClassifier(n_estimators=9, verbose=-1).fit(inputs, frame["won"])
    native = write_mlmodel(
        tmp_path / "native", {"lightgbm": {"data": "model.lgb"}}, inputs=INPUTS[:2]
    )
    model.booster_.save_model(native / "model.lgb")
    wrapped = write_mlmodel(
        tmp_path / "wrapped", {"lightgbm": {"data": "model.pkl"}}, inputs=INPUTS[:2]
    )
    (wrapped / "model.pkl").write_bytes(pickle.dumps(model))

    for path, kind in ((native, "lightgbm"), (wrapped, "sklearn")):
        bundle = pack(path, frame, tmp_path, target="won")
        answers = golive.load(bundle.path, original=True).predict(inputs)
        assert bundle.manifest.model.kind == kind
        assert [a["score"] for a in answers] == model.predict_proba(inputs)[:, 1].tolist()


def test_a_pyfunc_without_mlflow_names_the_extra(frame, tmp_path):
    try:
        import mlflow  # noqa: F401
    except ModuleNotFoundError:
        path = write_mlmodel(tmp_path / "own", {})
        with pytest.raises(golive.GoliveError, match="mlflow") as caught:
            pack(path, frame, tmp_path)
        assert caught.value.hint == "pip install 'golive[mlflow]'"
    else:
        pytest.skip("mlflow is installed")
