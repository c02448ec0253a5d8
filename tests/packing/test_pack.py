from __future__ import annotations

import joblib
import numpy as np
import pandas as pd
import pytest
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LinearRegression, LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import FunctionTransformer

import golive
from golive.errors import (
    EnvironmentDriftError,
    ModelLoadError,
    PackError,
    SignatureError,
    UsageError,
)


@pytest.fixture(scope="module")
def table():
    rng = np.random.default_rng(0)
    frame = pd.DataFrame({"a": rng.normal(size=200), "b": rng.integers(0, 9, 200)})
    frame["y"] = np.where(frame["a"] + frame["b"] / 9 > 0.5, "yes", "no")
    return frame


@pytest.fixture(scope="module")
def model(table):
    return LogisticRegression().fit(table[["a", "b"]], table["y"])


@pytest.fixture(scope="module")
def bundle(table, model, tmp_path_factory):
    folder = tmp_path_factory.mktemp("packed")
    return golive.pack(
        model, table[:150], target="y", eval=table[150:], name="m", output=folder / "m.bundle"
    )


def test_a_packed_model_answers_in_process_as_the_model_does(bundle, table, model):
    answers = golive.load(bundle.path).predict(table[["a", "b"]])

    assert [a["label"] for a in answers] == model.predict(table[["a", "b"]]).tolist()
    assert [a["score"] for a in answers] == pytest.approx(
        model.predict_proba(table[["a", "b"]])[:, 1], rel=1e-12
    )


def test_one_record_a_list_and_a_frame_are_answered_alike(bundle):
    predictor = golive.load(bundle.path)
    record = {"a": 0.5, "b": 3}

    [alone] = predictor.predict(record)

    assert predictor.predict([record]) == [alone]
    assert predictor.predict(pd.DataFrame([record])) == [alone]


def test_a_threshold_in_process_is_the_requests_threshold(bundle):
    predictor = golive.load(bundle.path)

    assert predictor.predict({"a": -3.0, "b": 0}, threshold=0.0)[0]["label"] == "yes"


def test_a_held_out_sample_gives_metrics_against_the_baseline(bundle):
    evaluation = bundle.profile.evaluation

    assert evaluation.rows == 50
    assert evaluation.metrics["accuracy"] > evaluation.baseline["accuracy"]
    assert bundle.profile.scores is not None
    assert bundle.profile.calibration is not None


def test_without_a_held_out_sample_there_are_no_metrics(table, model, tmp_path):
    bundle = golive.pack(model, table, target="y", output=tmp_path / "m.bundle", compile=False)

    assert bundle.profile.evaluation is None
    assert bundle.profile.scores is None
    assert bundle.profile.calibration is None
    assert "no metrics" in bundle.card


def test_the_training_sample_is_no_held_out_sample(table, model, tmp_path):
    table.to_csv(tmp_path / "train.csv", index=False)
    table.to_csv(tmp_path / "copy.csv", index=False)

    for sample, held_out in (
        (table, table),
        (tmp_path / "train.csv", tmp_path / "copy.csv"),
        (str(tmp_path / "train.csv"), tmp_path / "train.csv"),
    ):
        with pytest.raises(UsageError, match="is the training sample"):
            golive.pack(model, sample, target="y", eval=held_out, output=tmp_path / "m.bundle")


def test_requirements_are_what_the_model_imports_pinned(bundle):
    names = {requirement.partition("==")[0] for requirement in bundle.requirements}

    assert f"scikit-learn=={__import__('sklearn').__version__}" in bundle.requirements
    assert {"numpy", "scipy", "pandas"} <= names
    assert not {"golive", "pytest", "uvicorn", "click", "xgboost"} & names


def test_a_golden_record_holds_what_a_caller_would_get(bundle):
    golden = bundle.golden

    assert len(golden) >= 5
    assert any("error" in g.output for g in golden) is False or all(
        g.output["error"]["code"] for g in golden if "error" in g.output
    )
    [again] = golive.load(bundle.path).predict([golden[0].record])
    assert again == golden[0].output


