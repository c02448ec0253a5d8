"""Versions of one small model, packed for real: a good one, a worse one and others."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
from sklearn.linear_model import LogisticRegression
from tests.once_a_run import OnceARun

import golive

__all__ = ["SmallVersions"]


class SmallVersions:
    """Bundles of a binary model `games`, each packed when it is first asked for.

    Args:
        once: Where, for all processes that share it.
    """

    def __init__(self, once: OnceARun) -> None:
        self._once = once

    @property
    def good(self) -> Path:
        """Has learned what the labels are made of."""
        return self._packed("good")

    @property
    def worse(self) -> Path:
        """Has learned something else."""
        return self._packed("worse")

    @property
    def breaking(self) -> Path:
        """Needs a column that no caller gives yet."""
        return self._packed("breaking")

    @property
    def held_out(self) -> Path:
        """A CSV of 400 labelled rows that none has seen; `won` is the truth."""
        folder = self._once.folder("games/held_out", _write_held_out)
        return folder / "held_out.csv"

    def _packed(self, name: str) -> Path:
        return self._once.bundle(f"games/{name}", lambda output: _pack(name, output)).path


def _write_held_out(folder: Path) -> None:
    _sample(seed=1).to_csv(folder / "held_out.csv", index=False)


def _pack(name: str, output: Path) -> None:
    sample = _sample(seed=0)
    columns = ["a", "b", "c"] if name == "breaking" else ["a", "b"]
    wrong = np.where(sample["b"] > 0, "yes", "no")
    model = LogisticRegression().fit(sample[columns], wrong if name == "worse" else sample["won"])
    data = sample[[*columns, "won"]]
    golive.pack(model, data, target="won", name="games", output=output)


def _sample(*, seed: int) -> pd.DataFrame:
    rng = np.random.default_rng(seed)
    frame = pd.DataFrame(rng.normal(size=(400, 3)).round(6), columns=["a", "b", "c"])
    chance = 1 / (1 + np.exp(-3 * frame["a"]))
    return frame.assign(won=np.where(rng.random(400) < chance, "yes", "no"))
