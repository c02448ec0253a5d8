"""Decompositions."""

from __future__ import annotations

from typing import Any

import numpy as np

from golive.compiling.exporters.composing import dense_rows
from golive.compiling.exporters.linear import weights_of
from golive.compiling.exporting import Exporter, Exports, NotExportableError
from golive.compiling.given import Given, Made

__all__ = ["EXPORTERS"]


def _truncated(model: Any, given: Given, exports: Exports) -> Made:
    return _projected(model, given, exports)


def _principal(model: Any, given: Given, exports: Exports) -> Made:
    components = model.components_
    offsets = -(np.reshape(model.mean_, (1, -1)) @ components.T).ravel()
    return _projected(model, given, exports, offsets=offsets, scales=_whitening(model))


def _incremental(model: Any, given: Given, exports: Exports) -> Made:
    if given.gives == "sparse":
        raise NotExportableError("IncrementalPCA on sparse rows")
    return _principal(model, given, exports)


def _whitening(model: Any) -> Any:
    """What whitened components are divided by; too small ones are lifted, as the original does."""
    if not model.whiten:
        return None
    scales = np.sqrt(model.explained_variance_)
    return np.maximum(scales, np.finfo(scales.dtype).eps)


def _factors(model: Any, given: Given, exports: Exports) -> Made:
    weighted = model.components_ / model.noise_variance_
    covariance = np.linalg.inv(np.eye(len(weighted)) + weighted @ model.components_.T)
    # In two steps, as in the original: what is too large in between is refused after.
    sums = _projected(model, given, exports, components=weighted, means=model.mean_)
    assert sums.given is not None
    made = _projected(model, sums.given, exports, components=covariance.T)
    return Made(node=exports.pipeline([sums.node, made.node]), given=made.given)


def _independent(model: Any, given: Given, exports: Exports) -> Made:
    return _projected(model, given, exports, means=model.mean_ if model.whiten else None)


def _random(model: Any, given: Given, exports: Exports) -> Made:
    components = model.components_
    if hasattr(components, "toarray"):
        if given.gives == "sparse" and not model.dense_output:
            raise NotExportableError("SparseRandomProjection of sparse rows to sparse rows")
        components = components.toarray()
    return _projected(model, given, exports, components=components)


def _projected(
    model: Any,
    given: Given,
    exports: Exports,
    *,
    components: Any = None,
    offsets: Any = 0.0,
    **options: Any,
) -> Made:
    components = model.components_ if components is None else components
    nodes, given = ([], given) if given.gives == "sparse" else dense_rows(given, exports)
    extra = {name: values for name, values in options.items() if values is not None}
    if given.is_float32 or any(np.asarray(a).dtype != np.float64 for a in (components, offsets)):
        raise NotExportableError(f"{type(model).__name__} of 32-bit floats")
    if given.gives == "sparse" and "means" in extra:
        raise NotExportableError(f"{type(model).__name__} with means on sparse rows")
    arrays = {**weights_of(components, offsets, given), **extra}
    args = {"takes": given.gives}
    width = len(components)
    nodes.append(exports.step("decomposing.projected", "dense", width, args=args, arrays=arrays))
    return Made(node=exports.pipeline(nodes), given=Given(gives="dense", width=width))


EXPORTERS: dict[str, Exporter] = {
    "sklearn.FactorAnalysis": _factors,
    "sklearn.FastICA": _independent,
    "sklearn.GaussianRandomProjection": _random,
    "sklearn.IncrementalPCA": _incremental,
    "sklearn.PCA": _principal,
    "sklearn.SparseRandomProjection": _random,
    "sklearn.TruncatedSVD": _truncated,
}
