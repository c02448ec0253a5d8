"""Models of arrays and images answer over HTTP as in process."""

from __future__ import annotations

import base64
import sys

import joblib
import numpy as np
import pytest
from PIL import Image
from sklearn.datasets import load_digits
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import FunctionTransformer
from tests.end_to_end.agreement import (
    BATCH_SIZES,
    assert_same_labels,
    assert_same_scores,
    post,
)
from tests.images import png

import golive

pytestmark = pytest.mark.slow

TRAINING, HELD_OUT = slice(0, 1200), slice(1200, 1500)
STEPS = """
import numpy as np

def pixels(images):
    small = [image.convert("L").resize((8, 8)) for image in images]
    return np.stack([np.asarray(image, dtype=float).ravel() for image in small])
"""
CLASSIFY = """
from dataclasses import dataclass
from pathlib import Path

import joblib
import numpy as np
from PIL import Image

MODEL = joblib.load(Path(__file__).with_name("digits.joblib"))

@dataclass
class Photo:
    image: Image.Image

@dataclass
class Digit:
    digit: int
    probability: float

def classify(request: Photo) -> Digit:
    pixels = np.asarray(request.image.convert("L"), dtype=float).reshape(1, -1)
    probabilities = MODEL.predict_proba(pixels)[0]
    return Digit(int(probabilities.argmax()), float(probabilities.max()))
"""


@pytest.fixture(scope="module")
def digits():
    """The images as arrays of (8, 8) from 0 to 16, and their digits."""
    found = load_digits()
    return found.images, found.target


def encoded(pixels) -> str:
    return base64.b64encode(png(Image.fromarray(pixels.astype("uint8")))).decode()


def assert_agrees(served, records, model, inputs):
    probabilities = model.predict_proba(inputs)
    assert len(records) == 300
    for size in BATCH_SIZES:
        predictions = post(served.client, records, size)
        assert_same_labels(predictions, model.predict(inputs))
        assert_same_scores(predictions, probabilities.max(axis=1))


def reshaping(images, target):
    """A pipeline that takes images of (n, 8, 8) and makes rows of them itself."""
    rows = FunctionTransformer(np.reshape, kw_args={"shape": (-1, 64)})
    return make_pipeline(rows, LogisticRegression(max_iter=300)).fit(images, target)


def test_digits_as_nested_vectors(digits, tmp_path, serve):
    images, target = digits
    model = reshaping(images[TRAINING], target[TRAINING])
    joblib.dump(model, tmp_path / "digits.joblib")
    np.savez(tmp_path / "train.npz", grid=images[TRAINING], digit=target[TRAINING])
    np.savez(tmp_path / "held.npz", grid=images[HELD_OUT], digit=target[HELD_OUT])
    bundle = golive.pack(
        tmp_path / "digits.joblib",
        tmp_path / "train.npz",
        target="digit",
        eval=tmp_path / "held.npz",
        output=tmp_path / "m.bundle",
    )

    assert bundle.signature.form == "tensors"
    assert bundle.profile.evaluation.metrics["accuracy"] > 0.85
    records = [{"grid": pixels.tolist()} for pixels in images[HELD_OUT]]
    with serve(bundle.path) as served:
        assert_agrees(served, records, model, images[HELD_OUT])
        broken = {"grid": [*records[0]["grid"][:7], [0, 0, 0, "x", 0, 0, 0, 0]]}
        problem = served.client.post("/predict", json=broken).json()
        assert problem["predictions"][0]["error"]["field"] == "grid[7][3]"


def test_digits_as_rows_of_a_matrix(digits, tmp_path, serve):
    images, target = digits
    rows = images.reshape(-1, 64)
    model = LogisticRegression(max_iter=300).fit(rows[TRAINING], target[TRAINING])
    bundle = golive.pack(model, images[TRAINING], output=tmp_path / "m.bundle")

    assert bundle.signature.form == "matrix"
    records = [{"input": pixels.tolist()} for pixels in images[HELD_OUT]]
    with serve(bundle.path) as served:
        assert_agrees(served, records, model, rows[HELD_OUT])


