"""Selectors of features."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np

from golive.compiling.exporters.composing import dense_rows
from golive.compiling.exporting import Exporter, Exports, NotExportableError, gives_frames
from golive.compiling.given import Given, Made

__all__ = ["EXPORTERS"]


def _selector(selector: Any, given: Given, exports: Exports) -> Made:
    mask = np.asarray(selector.get_support())
    if not mask.any() or len(mask) != given.width:
        raise NotExportableError(f"{type(selector).__name__} that keeps no feature")
    if gives_frames(selector) and len({c.dtype == "float32" for c in given.columns}) > 1:
        raise NotExportableError(f"{type(selector).__name__} of a frame with floats of 32 bits")
    nodes, given = ([], given) if given.gives == "sparse" else dense_rows(given, exports)
    is_checked = not _allows_nan(selector)
    if is_checked and not given.is_finite:
        nodes.append(exports.step("checking.finite", given.gives, given.width))
    width = int(mask.sum())
    nodes.append(exports.step("selecting.kept", given.gives, width, arrays=_arrays(mask, given)))
    is_finite = is_checked or given.is_finite
    given = replace(given, width=width, names=None, columns=(), is_finite=is_finite)
    return Made(node=exports.pipeline(nodes), given=given)


def _arrays(mask: Any, given: Given) -> dict[str, Any]:
    if given.gives == "sparse":
        return {"places": np.where(mask, np.cumsum(mask) - 1, -1).astype(np.int32)}
    return {"kept": np.flatnonzero(mask).astype(np.int32)}


def _allows_nan(selector: Any) -> bool:
    """Whether the selector lets NaN and infinities pass, as it says itself."""
    if not hasattr(selector, "__sklearn_tags__"):
        raise NotExportableError("a selector of a scikit-learn before 1.6")
    return bool(selector.__sklearn_tags__().input_tags.allow_nan)


EXPORTERS: dict[str, Exporter] = {
    "sklearn.GenericUnivariateSelect": _selector,
    "sklearn.RFE": _selector,
    "sklearn.RFECV": _selector,
    "sklearn.SelectFdr": _selector,
    "sklearn.SelectFpr": _selector,
    "sklearn.SelectFromModel": _selector,
    "sklearn.SelectFwe": _selector,
    "sklearn.SelectKBest": _selector,
    "sklearn.SelectPercentile": _selector,
    "sklearn.SequentialFeatureSelector": _selector,
    "sklearn.VarianceThreshold": _selector,
}
