"""Scalers."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np

from golive.compiling.exporters.composing import dense_rows
from golive.compiling.exporting import Exporter, Exports, NotExportableError
from golive.compiling.given import Given, Made

__all__ = ["EXPORTERS", "Rows", "rounded"]


class Rows:
    """The steps of a transformer of rows of numbers, one after another.

    Args:
        given: What the transformer gets; made dense, but that sparse rows may stay sparse.
        exports: Where the steps are kept.
        keeps_sparse: Whether sparse rows stay sparse.
    """

    def __init__(self, given: Given, exports: Exports, *, keeps_sparse: bool = False) -> None:
        self._exports = exports
        self.nodes: list[dict[str, Any]] = []
        self.given = given
        if given.gives == "sparse":
            if not keeps_sparse:
                raise NotExportableError("sparse rows for a transformer of dense ones")
        else:
            self.nodes, self.given = dense_rows(given, exports)

    def check(self, name: str) -> None:
        """Refuse `finite` (NaN and infinities) or `no_infinity`, unless that has been done."""
        if not self.given.is_finite:
            self.add(f"checking.{name}")

    def add(self, op: str, **members: Any) -> None:
        """Add a step that gives as many values as it gets."""
        self.nodes.append(self._exports.step(op, self.given.gives, self.given.width, **members))

    def add_float(self, op: str, **members: Any) -> None:
        """Add a step whose results are rounded where the original's array has 32 bits."""
        self.add(op, **members)
        if self.given.is_float32:
            self.add("checking.float32")

    def made(self, **changes: Any) -> Made:
        """All steps as one, and what they give: as what was given, but for the changes."""
        after = {"names": None, "is_finite": False, **changes}
        same = self._exports.step("composing.same", self.given.gives, self.given.width)
        node = self._exports.pipeline(self.nodes or [same])
        return Made(node=node, given=replace(self.given, **after))


def rounded(values: Any, given: Given) -> Any:
    """Values as the original has them beside an array of 32-bit floats."""
    if not given.is_float32:
        return np.asarray(values, dtype=np.float64)
    return np.asarray(values, dtype=np.float32).astype(np.float64)


def _standard(scaler: Any, given: Given, exports: Exports) -> Made:
    rows = Rows(given, exports, keeps_sparse=True)
    if scaler.with_mean and given.gives == "sparse":
        raise NotExportableError("StandardScaler with means of sparse rows")
    rows.check("no_infinity")
    _shift(rows, scaler.mean_ if scaler.with_mean else None, scaler.scale_)
    return rows.made()


def _shift(rows: Rows, mean: Any, scale: Any) -> None:
    """`(x - mean) / scale`; of 32-bit floats each is rounded by itself."""
    if rows.given.is_float32:
        if mean is not None:
            rows.add_float("scaling.standard", arrays={"mean": rounded(mean, rows.given)})
        if scale is not None:
            rows.add_float("scaling.standard", arrays={"scale": rounded(scale, rows.given)})
        return
    both = {"mean": mean, "scale": scale}
    arrays = {name: rounded(v, rows.given) for name, v in both.items() if v is not None}
    if arrays:
        rows.add("scaling.standard", arrays=arrays)


def _robust(scaler: Any, given: Given, exports: Exports) -> Made:
    rows = Rows(given, exports, keeps_sparse=not scaler.with_centering)
    rows.check("no_infinity")
    center = scaler.center_ if scaler.with_centering else None
    _shift(rows, center, scaler.scale_ if scaler.with_scaling else None)
    return rows.made()


def _largest(scaler: Any, given: Given, exports: Exports) -> Made:
    rows = Rows(given, exports, keeps_sparse=True)
    rows.check("no_infinity")
    _shift(rows, None, scaler.scale_)
    if getattr(scaler, "clip", False):
        if given.gives == "sparse":
            raise NotExportableError("MaxAbsScaler that clips sparse rows")
        rows.add("scaling.clip", args={"least": -1.0, "most": 1.0})
    return rows.made()


def _range(scaler: Any, given: Given, exports: Exports) -> Made:
    rows = Rows(given, exports)
    rows.check("no_infinity")
    if rows.given.is_float32:
        zeros = np.zeros(given.width)
        scale, offset = rounded(scaler.scale_, rows.given), rounded(scaler.min_, rows.given)
        rows.add_float("scaling.range", arrays={"scale": scale, "offset": zeros})
        rows.add_float("scaling.range", arrays={"scale": zeros + 1.0, "offset": offset})
    else:
        rows.add("scaling.range", arrays={"scale": scaler.scale_, "offset": scaler.min_})
    if scaler.clip:
        least, most = rounded(scaler.feature_range, rows.given).tolist()
        rows.add("scaling.clip", args={"least": least, "most": most})
    return rows.made()


def _norm(normalizer: Any, given: Given, exports: Exports) -> Made:
    rows = Rows(given, exports, keeps_sparse=True)
    if rows.given.is_float32:
        raise NotExportableError("Normalizer of 32-bit floats")
    rows.check("finite")
    least = 5e-324 if given.gives == "sparse" else 10.0 * float(np.finfo(np.float64).eps)
    rows.add("scaling.norm", args={"norm": normalizer.norm, "least": least})
    return rows.made()


def _binary(binarizer: Any, given: Given, exports: Exports) -> Made:
    rows = Rows(given, exports, keeps_sparse=binarizer.threshold >= 0)
    rows.check("finite")
    threshold = float(rounded(binarizer.threshold, rows.given))
    rows.add("scaling.binary", args={"threshold": threshold})
    return rows.made(is_finite=True)


EXPORTERS: dict[str, Exporter] = {
    "sklearn.StandardScaler": _standard,
    "sklearn.RobustScaler": _robust,
    "sklearn.MaxAbsScaler": _largest,
    "sklearn.MinMaxScaler": _range,
    "sklearn.Normalizer": _norm,
    "sklearn.Binarizer": _binary,
}
