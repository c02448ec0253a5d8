"""Scalers."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from golive.compiling.exporting import Exporter, Exports, NotExportableError
from golive.compiling.given import Given, Made

__all__ = ["EXPORTERS"]


def _standard(scaler: Any, given: Given, exports: Exports) -> Made:
    arrays = {}
    if scaler.with_mean and scaler.mean_ is not None:
        if given.gives == "sparse":
            raise NotExportableError("StandardScaler with means on sparse rows")
        arrays["mean"] = scaler.mean_
    if scaler.with_std and scaler.scale_ is not None:
        arrays["scale"] = scaler.scale_
    nodes = []
    if not given.is_finite:
        nodes.append(exports.step("checking.no_infinity", given.gives, given.width))
    nodes.append(exports.step("scaling.standard", given.gives, given.width, arrays=arrays))
    return Made(node=exports.pipeline(nodes), given=replace(given, names=None, is_finite=False))


EXPORTERS: dict[str, Exporter] = {"sklearn.StandardScaler": _standard}
