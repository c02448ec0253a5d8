"""Convolutional nets answer image files over HTTP as they answer the arrays in process."""

from __future__ import annotations

import subprocess
import sys

import numpy as np
import pytest
from tests.end_to_end.agreement import BATCH_SIZES, assert_same_labels, post
from tests.end_to_end.live_server import child_environment
from tests.frameworks import onnx_models
from tests.frameworks.picture_files import (
    ASKED,
    ASKED_LABELS,
    TRAIN,
    TRAIN_LABELS,
    encoded,
    shares,
    write_folder,
)

import golive

pytest.importorskip("PIL", reason="pillow is not installed")
pytestmark = [
    pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning"),
    pytest.mark.filterwarnings("ignore:`torch.jit.*deprecated:DeprecationWarning"),
]


def assert_images_agree(client, name, expected, labels):
    records = [{name: encoded(pixels)} for pixels in ASKED]
    assert len(records) >= 200
    for size in BATCH_SIZES:
        predictions = post(client, records, size)
        given = [list(each["probabilities"].values()) for each in predictions]
        np.testing.assert_allclose(given, expected, rtol=1e-4, atol=1e-6)
        assert_same_labels(predictions, np.array(labels)[expected.argmax(axis=1)])


def golive_pack(directory, *arguments):
    command = [sys.executable, "-m", "golive", "pack", *arguments, "-o", "m.bundle"]
    subprocess.run(command, cwd=directory, env=child_environment(), check=True)


@pytest.fixture(scope="module")
def keras_net():
    """Takes (8, 8, 1), gives shares."""
    keras = pytest.importorskip("keras", reason="keras is not installed")
    keras.utils.set_random_seed(5)
    model = keras.Sequential(
        [
            keras.Input((8, 8, 1), name="digit"),
            keras.layers.Conv2D(8, 3, activation="relu"),
            keras.layers.Flatten(),
            keras.layers.Dense(10, activation="softmax"),
        ]
    )
    model.compile("adam", "sparse_categorical_crossentropy")
    model.fit(shares(TRAIN)[..., np.newaxis], TRAIN_LABELS, epochs=6, verbose=0)
    return model


@pytest.fixture(scope="module")
def torch_net():
    """Takes (1, 8, 8), gives logits."""
    torch = pytest.importorskip("torch", reason="torch is not installed")
    net = torch.nn.Sequential(
        torch.nn.Conv2d(1, 8, 3), torch.nn.ReLU(), torch.nn.Flatten(), torch.nn.Linear(288, 10)
    )
    return onnx_models.train_digits(net, shares(TRAIN)[:, np.newaxis], TRAIN_LABELS)


def shares_of(net):
    import torch

    with torch.inference_mode():
        logits = net(torch.tensor(shares(ASKED)[:, np.newaxis]))
    return torch.softmax(logits.double(), 1).numpy()


def test_keras_takes_image_files_for_the_arrays_of_its_sample(keras_net, tmp_path, serve):
    keras_net.save(tmp_path / "net.keras")
    sample = {"digit": shares(TRAIN)[..., np.newaxis], "y": TRAIN_LABELS}
    held_out = {"digit": shares(ASKED)[..., np.newaxis], "y": ASKED_LABELS}
    bundle = golive.pack(
        tmp_path / "net.keras",
        sample,
        target="y",
        images="digit",
        eval=held_out,
        output=tmp_path / "m.bundle",
    )
    expected = keras_net.predict(shares(ASKED)[..., np.newaxis], verbose=0)

    with serve(bundle.path) as served:
        assert_images_agree(served.client, "digit", expected, list(range(10)))

    [column] = bundle.signature.columns
    assert (column.type, column.shape, column.pixel_layout) == ("image", (8, 8, 1), "hwc")
    assert (column.pixel_scale, column.on_null) == ("0..1", "error")
    assert bundle.profile.evaluation.metrics["accuracy"] > 0.5


def test_keras_takes_a_folder_of_images_from_the_command_line(keras_net, tmp_path, serve_apart):
    keras_net.save(tmp_path / "net.h5")
    write_folder(tmp_path / "photos")
    golive_pack(tmp_path, "net.h5", "--data", "photos", "--target", "digit", "--pixels", "0..1")
    expected = keras_net.predict(shares(ASKED)[..., np.newaxis], verbose=0)

    with serve_apart(tmp_path / "m.bundle") as served:
        assert_images_agree(served.client, "image", expected, list("0123456789"))


def save_exported(net, path):
    import torch

    batch = ({0: torch.export.Dim("batch")},)
    example = torch.tensor(shares(TRAIN[:3])[:, np.newaxis])
    with path.open("wb") as file:
        torch.export.save(torch.export.export(net, (example,), dynamic_shapes=batch), file)


def save_scripted(net, path):
    import torch

    torch.jit.save(torch.jit.script(net), path)


def save_onnx(net, path):
    pytest.importorskip("onnxruntime", reason="onnxruntime is not installed")
    onnx_models.export_network(path, net, shares(TRAIN[:3])[:, np.newaxis])


SAVED = [("net.pt2", save_exported), ("net.pt", save_scripted), ("net.onnx", save_onnx)]


@pytest.mark.parametrize(("name", "save"), SAVED, ids=[name for name, _ in SAVED])
def test_channels_first_are_found_from_arrays_and_from_a_folder(
    torch_net, tmp_path, serve, name, save
):
    save(torch_net, tmp_path / name)
    write_folder(tmp_path / "photos")
    photos = golive.pack(
        tmp_path / name,
        tmp_path / "photos",
        target="digit",
        pixels="0..1",
        output=tmp_path / "photos.bundle",
    )
    arrays = golive.pack(
        tmp_path / name,
        {"photo": shares(TRAIN)[:, np.newaxis], "digit": TRAIN_LABELS},
        target="digit",
        images="photo",
        output=tmp_path / "arrays.bundle",
    )

    with serve(photos.path) as served:
        assert_images_agree(served.client, "image", shares_of(torch_net), list("0123456789"))
    with serve(arrays.path) as served:
        assert_images_agree(served.client, "photo", shares_of(torch_net), list(range(10)))

    [column] = arrays.signature.columns
    assert (column.type, column.shape, column.pixel_layout) == ("image", (8, 8, 1), "chw")


def test_bytes_of_pixels_are_scaled_as_the_model_takes_them(torch_net, tmp_path, serve):
    save_exported(torch_net, tmp_path / "net.pt2")
    np.savez(tmp_path / "train.npz", photo=TRAIN, digit=TRAIN_LABELS)
    np.savez(tmp_path / "held_out.npz", photo=ASKED, digit=ASKED_LABELS)
    golive_pack(
        tmp_path,
        *("net.pt2", "--data", "train.npz", "--target", "digit", "--eval", "held_out.npz"),
        *("--image", "photo", "--pixels", "0..1"),
    )

    with serve(tmp_path / "m.bundle") as served:
        assert_images_agree(served.client, "photo", shares_of(torch_net), list(range(10)))
