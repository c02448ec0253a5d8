"""Directories that MLflow itself writes are served as they answer in process, by every client."""

from __future__ import annotations

import warnings

import numpy as np
import pandas as pd
import pytest
from sklearn.compose import make_column_transformer
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder, StandardScaler
from tests.end_to_end.agreement import BATCH_SIZES, assert_same_scores, post, records_of
from tests.end_to_end.live_server import EXAMPLES
from tests.frameworks.mlflow_models import save_pyfunc
from tests.frameworks.onnx_models import export_network

import golive

mlflow = pytest.importorskip("mlflow")

pytestmark = [pytest.mark.timeout(900), pytest.mark.filterwarnings("ignore")]

TRAIN = pd.read_csv(EXAMPLES / "income" / "train.csv")
HELD_OUT = pd.read_csv(EXAMPLES / "income" / "held_out.csv").drop(columns="income").head(210)
TRUTHS = (TRAIN["income"] == ">50K").astype(int)
INPUTS = TRAIN.drop(columns="income")
NUMBERS = INPUTS.select_dtypes("number").columns.tolist()
CENTRE, SPREAD = INPUTS[NUMBERS].mean(), INPUTS[NUMBERS].std()


def scaled(frame):
    """The numbers of the table as a network takes them."""
    return ((frame[NUMBERS] - CENTRE) / SPREAD).fillna(0).astype("float32")


def numbers(frame):
    return frame[NUMBERS].fillna(0.0).astype("float64")


def signature_of(inputs, outputs):
    return mlflow.models.infer_signature(inputs, outputs)


def pack(folder, inputs, **options):
    table = inputs.assign(income=TRUTHS)
    return golive.pack(
        folder, table, target="income", output=folder.with_suffix(".bundle"), **options
    )


