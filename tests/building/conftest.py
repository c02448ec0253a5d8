"""Packages that are put together by hand, and bundles of a small model to build some of."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import zipfile
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from sklearn.linear_model import LogisticRegression
from tests.entry.conftest import bundle  # noqa: F401 - the same small model

import golive

HANDLER = "from golive.entry.aws_lambda import handler\n\n__all__ = ['handler']\n"


@pytest.fixture(scope="session")
def lambda_python():
    """A Python with AWS's runtime client."""
    return os.environ.get("GOLIVE_TEST_LAMBDA_PYTHON") or sys.executable


@pytest.fixture(scope="session")
def package(bundle, lambda_python, tmp_path_factory):  # noqa: F811
    """A zip with golive, msgspec for that Python, and the small model."""
    probe = "import json, msgspec; print(json.dumps(msgspec.__path__[0]))"
    told = subprocess.run([lambda_python, "-I", "-c", probe], capture_output=True, check=True)
    target = tmp_path_factory.mktemp("package") / "deploy.zip"
    folders = {
        "golive": Path(golive.__file__).parent,
        "msgspec": Path(json.loads(told.stdout)),
        "bundle": bundle.path,
    }
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("handler.py", HANDLER)
        for name, folder in folders.items():
            for file in sorted(folder.rglob("*")):
                if file.is_file() and "__pycache__" not in file.parts:
                    archive.write(file, f"{name}/{file.relative_to(folder)}")
    return target


@pytest.fixture
def zip_of(tmp_path):
    """Make a zip of one handler."""

    def make(handler: str) -> Path:
        target = tmp_path / "small.zip"
        with zipfile.ZipFile(target, "w") as archive:
            archive.writestr("handler.py", handler)
        return target

    return make


@pytest.fixture(scope="session")
def pack_small(tmp_path_factory):
    """Packs a model of two numbers, compiled or not."""

    def pack(name, *, compile):  # noqa: A002 - golive's word
        rng = np.random.default_rng(0)
        frame = pd.DataFrame({"a": rng.normal(size=60), "b": rng.normal(size=60)})
        model = LogisticRegression().fit(frame, np.where(frame["a"] > 0, "yes", "no"))
        output = tmp_path_factory.mktemp("building") / f"{name}.bundle"
        return golive.pack(model, frame, name=name, output=output, compile=compile)

    return pack


@pytest.fixture(scope="session")
def compiled(pack_small):
    """A bundle whose compiled program answers."""
    return pack_small("games", compile=True)


@pytest.fixture(scope="session")
def original(pack_small):
    """A bundle that was not compiled."""
    return pack_small("original", compile=False)
