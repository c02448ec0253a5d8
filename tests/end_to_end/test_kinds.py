"""Every kind of model answers over HTTP as in process on at least 200 held-out rows."""

from __future__ import annotations

import json
import subprocess
import sys
import textwrap

import numpy as np
import pandas as pd
import pytest
from sklearn.compose import make_column_transformer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder, StandardScaler
from tests.end_to_end.agreement import (
    BATCH_SIZES,
    assert_same_labels,
    assert_same_scores,
    post,
    records_of,
)
from tests.end_to_end.live_server import EXAMPLES, child_environment

import golive

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def income():
    """Training and held-out halves of the income example, numeric columns with nulls kept."""
    train = pd.read_csv(EXAMPLES / "income" / "train.csv")
    held_out = pd.read_csv(EXAMPLES / "income" / "held_out.csv").head(250)
    return train, held_out


def split(frame, *, numeric):
    inputs = frame.drop(columns="income")
    if numeric:
        inputs = inputs.select_dtypes("number")
    return inputs, (frame["income"] == ">50K").astype(int)


def write_table(inputs, truth, path):
    inputs.assign(income=truth).to_csv(path, index=False)
    return path


def assert_binary_agrees(client, inputs, scores, *, relative=1e-12):
    for size in BATCH_SIZES:
        predictions = post(client, records_of(inputs), size)
        assert_same_scores(predictions, scores, relative=relative)
        assert [p["label"] for p in predictions] == [int(s > 0.5) for s in scores]


@pytest.mark.parametrize("ending", ["json", "ubj"])
def test_xgboost_files_agree(income, tmp_path, serve, ending):
    xgboost = pytest.importorskip("xgboost")
    inputs, truth = split(income[0], numeric=True)
    held_out, _ = split(income[1], numeric=True)
    model = xgboost.XGBClassifier(n_estimators=40, max_depth=4).fit(inputs, truth)
    model.save_model(tmp_path / f"model.{ending}")
    data = write_table(inputs, truth, tmp_path / "train.csv")
    bundle = golive.pack(
        tmp_path / f"model.{ending}", data, target="income", output=tmp_path / "m.bundle"
    )

    with serve(bundle.path) as served:
        scores = model.predict_proba(held_out)[:, 1].astype(float)
        assert_binary_agrees(served.client, held_out, scores, relative=1e-6)


def test_lightgbm_text_agrees(income, tmp_path, serve):
    lightgbm = pytest.importorskip("lightgbm")
    inputs, truth = split(income[0], numeric=True)
    held_out, _ = split(income[1], numeric=True)
    booster = lightgbm.train(
        {"objective": "binary", "verbose": -1}, lightgbm.Dataset(inputs, truth), 40
    )
    booster.save_model(str(tmp_path / "model.txt"))
    data = write_table(inputs, truth, tmp_path / "train.csv")
    bundle = golive.pack(
        tmp_path / "model.txt", data, target="income", output=tmp_path / "m.bundle"
    )

    with serve(bundle.path) as served:
        assert_binary_agrees(served.client, held_out, booster.predict(held_out))


def test_lightgbm_classifier_with_categories_agrees(income, tmp_path, serve):
    lightgbm = pytest.importorskip("lightgbm")
    inputs, truth = split(income[0], numeric=False)
    texts = inputs.select_dtypes(exclude="number").columns
    inputs = inputs.astype(dict.fromkeys(texts, "category"))
    held_out, _ = split(income[1], numeric=False)
    held_out = held_out.astype({c: inputs[c].dtype for c in texts})
    held_out = held_out[~held_out[texts].isna().any(axis=1)].head(210)
    model = lightgbm.LGBMClassifier(n_estimators=30, verbose=-1).fit(inputs, truth)
    bundle = golive.pack(
        model, inputs.assign(income=truth), target="income", output=tmp_path / "m.bundle"
    )

    assert len(held_out) >= 200
    with serve(bundle.path) as served:
        assert_binary_agrees(served.client, held_out, model.predict_proba(held_out)[:, 1])