def test_digits_as_image_files_for_a_model_of_arrays(digits, tmp_path, serve):
    images, target = digits
    model = reshaping(images[TRAINING] / 255, target[TRAINING])
    sample = {"photo": images[TRAINING] / 255, "digit": target[TRAINING]}
    held_out = {"photo": images[HELD_OUT] / 255, "digit": target[HELD_OUT]}
    bundle = golive.pack(
        model, sample, target="digit", eval=held_out, images="photo", output=tmp_path / "m.bundle"
    )

    [column] = bundle.signature.columns
    assert (column.pixel_scale, column.pixel_layout, column.shape) == ("0..1", "hw", (8, 8, 1))
    records = [{"photo": encoded(pixels)} for pixels in images[HELD_OUT]]
    with serve(bundle.path) as served:
        assert_agrees(served, records, model, images[HELD_OUT] / 255)
        asked = served.client.get("/predict", params=records[0]).json()["predictions"]
        assert asked == post(served.client, records[:1], 1)


def test_digits_as_image_files_for_a_model_of_images(digits, tmp_path, serve, monkeypatch):
    (tmp_path / "steps.py").write_text(STEPS)
    monkeypatch.syspath_prepend(tmp_path)
    import steps

    images, target = digits
    photos = [Image.fromarray((pixels * 15).astype("uint8")) for pixels in images[:1500]]
    for at, photo in enumerate(photos[TRAINING]):
        (tmp_path / "photos" / str(target[at])).mkdir(parents=True, exist_ok=True)
        photo.save(tmp_path / "photos" / str(target[at]) / f"{at}.png")
    model = make_pipeline(FunctionTransformer(steps.pixels), LogisticRegression(max_iter=300))
    model.fit(photos[TRAINING], target[TRAINING].astype(str))
    joblib.dump(model, tmp_path / "digits.joblib")
    bundle = golive.pack(
        tmp_path / "digits.joblib",
        tmp_path / "photos",
        target="label",
        code=[tmp_path / "steps.py"],
        output=tmp_path / "m.bundle",
    )
    sys.modules.pop("steps")

    assert bundle.signature.form == "series"
    records = [{"image": encoded(pixels * 15)} for pixels in images[HELD_OUT]]
    with serve(bundle.path) as served:
        assert_agrees(served, records, model, photos[HELD_OUT])


def test_digits_as_image_files_for_a_function(digits, tmp_path, serve):
    images, target = digits
    model = LogisticRegression(max_iter=300)
    model.fit(images[TRAINING].reshape(-1, 64), target[TRAINING])
    joblib.dump(model, tmp_path / "digits.joblib")
    (tmp_path / "classify.py").write_text(CLASSIFY)
    records = [{"image": encoded(pixels)} for pixels in images[HELD_OUT]]
    bundle = golive.pack(
        f"{tmp_path / 'classify.py'}:classify",
        records[:20],
        include=[tmp_path / "digits.joblib"],
        output=tmp_path / "m.bundle",
    )
    probabilities = model.predict_proba(images[HELD_OUT].reshape(-1, 64))

    with serve(bundle.path) as served:
        for size in BATCH_SIZES:
            answers = [p["value"] for p in post(served.client, records, size)]
            assert [a["digit"] for a in answers] == probabilities.argmax(axis=1).tolist()
            np.testing.assert_allclose(
                [a["probability"] for a in answers], probabilities.max(axis=1), rtol=1e-12
            )
        faulty = [{"image": "!"}, {"image": "AAAA"}, {"image": 7}, {}, records[0]]
        predictions = served.client.post("/predict", json=faulty).json()["predictions"]
        codes = [p["error"]["code"] if "error" in p else None for p in predictions]
        assert codes == ["bad_base64", "bad_image", "wrong_type", "missing_column", None]
