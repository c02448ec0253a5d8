"""Bundles of a small model, one compiled and one not, and where packages can be run."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from sklearn.linear_model import LogisticRegression

import golive


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
