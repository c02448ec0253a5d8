"""Bundles of small models that many tests only read, packed once a run."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
from sklearn.linear_model import LogisticRegression
from tests.once_a_run import OnceARun

import golive
from golive.bundle.reading import Bundle

__all__ = ["binary_bundle"]


def binary_bundle(once: OnceARun, name: str) -> Bundle:
    """A binary model of two numbers `a` and `b`: whether `a` is positive, as `yes` or `no`."""

    def pack(output: Path) -> None:
        rng = np.random.default_rng(0)
        frame = pd.DataFrame({"a": rng.normal(size=60), "b": rng.normal(size=60)})
        model = LogisticRegression().fit(frame, np.where(frame["a"] > 0, "yes", "no"))
        golive.pack(model, frame, name=name, output=output)

    return once.bundle(f"binary/{name}", pack)
