"""ONNX graphs of bundles: written where they are equal, refused where they are wrong."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from sklearn.compose import make_column_transformer
from sklearn.ensemble import HistGradientBoostingClassifier, RandomForestClassifier
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LinearRegression, LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder, StandardScaler

import golive
from golive.compiling.refusal import NotProvenError
from golive.errors import UsageError

pytest.importorskip("skl2onnx")
onnxruntime = pytest.importorskip("onnxruntime")

# pytest makes errors of warnings; these are skl2onnx's and its packages' own
pytestmark = [pytest.mark.slow, pytest.mark.filterwarnings("ignore")]


def table(size=300):
    generator = np.random.default_rng(11)
    frame = pd.DataFrame(generator.normal(size=(size, 3)), columns=["a", "b", "c"])
    return frame, np.where(frame["a"] + frame["b"] ** 2 > 1, "yes", "no")


def packed(model, data, folder):
    return golive.pack(model, data, name="m", output=folder / "m.bundle", compile=False).path


def export(path, data=None):
    return golive.export_onnx(path, path.parent / "m.onnx", data=data)


def test_a_linear_model_is_exported_and_answers_the_same(tmp_path):
    frame, labels = table()
    model = make_pipeline(StandardScaler(), LogisticRegression()).fit(frame, labels)

    made = export(packed(model, frame, tmp_path), frame)

    session = onnxruntime.InferenceSession(made.path.read_bytes())
    given = {"input": frame.to_numpy(dtype=np.float64)}
    found, probabilities = session.run(None, given)
    assert found.tolist() == model.predict(frame).tolist()
    assert np.abs(probabilities - model.predict_proba(frame)).max() < 1e-6
    assert made.proof.is_chosen
    assert made.proof.tried[0].rows == 300
    assert made.proof.size == made.path.stat().st_size


def test_a_regression_is_exported(tmp_path):
    frame, _ = table()
    model = LinearRegression().fit(frame, frame["a"] * 2 + frame["c"])

    assert export(packed(model, frame, tmp_path)).proof.is_chosen


def test_columns_that_a_step_picks_are_inputs_of_their_own(tmp_path):
    frame, labels = table()
    frame["kind"] = pd.Series(np.where(frame["c"] > 0, "up", "down"), dtype=object)
    prepare = make_column_transformer(
        (StandardScaler(), ["a", "b", "c"]), (OneHotEncoder(handle_unknown="ignore"), ["kind"])
    )
    model = make_pipeline(prepare, LogisticRegression()).fit(frame, labels)

    made = export(packed(model, frame, tmp_path), frame)

    session = onnxruntime.InferenceSession(made.path.read_bytes())
    assert [given.name for given in session.get_inputs()] == ["a", "b", "c", "kind"]


def outcome(path, data):
    """The proof of the graph that was written, or of the one that was refused."""
    try:
        return export(path, data).proof
    except NotProvenError as error:
        return error.proof


def test_a_sublinear_vectorizer_is_right_or_refused(tmp_path):
    texts = [f"good {'good ' * (i % 4)}day number{i % 7} café" for i in range(60)]
    labels = [i % 2 for i in range(60)]
    model = make_pipeline(TfidfVectorizer(sublinear_tf=True), LogisticRegression())
    model.fit(texts, labels)

    proof = outcome(packed(model, texts, tmp_path), texts)

    assert (tmp_path / "m.onnx").exists() is proof.is_chosen
    assert proof.is_chosen or proof.worst is None or "sublinear_tf" in proof.reason


def test_nan_in_a_forest_is_refused_and_the_row_shown(tmp_path):
    frame, labels = table()
    frame.loc[::5, "c"] = np.nan
    model = RandomForestClassifier(3, max_depth=3, random_state=0).fit(frame, labels)
    thresholds = [tree.tree_.threshold for tree in model.estimators_]
    assert all(np.isfinite(found).all() for found in thresholds)

    with pytest.raises(NotProvenError, match="NaN the wrong way") as caught:
        export(packed(model, frame, tmp_path), frame)

    assert caught.value.proof.worst is not None
    assert caught.value.proof.worst.row["c"] is None


def test_a_tree_that_divides_missing_values_from_others_is_refused(tmp_path):
    frame, labels = table()
    frame.loc[::5, "c"] = np.nan
    labels = np.where(frame["c"].isna(), "yes", labels)
    model = RandomForestClassifier(8, random_state=0).fit(frame, labels)

    with pytest.raises(NotProvenError, match="divides missing values from all others"):
        export(packed(model, frame, tmp_path), frame)


def test_categories_of_histogram_boosting_are_right_or_refused(tmp_path):
    frame, _ = table()
    frame["kind"] = np.arange(300) % 6
    labels = np.isin(frame["kind"], [1, 4]).astype(int)
    model = HistGradientBoostingClassifier(
        max_iter=8, categorical_features=[3], min_samples_leaf=5
    ).fit(frame.to_numpy(), labels)

    proof = outcome(packed(model, frame.to_numpy(), tmp_path), frame.to_numpy())

    assert not proof.is_chosen
    assert not (tmp_path / "m.onnx").exists()
    assert "skl2onnx" in proof.reason


def test_a_model_of_another_kind_is_refused_and_nothing_is_loaded(tmp_path):
    source = tmp_path / "twice.py"
    source.write_text("def twice(request: dict) -> dict:\n    return {'y': 2 * request['x']}\n")
    bundle = golive.pack(f"{source}:twice", [{"x": 1}], name="f", output=tmp_path / "f.bundle")

    with pytest.raises(NotProvenError, match="no estimators of scikit-learn"):
        export(bundle.path)


def test_a_directory_is_no_file_to_write(tmp_path):
    frame, labels = table(40)
    path = packed(LogisticRegression().fit(frame, labels), frame, tmp_path)

    with pytest.raises(UsageError, match="cannot be written"):
        golive.export_onnx(path, tmp_path)
