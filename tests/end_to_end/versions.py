"""Two versions of a model that answer differently, in a registry of their own."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
from sklearn.linear_model import LinearRegression
from tests.once_a_run import OnceARun

import golive
from golive.bundle.reading import Bundle
from golive.wiring.registries import open_registry

__all__ = ["Versions", "factor_bundles"]

ROWS = pd.DataFrame({"x": np.arange(50.0)})


def factor_bundles(once: OnceARun) -> tuple[Bundle, Bundle]:
    """Two bundles of the model `games`, which answer `x` and twice `x`."""

    def packed(factor: int) -> Bundle:
        model = LinearRegression(fit_intercept=False).fit(ROWS, ROWS["x"] * factor)
        pack = lambda output: golive.pack(model, ROWS, name="games", output=output)  # noqa: E731
        return once.bundle(f"factors/games-{factor}", pack)

    return packed(1), packed(2)


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
