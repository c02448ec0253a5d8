"""Schemathesis over the served OpenAPI document finds no server error and no broken promise."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from msgspec.structs import replace
from sklearn.compose import make_column_transformer
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import FunctionTransformer, OneHotEncoder

import golive
from golive.signature.toml_format import dumps

pytestmark = [pytest.mark.slow, pytest.mark.timeout(900)]
HERE = Path(__file__).parent


@pytest.fixture
def bundle(tmp_path):
    frame = pd.DataFrame(
        {
            "age": [20, 30, 40, None] * 15,
            "hours": [10, 20, 30, 41, 52] * 12,
            "city": ["Oslo", "Rome", "Bonn"] * 20,
            "member": [True, False] * 30,
        }
    )
    target = pd.Series([0, 1, 1] * 20)
    model = make_pipeline(
        make_column_transformer(
            (SimpleImputer(), ["age", "hours"]),
            (OneHotEncoder(handle_unknown="ignore"), ["city"]),
            ("passthrough", ["member"]),
        ),
        LogisticRegression(max_iter=500),
    ).fit(frame, target)
    return golive.pack(model, frame.assign(y=target), target="y", output=tmp_path / "m.bundle")


STEPS = """
import numpy as np

def features(frame):
    colours = np.stack([np.asarray(photo).mean(axis=(0, 1)) for photo in frame["photo"]])
    sizes = np.array([[len(blob)] for blob in frame["blob"]])
    grids = np.clip(np.array(frame["grid"].tolist()), -10, 10).reshape(len(frame), -1)
    return np.hstack([colours, sizes, grids])
"""


@pytest.fixture
def media_bundle(tmp_path, monkeypatch):
    """A model of an image, bytes and nested lists, with limits that examples can reach."""
    (tmp_path / "steps.py").write_text(STEPS)
    monkeypatch.syspath_prepend(tmp_path)
    import steps

    random = np.random.default_rng(0)
    frame = pd.DataFrame(
        {
            "photo": list(random.integers(0, 256, (40, 4, 6, 3), np.uint8)),
            "blob": [random.bytes(n % 7) for n in range(40)],
            "grid": list(random.normal(size=(40, 2, 3))),
        }
    )
    target = pd.Series([0, 1] * 20)
    model = make_pipeline(FunctionTransformer(steps.features), LogisticRegression(max_iter=500))
    packed = golive.pack(
        model.fit(frame, target),
        frame.assign(y=target),
        target="y",
        images="photo",
        code=[tmp_path / "steps.py"],
        output=tmp_path / "wide.bundle",
    )
    photo, blob, grid = packed.signature.columns
    limited = (replace(photo, max_bytes=3_000, max_pixels=900), replace(blob, max_bytes=300), grid)
    (tmp_path / "limited.toml").write_text(dumps(replace(packed.signature, columns=limited)))
    sys.modules.pop("steps")
    return golive.repack(
        packed.path, signature=tmp_path / "limited.toml", output=tmp_path / "m.bundle"
    )


@pytest.mark.parametrize("examples", [80, pytest.param(500, marks=pytest.mark.soak)])
def test_examples_find_no_fault(bundle, serve, tmp_path, examples):
    with serve(bundle.path) as served:
        fuzz(served, tmp_path, examples=examples)


def test_a_model_of_images_bytes_and_nested_lists_has_no_fault(media_bundle, serve, tmp_path):
    assert [c.type for c in media_bundle.signature.columns] == ["image", "bytes", "vector"]
    with serve(media_bundle.path) as served:
        fuzz(served, tmp_path, config="schemathesis_media.toml")


def fuzz(served, tmp_path, *, config="schemathesis.toml", examples=500):
    """Run Schemathesis over all operations of a served model, with most examples of /predict."""
    text = (HERE / config).read_text()
    own = tmp_path / config
    own.write_text(text.replace("max-examples = 500", f"max-examples = {examples}"))
    done = subprocess.run(
        [
            str(Path(sys.executable).with_name("schemathesis")),
            f"--config-file={own}",
            "run",
            f"{served.client.base_url}/openapi.json",
            "--checks=all",
            "--seed=20261120",
            "--no-color",
            "--suppress-health-check=all",
        ],
        capture_output=True,
        text=True,
        timeout=800,
        cwd=tmp_path,
        env={**os.environ, "SCHEMATHESIS_HOOKS": "fuzzing_hooks", "PYTHONPATH": str(HERE)},
        check=False,
    )
    print(done.stdout[-6000:])

    assert done.returncode == 0, done.stdout[-6000:]
    assert "20261120" in done.stdout