def test_skops_file_agrees(income, tmp_path, serve):
    skops_io = pytest.importorskip("skops.io")
    inputs, truth = split(income[0], numeric=True)
    inputs = inputs.fillna(0)
    held_out = split(income[1], numeric=True)[0].fillna(0)
    model = make_pipeline(StandardScaler(), LogisticRegression()).fit(inputs, truth)
    skops_io.dump(model, tmp_path / "model.skops")
    data = write_table(inputs, truth, tmp_path / "train.csv")
    bundle = golive.pack(
        tmp_path / "model.skops", data, target="income", output=tmp_path / "m.bundle"
    )

    with serve(bundle.path) as served:
        assert_binary_agrees(served.client, held_out, model.predict_proba(held_out)[:, 1])


OWN_CLASSES = """
import sys

import cloudpickle
import numpy as np
import pandas as pd
from beside import double
from sklearn.base import BaseEstimator, ClassifierMixin, TransformerMixin
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import Pipeline
from sklearn.preprocessing import FunctionTransformer, StandardScaler

import golive


class InverseLabelEncoder(BaseEstimator, TransformerMixin):
    def __init__(self, names):
        self.names = names

    def decode(self, indices):
        return np.array(self.names, dtype=object)[indices]


class InternalLR(ClassifierMixin, BaseEstimator):
    def __init__(self, encoder):
        self.encoder = encoder

    def fit(self, X, y):
        self.model_ = LogisticRegression().fit(X, y)
        self.classes_ = self.model_.classes_
        return self

    def predict_proba(self, X):
        return self.model_.predict_proba(X)

    def predict(self, X):
        return self.encoder.decode(self.model_.predict(X))


def make_log(offset):
    def log(X):
        return np.log(np.asarray(X, dtype=float) + offset)

    return log


train = pd.read_csv("train.csv")
X, y = train.drop(columns="income"), train["income"]
model = Pipeline([
    ("log", FunctionTransformer(make_log(2.0))),
    ("double", FunctionTransformer(double)),
    ("scale", StandardScaler()),
    ("lr", InternalLR(InverseLabelEncoder(["poor", "rich"]))),
]).fit(X, y)
with open("model.cloudpickle", "wb") as sink:
    cloudpickle.dump(model, sink)
golive.pack(model, X, name="own", output="own.bundle")
held_out = pd.read_csv("held_out.csv")
pd.DataFrame({
    "score": model.predict_proba(held_out)[:, 1], "label": model.predict(held_out)
}).to_csv("expected.csv", index=False, float_format="%.17g")
"""


def test_a_pipeline_with_its_own_classes_packs_with_its_code(income, tmp_path, serve):
    home = tmp_path / "project"
    home.mkdir()
    (home / "train_own.py").write_text(OWN_CLASSES)
    (home / "beside.py").write_text("def double(X):\n    return X * 2\n")
    inputs, truth = split(income[0], numeric=True)
    write_table(inputs.fillna(0), truth, home / "train.csv")
    held_out = split(income[1], numeric=True)[0].fillna(0)
    held_out.to_csv(home / "held_out.csv", index=False)
    subprocess.run([sys.executable, "train_own.py"], cwd=home, env=child_environment(), check=True)
    moved = (home / "own.bundle").rename(tmp_path / "moved.bundle")
    expected = pd.read_csv(home / "expected.csv")

    with serve(moved) as served:
        for size in BATCH_SIZES:
            predictions = post(served.client, records_of(held_out), size)
            assert_same_scores(predictions, expected["score"])
            assert [p["label"] for p in predictions] == expected["label"].tolist()

    assert len(expected) >= 200
    assert sorted(predictions[0]["probabilities"]) == ["poor", "rich"]


