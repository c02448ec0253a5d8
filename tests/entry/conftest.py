from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from sklearn.linear_model import LogisticRegression

import golive


@pytest.fixture(scope="session")
def bundle(tmp_path_factory):
    """A packed binary model `m` of two numbers."""
    rng = np.random.default_rng(0)
    frame = pd.DataFrame({"a": rng.normal(size=60), "b": rng.normal(size=60)})
    model = LogisticRegression().fit(frame, np.where(frame["a"] > 0, "yes", "no"))
    return golive.pack(
        model, frame, name="m", output=tmp_path_factory.mktemp("wiring") / "m.bundle"
    )
