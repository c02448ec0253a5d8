"""Schemathesis over the served OpenAPI document finds no server error and no broken promise."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pandas as pd
import pytest
from sklearn.compose import make_column_transformer
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder

import golive

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


def test_five_hundred_examples_an_operation_find_no_fault(bundle, serve, tmp_path):
    with serve(bundle.path) as served:
        done = subprocess.run(
            [
                str(Path(sys.executable).with_name("schemathesis")),
                f"--config-file={HERE / 'schemathesis.toml'}",
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