def test_a_model_that_depends_on_the_process_is_refused(table, tmp_path):
    import os

    def shift(table, pid=os.getpid()):
        return table + (os.getpid() - pid)

    model = make_pipeline(FunctionTransformer(shift), LinearRegression())
    model.fit(table[["a", "b"]], table["a"])

    with pytest.raises(ModelLoadError, match="answers golden record 0 differently"):
        golive.pack(model, table[["a", "b"]], output=tmp_path / "m.bundle")
    assert not (tmp_path / "m.bundle").exists()


def test_a_changed_library_that_changes_answers_refuses_to_load(bundle, tmp_path):
    from dataclasses import replace
    from datetime import UTC, datetime

    from golive.bundle.contents import BundleContents
    from golive.bundle.golden import GoldenRecord
    from golive.bundle.writing import write_bundle

    first = bundle.golden[0]
    drifted = GoldenRecord(first.record, {**first.output, "score": first.output["score"] * 1.001})
    contents = BundleContents(
        name="m",
        model=bundle.manifest.model,
        signature=bundle.signature,
        requirements=bundle.requirements,
        golden=(drifted, *bundle.golden[1:]),
        profile=bundle.profile,
        card=bundle.card,
        model_files={p: bundle.path / p for p in bundle.manifest.files if p.startswith("model/")},
        python_version="3.11.0",
        tolerance=1e-9,
    )
    other = write_bundle(replace(contents), tmp_path / "other.bundle", created_at=datetime.now(UTC))

    with pytest.raises(EnvironmentDriftError, match="golden record 0, score"):
        golive.load(other.path)
    assert golive.load(other.path, allow_drifted_environment=True).predict({"a": 0.0, "b": 1})


def test_the_bundle_can_be_one_file(table, model, tmp_path):
    bundle = golive.pack(model, table, target="y", output=tmp_path / "m.zip")

    assert (tmp_path / "m.zip").is_file()
    assert golive.load(tmp_path / "m.zip").bundle.manifest.id == bundle.manifest.id


def test_a_model_file_that_does_not_exist_is_named(table, tmp_path):
    with pytest.raises(UsageError, match=r"no model file .*gone\.joblib"):
        golive.pack(tmp_path / "gone.joblib", table)


def test_a_model_file_of_an_unknown_kind_lists_the_known_ones(table, tmp_path):
    (tmp_path / "model.bin").write_bytes(b"x")

    with pytest.raises(UsageError, match=r"'\.bin'") as caught:
        golive.pack(tmp_path / "model.bin", table)
    assert ".joblib" in caught.value.hint


def test_data_without_a_feature_of_the_model_are_refused(table, model, tmp_path):
    with pytest.raises(SignatureError, match="b"):
        golive.pack(model, table[["a", "y"]], target="y", output=tmp_path / "m.bundle")


def test_a_model_that_answers_no_row_is_refused(table, tmp_path):
    def explode(table):
        raise RuntimeError("no")

    model = FunctionTransformer().fit(table[["a", "b"]])
    model = make_pipeline(model, LinearRegression()).fit(table[["a", "b"]], table["a"])
    model.steps[0] = ("explode", FunctionTransformer(explode))

    with pytest.raises((PackError, SignatureError)):
        golive.pack(model, table[["a", "b"]], output=tmp_path / "m.bundle")


SCRIPT = """
import joblib
import pandas as pd
from sklearn.base import BaseEstimator
from sklearn.linear_model import LogisticRegression


class Doubling(BaseEstimator):
    def __init__(self, inner):
        self.inner = inner

    def fit(self, X, y):
        self.inner.fit(X * 2, y)
        self.classes_ = self.inner.classes_
        return self

    def predict(self, X):
        return self.inner.predict(X * 2)

    def predict_proba(self, X):
        return self.inner.predict_proba(X * 2)


train = pd.read_csv("train.csv")
model = Doubling(LogisticRegression()).fit(train[["a", "b"]], train["y"])
joblib.dump(model, "model.joblib")
"""