def answered(folder, inputs):
    """What MLflow's own loader answers."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        model = mlflow.pyfunc.load_model(str(folder), suppress_warnings=True)
        return np.asarray(model.predict(inputs)).ravel()


def assert_served_alike(serve, bundle, inputs, scores=None, *, labels=None, relative=1e-12):
    """In process and over HTTP, in every batch size, the answers are those expected."""
    in_process = golive.load(bundle.path).predict(records_of(inputs))
    assert len(inputs) >= 200
    with serve(bundle.path) as served:
        for size in BATCH_SIZES:
            predictions = post(served.client, records_of(inputs), size)
            assert [p["label"] for p in predictions] == [p["label"] for p in in_process]
            assert_same_scores(predictions, [p["score"] for p in in_process], relative=relative)
            if labels is not None:
                assert [p["label"] for p in predictions] == labels.tolist()
            if scores is not None:
                assert_same_scores(predictions, scores.tolist(), relative=relative)


@pytest.mark.parametrize("form", ["cloudpickle", "skops"])
def test_scikit_learn(tmp_path, serve, form):
    texts = [name for name in INPUTS if name not in NUMBERS]
    columns = make_column_transformer(
        (make_pipeline(SimpleImputer(), StandardScaler()), NUMBERS),
        (OneHotEncoder(handle_unknown="ignore"), texts),
    )
    model = make_pipeline(columns, LogisticRegression(max_iter=500)).fit(INPUTS, TRUTHS)
    mlflow.sklearn.save_model(
        model,
        tmp_path / "income",
        signature=signature_of(INPUTS, TRUTHS),
        serialization_format=form,
        skops_trusted_types=["numpy.dtype"],
    )

    bundle = pack(tmp_path / "income", INPUTS)

    labels = answered(tmp_path / "income", HELD_OUT)
    scores = model.predict_proba(HELD_OUT)[:, 1]
    assert (labels == model.predict(HELD_OUT)).all()
    assert bundle.manifest.model.kind == "sklearn"
    assert_served_alike(serve, bundle, HELD_OUT, scores, labels=labels)


def test_xgboost(tmp_path, serve):
    xgboost = pytest.importorskip("xgboost")
    inputs, held_out = numbers(INPUTS), numbers(HELD_OUT)
    model = xgboost.XGBClassifier(n_estimators=30).fit(inputs, TRUTHS)
    mlflow.xgboost.save_model(model, tmp_path / "income", signature=signature_of(inputs, TRUTHS))

    bundle = pack(tmp_path / "income", inputs)

    labels = answered(tmp_path / "income", held_out)
    scores = model.predict_proba(held_out)[:, 1].astype(float)
    assert bundle.manifest.model.kind == "xgboost"
    assert_served_alike(serve, bundle, held_out, scores, labels=labels, relative=1e-6)


@pytest.mark.parametrize("is_booster", [True, False])
def test_lightgbm(tmp_path, serve, is_booster):
    lightgbm = pytest.importorskip("lightgbm")
    inputs, held_out = numbers(INPUTS), numbers(HELD_OUT)
    model = lightgbm.LGBMClassifier(n_estimators=30, verbose=-1).fit(inputs, TRUTHS)
    mlflow.lightgbm.save_model(
        model.booster_ if is_booster else model,
        tmp_path / "income",
        signature=signature_of(inputs, TRUTHS),
    )

    bundle = pack(tmp_path / "income", inputs)

    found = answered(tmp_path / "income", held_out)
    assert bundle.manifest.model.kind == ("lightgbm" if is_booster else "sklearn")
    expected = {"scores" if is_booster else "labels": found}
    assert_served_alike(serve, bundle, held_out, **expected)


def test_keras(tmp_path, serve):
    keras = pytest.importorskip("keras")
    inputs, held_out = scaled(INPUTS), scaled(HELD_OUT)
    keras.utils.set_random_seed(0)
    model = keras.Sequential(
        [
            keras.Input((len(NUMBERS),)),
            keras.layers.Dense(16, activation="relu"),
            keras.layers.Dense(1, activation="sigmoid"),
        ]
    )
    model.compile(optimizer="adam", loss="binary_crossentropy")
    model.fit(inputs.to_numpy(), TRUTHS.to_numpy(), epochs=3, batch_size=64, verbose=0)
    signature = signature_of(inputs.to_numpy(), np.zeros((4, 1), "float32"))
    mlflow.tensorflow.save_model(model, tmp_path / "income", signature=signature)

    bundle = pack(tmp_path / "income", inputs)

    expected = answered(tmp_path / "income", held_out.to_numpy())
    assert bundle.manifest.model.kind == "keras"
    assert_served_alike(serve, bundle, held_out, expected.astype(float), relative=1e-5)


def trained_torch(torch, inputs):
    """A network of more than 1 KiB, from which on weights may lie beside an ONNX file."""
    torch.manual_seed(0)
    model = torch.nn.Sequential(
        torch.nn.Linear(len(NUMBERS), 64), torch.nn.ReLU(), torch.nn.Linear(64, 1),
        torch.nn.Sigmoid(),
    )  # fmt: skip
    optimiser = torch.optim.Adam(model.parameters(), lr=0.01)
    given = torch.from_numpy(inputs.to_numpy())
    wanted = torch.from_numpy(TRUTHS.to_numpy().astype("float32"))[:, None]
    for _ in range(60):
        optimiser.zero_grad()
        torch.nn.functional.binary_cross_entropy(model(given), wanted).backward()
        optimiser.step()
    return model.eval()


def test_pytorch(tmp_path, serve):
    torch = pytest.importorskip("torch")
    inputs, held_out = scaled(INPUTS), scaled(HELD_OUT)
    model = trained_torch(torch, inputs)
    example = inputs.to_numpy()[:4]
    signature = signature_of(inputs.to_numpy(), np.zeros((4, 1), "float32"))
    mlflow.pytorch.save_model(
        model, tmp_path / "income", signature=signature, input_example=example
    )

    bundle = pack(tmp_path / "income", inputs)

    expected = answered(tmp_path / "income", held_out.to_numpy())
    assert bundle.manifest.model.kind == "pytorch"
    assert_served_alike(serve, bundle, held_out, expected.astype(float), relative=1e-5)


def test_onnx_with_its_weights_in_a_file_beside_it(tmp_path, serve):
    onnx = pytest.importorskip("onnx")
    pytest.importorskip("onnxruntime")
    torch = pytest.importorskip("torch")
    inputs, held_out = scaled(INPUTS), scaled(HELD_OUT)
    model = trained_torch(torch, inputs)
    export_network(tmp_path / "net.onnx", model, inputs.to_numpy()[:3])
    signature = signature_of(inputs.to_numpy(), np.zeros((4, 1), "float32"))
    mlflow.onnx.save_model(
        onnx.load(tmp_path / "net.onnx"), tmp_path / "income", signature=signature
    )

    bundle = pack(tmp_path / "income", inputs)

    with torch.inference_mode():
        expected = model(torch.from_numpy(held_out.to_numpy())).numpy().ravel()
    assert len([name for name in bundle.manifest.files if name.startswith("model/")]) == 2
    assert bundle.manifest.model.kind == "onnx"
    assert not any(line.startswith("mlflow") for line in bundle.requirements)
    assert_served_alike(serve, bundle, held_out, expected.astype(float), relative=1e-4)


def test_a_custom_pyfunc(tmp_path, serve_apart):
    inputs = numbers(INPUTS)[["age", "hours_per_week"]].set_axis(["a", "b"], axis=1)
    held_out = numbers(HELD_OUT)[["age", "hours_per_week"]].set_axis(["a", "b"], axis=1)
    folder = save_pyfunc(tmp_path / "weighed", inputs, input_example=inputs.head(3))

    bundle = golive.pack(folder, inputs, output=tmp_path / "weighed.bundle")

    expected = answered(folder, held_out)
    assert np.allclose(expected, held_out["a"] * 3.5 + held_out["b"] + 10.25)
    assert bundle.manifest.model.kind == "pyfunc"
    with serve_apart(bundle.path) as served:
        for size in BATCH_SIZES:
            assert_same_scores(post(served.client, records_of(held_out), size), expected.tolist())


def test_a_custom_pyfunc_needs_no_sample_beside_its_input_example(tmp_path):
    inputs = numbers(INPUTS)[["age", "hours_per_week"]].set_axis(["a", "b"], axis=1)
    folder = save_pyfunc(tmp_path / "weighed", inputs, input_example=inputs.head(3))

    bundle = golive.pack(folder, output=tmp_path / "weighed.bundle")

    assert bundle.profile.rows == 3
    assert any(line.startswith("mlflow") for line in bundle.requirements)
    golive.load(bundle.path).predict({"a": 1.0, "b": 2.0})
    assert golive.load(bundle.path, verify=True).predict({"a": 1.0, "b": 2.0})[0]["score"] == 15.75
