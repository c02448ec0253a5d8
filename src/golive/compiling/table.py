"""The table of exporters: class name to what exports it, family by family."""

from __future__ import annotations

from golive.compiling.exporters import (
    bayes,
    bending,
    boosting,
    combining,
    composing,
    decomposing,
    encoding,
    ensembles,
    histogram_boosting,
    imputing,
    lightgbm,
    linear,
    neighbors,
    neural,
    scaling,
    selecting,
    splines,
    svm,
    targets,
    text,
    trees,
    xgboost,
)
from golive.compiling.exporting import Exporter

__all__ = ["EXPORTERS"]

_FAMILIES = (
    bayes, bending, boosting, combining, composing, decomposing, encoding, ensembles,
    histogram_boosting, imputing, lightgbm, linear, neighbors, neural, scaling, selecting,
    splines, svm, targets, text, trees, xgboost,
)  # fmt: skip
EXPORTERS: dict[str, Exporter] = {
    name: exporter for family in _FAMILIES for name, exporter in family.EXPORTERS.items()
}
