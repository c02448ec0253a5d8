"""Versions of one small model, packed for real: a good one, a worse one and others."""

from __future__ import annotations

from functools import cached_property
from pathlib import Path

import numpy as np
import pandas as pd
from sklearn.linear_model import LogisticRegression

import golive

__all__ = ["SmallVersions"]


class SmallVersions:
    """Bundles of a binary model `games`, each packed when it is first asked for.

    Args:
        folder: Where.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    @cached_property
    def good(self) -> Path:
        """Has learned what the labels are made of."""
        sample = _sample(seed=0)
        return self._packed("good", ["a", "b"], sample["won"], sample)

    @cached_property
    def worse(self) -> Path:
        """Has learned something else."""
        sample = _sample(seed=0)
        wrong = np.where(sample["b"] > 0, "yes", "no")
        return self._packed("worse", ["a", "b"], wrong, sample)

    @cached_property
    def breaking(self) -> Path:
        """Needs a column that no caller gives yet."""
        sample = _sample(seed=0)
        return self._packed("breaking", ["a", "b", "c"], sample["won"], sample)

    @cached_property
    def held_out(self) -> Path:
        """A CSV of 400 labelled rows that none has seen; `won` is the truth."""
        file = self._folder / "held_out.csv"
        _sample(seed=1).to_csv(file, index=False)
        return file

    def _packed(self, name: str, columns: list[str], truths: object, sample: pd.DataFrame) -> Path:
        model = LogisticRegression().fit(sample[columns], truths)
        output = self._folder / f"{name}.bundle"
        data = sample[[*columns, "won"]]
        golive.pack(model, data, target="won", name="games", output=output)
        return output


def _sample(*, seed: int) -> pd.DataFrame:
    rng = np.random.default_rng(seed)
    frame = pd.DataFrame(rng.normal(size=(400, 3)).round(6), columns=["a", "b", "c"])
    chance = 1 / (1 + np.exp(-3 * frame["a"]))
    return frame.assign(won=np.where(rng.random(400) < chance, "yes", "no"))