@pytest.fixture
def script_model(table, tmp_path):
    """A model file whose class lives in the `__main__` of a script."""
    import subprocess
    import sys

    table.to_csv(tmp_path / "train.csv", index=False)
    (tmp_path / "train.py").write_text(SCRIPT)
    subprocess.run([sys.executable, "train.py"], cwd=tmp_path, check=True)
    return tmp_path


def test_a_file_whose_class_lived_in_main_names_the_class_and_the_mend(script_model):
    with pytest.raises(ModelLoadError, match="Doubling") as caught:
        golive.pack(script_model / "model.joblib", script_model / "train.csv", target="y")
    assert "--code" in caught.value.hint


def test_a_file_whose_class_lived_in_main_packs_with_its_script(script_model, tmp_path):
    bundle = golive.pack(
        script_model / "model.joblib",
        script_model / "train.csv",
        target="y",
        code=[script_model / "train.py"],
        output=tmp_path / "m.bundle",
    )

    code = (bundle.path / "code" / "train.py").read_text()
    assert "class Doubling" in code
    assert "read_csv" not in code
    assert (bundle.path / "model" / "model.joblib").read_bytes() == (
        script_model / "model.joblib"
    ).read_bytes()
    assert golive.load(bundle.path).predict({"a": 9.0, "b": 9})[0]["label"] == "yes"


def test_the_same_files_give_the_same_id(table, model, tmp_path):
    joblib.dump(model, tmp_path / "m.joblib")
    table.to_csv(tmp_path / "t.csv", index=False)

    ids = [
        golive.pack(
            tmp_path / "m.joblib",
            tmp_path / "t.csv",
            target="y",
            output=tmp_path / f"{n}.bundle",
            compile=False,  # with a program: end_to_end/test_bundle_identity.py
        ).manifest.id
        for n in (1, 2)
    ]

    assert ids[0] == ids[1]


def test_the_manifest_knows_the_golive_that_packed_where_it_is_not_installed(bundle):
    assert bundle.manifest.golive_version == golive.__version__ == "0.1.0"


def test_a_sample_with_nulls_that_the_model_rejects_is_packed(table, model, tmp_path):
    sample = table.assign(a=[None, *table["a"][1:]])

    bundle = golive.pack(model, sample, target="y", output=tmp_path / "m.bundle", compile=False)

    assert [column.on_null for column in bundle.signature.columns] == ["error", "error"]
    assert "The sample holds nulls that the model rejects in 'a'." in bundle.manifest.notes
    assert (
        "1 of the compared sample rows are refused by the signature's policies."
        in bundle.manifest.notes
    )


def test_a_text_sample_with_a_null_among_its_first_rows_is_packed(tmp_path):
    texts = ["red fox", "blue sky", "red sea", "blue fox"] * 10
    model = make_pipeline(TfidfVectorizer(), LogisticRegression()).fit(texts, [0, 1, 0, 1] * 10)
    sample = pd.DataFrame({"words": [None, *texts[1:]], "y": [0, 1, 0, 1] * 10})

    bundle = golive.pack(model, sample, target="y", output=tmp_path / "m.bundle", compile=False)

    assert bundle.signature.form == "series"
    assert golive.load(bundle.path).predict(["red sky"])[0]["score"] == pytest.approx(
        model.predict_proba(["red sky"])[0, 1]
    )


def test_held_out_truths_that_the_model_cannot_predict_are_refused(table, model, tmp_path):
    with pytest.raises(UsageError, match=r"'maybe'\) is one of the model's classes"):
        golive.pack(
            model, table, target="y", eval=table.assign(y="maybe"), output=tmp_path / "m.bundle"
        )
