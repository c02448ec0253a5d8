"""The income example, served, for the clients of other projects."""

from __future__ import annotations

import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import joblib
import pandas as pd
import pytest
from tests.end_to_end.agreement import records_of
from tests.end_to_end.live_server import EXAMPLES, child_environment, serving

import golive
from golive.bundle.reading import Bundle

ROWS = 220


@dataclass(frozen=True)
class Income:
    """The example's bundle, rows that it has not seen, and what its model says of them itself.

    Attributes:
        bundle: As packed.
        frame: The rows without nulls, and `records` the same as JSON.
        scores: P(>50K) of each.
        labels: Of each.
    """

    bundle: Bundle
    frame: pd.DataFrame
    records: list[dict]
    scores: list[float]
    labels: list[str]


@dataclass(frozen=True)
class Site:
    """Where the example is served: alone, or together with a copy of another name."""

    url: str
    host: str
    port: int
    version: str
    whole_id: str


@pytest.fixture(scope="session")
def income(tmp_path_factory) -> Income:
    home = tmp_path_factory.mktemp("income") / "income"
    shutil.copytree(EXAMPLES / "income", home)
    subprocess.run(
        [sys.executable, "train.py"], cwd=home, env=child_environment(), check=True, timeout=120
    )
    bundle = golive.pack(
        home / "model.joblib",
        home / "train.csv",
        target="income",
        name="income",
        output=home / "income.bundle",
    )
    names = [column.name for column in bundle.signature.columns]
    frame = pd.read_csv(home / "held_out.csv")[names].dropna().head(ROWS).reset_index(drop=True)
    assert len(frame) == ROWS
    model = joblib.load(home / "model.joblib")
    positive = list(model.classes_).index(bundle.signature.output.positive)
    return Income(
        bundle=bundle,
        frame=frame,
        records=records_of(frame),
        scores=model.predict_proba(frame)[:, positive].tolist(),
        labels=model.predict(frame).tolist(),
    )


def _site(served, bundle) -> Site:
    url = served.client.base_url
    return Site(
        url=f"http://{url.host}:{url.port}",
        host=url.host,
        port=url.port,
        version=bundle.manifest.id[:12],
        whole_id=bundle.manifest.id,
    )


@pytest.fixture(scope="session")
def site(income, tmp_path_factory):
    """The example, served alone."""
    with serving(income.bundle.path, tmp_path_factory.mktemp("alone")) as served:
        yield _site(served, income.bundle)


@pytest.fixture(scope="session")
def crowd(income, tmp_path_factory):
    """The example together with a copy of it that is named `other`."""
    folder: Path = tmp_path_factory.mktemp("crowd")
    command = ["repack", str(income.bundle.path), "--name", "other", "-o", "other.bundle"]
    subprocess.run(
        [sys.executable, "-m", "golive", *command], cwd=folder, env=child_environment(), check=True
    )
    with serving(income.bundle.path, folder, str(folder / "other.bundle")) as served:
        yield _site(served, income.bundle)
