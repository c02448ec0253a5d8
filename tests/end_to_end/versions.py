"""Two versions of a model that answer differently, in a registry of their own."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
from sklearn.linear_model import LinearRegression

import golive
from golive.bundle.reading import Bundle
from golive.wiring.registries import open_registry

__all__ = ["Versions", "pack_factor"]

ROWS = pd.DataFrame({"x": np.arange(50.0)})


def pack_factor(factor: float, folder: Path) -> Bundle:
    """Pack the model `games` that answers `factor` times `x`."""
    model = LinearRegression(fit_intercept=False).fit(ROWS, ROWS["x"] * factor)
    return golive.pack(model, ROWS, name="games", output=folder / f"games-{factor:g}.bundle")


class Versions:
    """Versions 1 and 2 of `games`, which answer 1 and 2 times `x`; `prod` is version 1.

    Attributes:
        registry: The registry.
        folder: Where it is.
        factors: Short id of each version to what it multiplies with.
    """

    def __init__(self, folder: Path, bundles: tuple[Bundle, Bundle]) -> None:
        self.folder = folder
        self.registry = open_registry(str(folder))
        self.factors = {bundle.version: factor for factor, bundle in enumerate(bundles, 1)}
        for bundle in bundles:
            self.registry.push(bundle)
        self.promote(1)

    def promote(self, version: int, alias: str = "prod") -> None:
        """Let `prod` stand for a version."""
        self.registry.move("games", alias, version)

    def version_of(self, factor: int) -> str:
        """The short id of a version."""
        return next(version for version, known in self.factors.items() if known == factor)