def test_a_cloudpickle_file_packs_with_the_module_beside_it(income, tmp_path):
    test_folder = tmp_path / "project"
    test_folder.mkdir()
    (test_folder / "cleaning.py").write_text(
        textwrap.dedent("""
            import numpy as np

            def clip(X):
                return np.clip(X, 0, 50)
        """)
    )
    script = """
import joblib, pandas as pd
from cleaning import clip
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import FunctionTransformer
train = pd.read_csv("train.csv")
X = train.drop(columns="income")
model = make_pipeline(FunctionTransformer(clip), LogisticRegression(max_iter=2000))
model.fit(X, train["income"])
joblib.dump(model, "model.joblib")
"""
    (test_folder / "fit.py").write_text(script)
    inputs, truth = split(income[0], numeric=True)
    write_table(inputs.fillna(0), truth, test_folder / "train.csv")
    env = child_environment()
    subprocess.run([sys.executable, "fit.py"], cwd=test_folder, env=env, check=True)
    command = [sys.executable, "-m", "golive", "pack", "project/model.joblib"]
    command += ["--data", "project/train.csv", "--target", "income", "-o", "m.bundle"]
    subprocess.run(command, cwd=tmp_path, env=env, check=True)

    (test_folder / "cleaning.py").unlink()
    [answer] = golive.load(tmp_path / "m.bundle").predict(inputs.fillna(0).head(1))

    assert (tmp_path / "m.bundle" / "code" / "cleaning.py").is_file()
    assert answer["label"] in (0, 1)


FUNCTION = """
from dataclasses import dataclass
from pathlib import Path

import joblib

MODEL = joblib.load(Path(__file__).with_name("inner.joblib"))


@dataclass
class Person:
    age: int
    hours: float | None
    tags: list[str]


def grade(request: Person) -> dict[str, float]:
    hours = 0.0 if request.hours is None else request.hours
    p = MODEL.predict_proba([[request.age, hours]])[0, 1]
    return {"p": float(p), "tags": len(request.tags)}
"""


def test_a_function_model_agrees(income, tmp_path, serve):
    joblib = pytest.importorskip("joblib")
    (tmp_path / "grading.py").write_text(FUNCTION)
    columns = ["age", "hours_per_week"]
    train, held_out = income[0][columns], income[1][columns].astype(object)
    inner = LogisticRegression().fit(train.to_numpy(), split(income[0], numeric=True)[1])
    joblib.dump(inner, tmp_path / "inner.joblib")
    rows = [
        {"age": int(a), "hours": None if i % 9 == 0 else float(h), "tags": ["x"] * (i % 3)}
        for i, (a, h) in enumerate(held_out.itertuples(index=False))
    ]
    (tmp_path / "rows.jsonl").write_text("\n".join(map(json.dumps, rows[:40])))
    bundle = golive.pack(
        f"{tmp_path}/grading.py:grade",
        tmp_path / "rows.jsonl",
        include=[tmp_path / "inner.joblib"],
        output=tmp_path / "m.bundle",
    )
    (tmp_path / "inner.joblib").unlink()
    asked = np.array([[r["age"], r["hours"] or 0.0] for r in rows])
    expected = inner.predict_proba(asked)[:, 1]

    with serve(bundle.path) as served:
        for size in BATCH_SIZES:
            values = [p["value"] for p in post(served.client, rows, size)]
            assert [v["p"] for v in values] == pytest.approx(expected, rel=1e-12)
            assert [v["tags"] for v in values] == [len(r["tags"]) for r in rows]
    assert len(rows) >= 200


def test_a_text_category_that_a_csv_turned_into_a_number_is_still_known(tmp_path, serve):
    frame = pd.DataFrame({"code": ["01", "1", "2", "10"] * 60, "x": range(240)})
    truth = (frame["code"].isin(["01", "2"])).astype(int)
    model = make_pipeline(
        make_column_transformer((OneHotEncoder(handle_unknown="ignore"), ["code"])),
        LogisticRegression(),
    ).fit(frame, truth)
    golive_data = frame.assign(y=truth)
    golive_data.to_csv(tmp_path / "train.csv", index=False)
    import joblib

    joblib.dump(model, tmp_path / "model.joblib")
    bundle = golive.pack(
        tmp_path / "model.joblib", tmp_path / "train.csv", target="y", output=tmp_path / "m.bundle"
    )

    [code] = [c for c in bundle.signature.columns if c.name == "code"]
    assert set(code.categories) == {"01", "1", "2", "10"}
    assert any("code" in note for note in bundle.manifest.notes)
    with serve(bundle.path) as served:
        predictions = post(served.client, records_of(frame), 100)
        assert_same_labels(predictions, model.predict(frame))
        assert_same_scores(predictions, model.predict_proba(frame)[:, 1])
