"""PyTorch models over HTTP answer as PyTorch does in process, on at least 200 held-out rows."""

from __future__ import annotations

import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
from tests.end_to_end.agreement import BATCH_SIZES, assert_same_labels, assert_same_scores, post
from tests.end_to_end.live_server import child_environment
from tests.frameworks.torch_models import (
    HELD_OUT,
    NAMES,
    export,
    make_table,
    tensor_of,
    torch,
    train_classifier,
    train_regression,
)

import golive

pytestmark = pytest.mark.filterwarnings("ignore:`torch.jit.*deprecated:DeprecationWarning")
CLOSE = 1e-5


@pytest.fixture(scope="module")
def table():
    return make_table()


@pytest.fixture(scope="module")
def classifier(table):
    return train_classifier(table.iloc[:-HELD_OUT])


def sample_of(table, *, without):
    return table.iloc[:-HELD_OUT].drop(columns=without)


def held_out(table):
    return table[NAMES].tail(HELD_OUT).to_dict("records")


def shares_of(model, table):
    with torch.inference_mode():
        return torch.softmax(model(tensor_of(table.tail(HELD_OUT))).double(), 1).numpy()


def assert_three_classes_agree(client, records, expected):
    for size in BATCH_SIZES:
        predictions = post(client, records, size)
        given = [list(each["probabilities"].values()) for each in predictions]
        np.testing.assert_allclose(given, expected, rtol=CLOSE, atol=1e-7)
        assert_same_labels(predictions, expected.argmax(axis=1))


def save_exported(model, table, path):
    with path.open("wb") as file:
        torch.export.save(export(model, tensor_of(table)), file)


def save_fixed(model, table, path):
    with path.open("wb") as file:
        torch.export.save(export(model, tensor_of(table)[:4], batch=False), file)


def save_scripted(model, table, path):
    torch.jit.save(torch.jit.script(model), path)


@pytest.mark.parametrize(
    ("name", "save"),
    [("net.pt2", save_exported), ("fixed.pt2", save_fixed), ("net.pt", save_scripted)],
)
def test_logits_become_the_probabilities_of_their_softmax(
    table, classifier, tmp_path, serve, name, save
):
    save(classifier, table, tmp_path / name)
    bundle = golive.pack(
        tmp_path / name,
        sample_of(table, without="price"),
        target="third",
        output=tmp_path / "m.bundle",
    )

    with serve(bundle.path) as served:
        assert_three_classes_agree(served.client, held_out(table), shares_of(classifier, table))

    assert bundle.signature.output.activation == "softmax"
    assert f"torch=={torch.__version__.partition('+')[0]}" in bundle.requirements


def test_a_regression_from_memory_agrees_in_many_threads_and_refuses_a_null(
    table, tmp_path, serve_apart
):
    model = train_regression(table.iloc[:-HELD_OUT])
    bundle = golive.pack(
        model,
        sample_of(table, without="third"),
        target="price",
        name="prices",
        output=tmp_path / "m.bundle",
    )
    records = held_out(table)
    with torch.inference_mode():
        expected = model(tensor_of(table.tail(HELD_OUT))).numpy()[:, 0].astype(float)
    parts = [slice(at, at + 1 + at % 11) for at in range(0, HELD_OUT - 11, 3)]

    with serve_apart(bundle.path) as served:
        for size in BATCH_SIZES:
            assert_same_scores(post(served.client, records, size), expected, relative=1e-4)
        with ThreadPoolExecutor(8) as pool:
            ask = lambda part: served.client.post("/predict", json=records[part])  # noqa: E731
            answers = list(pool.map(ask, parts))
        mixed = served.client.post("/predict", json=[{**records[0], "b": None}, records[1]])

    for part, answer in zip(parts, answers, strict=True):
        assert_same_scores(answer.json()["predictions"], expected[part], relative=1e-4)
    refused, answered = mixed.json()["predictions"]
    assert bundle.manifest.model.loader == "torch-export"
    assert (refused["error"]["code"], refused["error"]["field"]) == ("null_not_allowed", "b")
    assert answered["score"] == pytest.approx(expected[1], rel=1e-4)


SCRIPT = """
import numpy as np
import pandas as pd
import torch

WIDTH = 8


class Net(torch.nn.Module):
    def __init__(self):
        super().__init__()
        self.layers = torch.nn.Sequential(
            torch.nn.Linear(4, WIDTH), torch.nn.Tanh(), torch.nn.Linear(WIDTH, 1)
        )

    def forward(self, x):
        return torch.sigmoid(self.layers(x)).squeeze(1)


table = pd.read_csv("train.csv")
x = torch.tensor(table[["a", "b", "c", "d"]].to_numpy("float32"))
y = torch.tensor((table["price"] > 0).to_numpy("float32"))
model = Net()
optimizer = torch.optim.Adam(model.parameters(), lr=0.05)
for _ in range(60):
    optimizer.zero_grad()
    torch.nn.functional.binary_cross_entropy(model(x), y).backward()
    optimizer.step()
torch.save(model, "net.pth")
held_out = pd.read_csv("held_out.csv")
with torch.inference_mode():
    np.save("expected.npy", model(torch.tensor(held_out.to_numpy("float32"))).numpy())
"""


def test_a_pickled_module_of_a_script_agrees(table, tmp_path, serve):
    home = tmp_path / "project"
    home.mkdir()
    sample = sample_of(table, without="third")
    sample.to_csv(home / "train.csv", index=False)
    sample.assign(price=(sample.price > 0).astype(int)).to_csv(home / "sample.csv", index=False)
    table[NAMES].tail(HELD_OUT).to_csv(home / "held_out.csv", index=False)
    (home / "train.py").write_text(SCRIPT)
    environment = child_environment()
    subprocess.run([sys.executable, "train.py"], cwd=home, env=environment, check=True)
    command = [sys.executable, "-m", "golive", "pack", "net.pth", "--code", "train.py"]
    command += ["--data", "sample.csv", "--target", "price", "-o", "../m.bundle"]
    subprocess.run(command, cwd=home, env=environment, check=True)
    expected = np.load(home / "expected.npy").astype(float)
    (home / "train.py").unlink()

    with serve(tmp_path / "m.bundle") as served:
        for size in BATCH_SIZES:
            predictions = post(served.client, held_out(table), size)
            assert_same_scores(predictions, expected, relative=CLOSE)
            assert_same_labels(predictions, (expected >= 0.5).astype(int))
