"""Models of every framework are compared with themselves called directly, and found clean."""

from __future__ import annotations

import importlib

import numpy as np
import pandas as pd
import pytest
from msgspec.structs import replace

import golive
from golive.bundle.reading import open_bundle
from golive.checking.answering import Respondent
from golive.checking.direct import direct_model
from golive.checking.dynamic import RunOptions, examine
from golive.engine.loading import engine_for
from golive.runtimes.loading import load_model

pytestmark = [pytest.mark.slow, pytest.mark.timeout(600), pytest.mark.filterwarnings("ignore")]

FRAMEWORKS = {
    "keras_models": "keras",
    "torch_models": "torch",
    "onnx_models": "skl2onnx",
    "mlflow_models": "mlflow",
    "images": "PIL",
}


@pytest.fixture
def packed(tmp_path):
    """Pack the small trained model of a framework."""

    def run(module):
        pytest.importorskip(FRAMEWORKS[module], reason=f"{FRAMEWORKS[module]} is not installed")
        path = tmp_path / f"{module}.bundle"
        importlib.import_module(f"tests.frameworks.{module}").pack_small(path)
        return open_bundle(path)

    return run


def faults(bundle):
    options = RunOptions(seconds=10, thread_seconds=0.5)
    return [f for f in examine(bundle, options) if f.severity == "error"]


def given_to(bundle):
    """What the model must get for the first golden record that it answers."""
    return next(g.record for g in bundle.golden if "error" not in g.output)


@pytest.mark.parametrize("module", list(FRAMEWORKS))
def test_a_trained_model_has_no_faults(packed, module):
    assert faults(packed(module)) == []


@pytest.mark.parametrize("module", ["keras_models", "torch_models", "mlflow_models"])
def test_a_server_that_swaps_two_columns_differs_from_the_model_itself(packed, module):
    bundle = packed(module)
    spec, signature = bundle.manifest.model, bundle.signature
    first, second, *others = signature.columns
    names = (replace(first, name=second.name), replace(second, name=first.name), *others)
    swapped = replace(signature, columns=names)
    wrong = Respondent(bundle, engine_for(bundle.path, spec, swapped))
    right = Respondent(bundle, engine_for(bundle.path, spec, signature))
    direct = direct_model(load_model(bundle.path, spec, signature), spec, signature)
    record = given_to(bundle) | {first.name: 0.25, second.name: 2.5}

    if signature.form == "frame":  # columns of a frame are found by name, so swap the values
        record_swapped = record | {first.name: 2.5, second.name: 0.25}
        served = right.ask(record_swapped).prediction
    else:
        served = wrong.ask(record).prediction

    assert direct.difference(record, right.ask(record).prediction) is None
    assert "instead of" in direct.difference(record, served)


def test_an_image_is_called_directly_in_the_range_and_layout_of_its_array(packed):
    bundle = packed("images")
    spec, signature = bundle.manifest.model, bundle.signature
    [column] = signature.columns
    bright = replace(signature, columns=(replace(column, pixel_scale="-1..1"),))
    wrong = Respondent(bundle, engine_for(bundle.path, spec, bright))
    direct = direct_model(load_model(bundle.path, spec, signature), spec, signature)
    record = given_to(bundle)

    served = wrong.ask(record).prediction

    assert "instead of" in direct.difference(record, served)


def test_nested_lists_through_keras_are_compared(tmp_path):
    models = pytest.importorskip("tests.frameworks.keras_models")
    series, truth = models.make_sequences()
    sample = pd.DataFrame({"series": list(series), "mean": truth})
    model = models.train_lstm(series, truth)
    bundle = golive.pack(model, sample, target="mean", name="lstm", output=tmp_path / "m.bundle")

    assert faults(open_bundle(bundle.path)) == []


def test_a_number_beyond_an_embedding_is_found(tmp_path):
    models = pytest.importorskip("tests.frameworks.keras_models")
    frame = models.make_named_inputs()
    model = models.train_named_inputs(frame)
    bundle = golive.pack(
        model, frame, target="label", name="named", output=tmp_path / "named.bundle"
    )

    found = {(f.check, f.code, f.subject) for f in faults(open_bundle(bundle.path))}

    assert {("huge", "model_failed", "city"), ("negative", "model_failed", "city")} <= found


def test_images_through_a_convolution_of_onnx_are_compared(tmp_path):
    pytest.importorskip("onnx", reason="onnx is not installed")
    torch = pytest.importorskip("torch", reason="torch is not installed")
    models = importlib.import_module("tests.frameworks.onnx_models")
    pixels, truths = models.digits()
    given = np.rint(pixels.reshape(-1, 1, 8, 8) * 255 / pixels.max()).astype("float32")
    network = torch.nn.Sequential(
        torch.nn.Conv2d(1, 4, 3), torch.nn.ReLU(), torch.nn.Flatten(), torch.nn.Linear(144, 10)
    )
    models.train_digits(network, given, truths)
    models.export_network(tmp_path / "digits.onnx", network, given[:3])
    sample = {"pixels": given[:300], "digit": truths[:300]}
    bundle = golive.pack(
        tmp_path / "digits.onnx",
        sample,
        target="digit",
        images="pixels",
        output=tmp_path / "digits.bundle",
    )

    assert bundle.signature.columns[0].type == "image"
    assert faults(open_bundle(bundle.path)) == []
