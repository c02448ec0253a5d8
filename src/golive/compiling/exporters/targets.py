"""Regressors of transformed targets."""

from __future__ import annotations

from typing import Any

import numpy as np

from golive.compiling.exporters.combining import children_of
from golive.compiling.exporting import Exporter, Exports, NotExportableError, class_name
from golive.compiling.given import Given, Made

__all__ = ["EXPORTERS"]

_FUNCTIONS = {
    np.exp: "exp", np.expm1: "expm1", np.log: "log", np.log1p: "log1p", np.sqrt: "sqrt",
    np.square: "square", np.negative: "negative", np.reciprocal: "reciprocal", None: "identity",
}  # fmt: skip


def _transformed(model: Any, given: Given, exports: Exports) -> Made:
    children = children_of([model.regressor_], given, exports)
    width = children[0]["width"]
    op, args, arrays = _turned_back(model.transformer_, width)
    node = exports.step(
        f"targets.{op}", "estimator", width, args=args, arrays=arrays, children=children
    )
    return Made(node=node)


def _turned_back(transformer: Any, width: int) -> tuple[str, dict[str, Any], dict[str, Any]]:
    """The op, args and arrays of a transformer's inverse."""
    if class_name(transformer) == "sklearn.FunctionTransformer":
        return "function", {"name": _function_of(transformer)}, {}
    if width != 1:
        raise NotExportableError("TransformedTargetRegressor with several scaled targets")
    match class_name(transformer):
        case "sklearn.PowerTransformer" if transformer.method == "yeo-johnson":
            return "yeo_johnson", _powers(transformer), {}
        case "sklearn.QuantileTransformer":
            arrays = {
                "references": transformer.references_,
                "quantiles": transformer.quantiles_[:, 0],
            }
            args = {"is_normal": transformer.output_distribution == "normal"}
            return "quantiles", args, arrays
        case _:
            return (*_unscaled(transformer), {})


def _unscaled(transformer: Any) -> tuple[str, dict[str, Any]]:
    """The op and args of a scaler's inverse."""
    match class_name(transformer):
        case "sklearn.StandardScaler":
            return "scaled", _scaling(transformer.scale_, transformer.mean_)
        case "sklearn.MaxAbsScaler":
            return "scaled", _scaling(transformer.scale_, None)
        case "sklearn.RobustScaler":
            return "scaled", _scaling(transformer.scale_, transformer.center_)
        case "sklearn.MinMaxScaler" if not transformer.clip:
            return "ranged", _scaling(transformer.scale_, transformer.min_)
        case _:
            raise NotExportableError(
                f"TransformedTargetRegressor with this {type(transformer).__name__}"
            )


def _function_of(transformer: Any) -> str:
    function = transformer.inverse_func
    if transformer.inv_kw_args:
        raise NotExportableError("TransformedTargetRegressor whose function has arguments")
    if not (function is None or isinstance(function, np.ufunc)) or function not in _FUNCTIONS:
        raise NotExportableError("TransformedTargetRegressor with a function of its own")
    return _FUNCTIONS[function]


def _scaling(scales: Any, shifts: Any) -> dict[str, Any]:
    """The only scale and shift; absent ones change nothing."""
    return {
        "scale": 1.0 if scales is None else float(np.ravel(scales)[0]),
        "shift": 0.0 if shifts is None else float(np.ravel(shifts)[0]),
    }


def _powers(transformer: Any) -> dict[str, Any]:
    args = {"lambda": float(transformer.lambdas_[0])}
    if not transformer.standardize:
        return args | _scaling(None, None)
    return args | _scaling(transformer._scaler.scale_, transformer._scaler.mean_)


EXPORTERS: dict[str, Exporter] = {"sklearn.TransformedTargetRegressor": _transformed}
