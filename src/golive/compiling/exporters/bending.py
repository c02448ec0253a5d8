"""Transformers that bend columns: bins, powers, quantiles, polynomials, functions."""

from __future__ import annotations

from typing import Any

import numpy as np

from golive.compiling.exporters.scaling import Rows
from golive.compiling.exporting import Exporter, Exports, NotExportableError
from golive.compiling.given import Given, Made

__all__ = ["EXPORTERS"]

_FUNCTIONS = {
    np.log1p: "log1p", np.expm1: "expm1", np.log: "log", np.exp: "exp", np.sqrt: "sqrt",
    np.abs: "abs", np.square: "square",
}  # fmt: skip


def _bins(discretizer: Any, given: Given, exports: Exports) -> Made:
    if discretizer.dtype not in (None, np.float64) or given.gives == "sparse":
        raise NotExportableError("KBinsDiscretizer with a dtype, or of sparse rows")
    rows = Rows(given, exports)
    rows.check("finite")
    if discretizer.dtype is not None and rows.given.is_float32:
        raise NotExportableError("KBinsDiscretizer with a dtype")
    edges = [np.asarray(one, dtype=np.float64)[1:-1] for one in discretizer.bin_edges_]
    counts = [len(one) + 1 for one in edges]
    arrays = {
        "edges": np.concatenate(edges),
        "ends": np.cumsum([len(one) for one in edges], dtype=np.int64),
    }
    if discretizer.encode == "ordinal":
        rows.add("scaling.bins", arrays=arrays)
        return rows.made(is_finite=True)
    gives: Any = "sparse" if discretizer.encode == "onehot" else "dense"
    width = sum(counts)
    args = {"counts": counts}
    rows.nodes.append(exports.step("scaling.bin_flags", gives, width, args=args, arrays=arrays))
    return rows.made(gives=gives, width=width, is_finite=True)


def _power(transformer: Any, given: Given, exports: Exports) -> Made:
    rows = Rows(given, exports)
    if rows.given.is_float32:
        raise NotExportableError("PowerTransformer of 32-bit floats")
    rows.check("no_infinity")
    op = "scaling.box_cox" if transformer.method == "box-cox" else "scaling.yeo_johnson"
    rows.add(op, arrays={"lambdas": np.asarray(transformer.lambdas_, dtype=np.float64)})
    if transformer.standardize:
        rows.add("checking.no_infinity")
        scaler = transformer._scaler
        rows.add("scaling.standard", arrays={"mean": scaler.mean_, "scale": scaler.scale_})
    return rows.made()


def _quantiles(transformer: Any, given: Given, exports: Exports) -> Made:
    rows = Rows(given, exports)
    if rows.given.is_float32:
        raise NotExportableError("QuantileTransformer of 32-bit floats")
    rows.check("no_infinity")
    arrays = {
        "quantiles": np.asarray(transformer.quantiles_, dtype=np.float64).T,
        "references": np.asarray(transformer.references_, dtype=np.float64),
    }
    args = {"is_normal": transformer.output_distribution == "normal"}
    rows.add("scaling.quantiles", args=args, arrays=arrays)
    return rows.made()


def _polynomial(features: Any, given: Given, exports: Exports) -> Made:
    rows = Rows(given, exports)
    if rows.given.is_float32 and features.degree not in (1, 2, (1, 2), (2, 2), (0, 2)):
        raise NotExportableError("PolynomialFeatures above degree 2 of 32-bit floats")
    rows.check("finite")
    terms = [
        [at for at, power in enumerate(powers) for _ in range(power)]
        for powers in features.powers_.tolist()
    ]
    width = len(terms)
    rows.nodes.append(exports.step("scaling.polynomial", "dense", width, args={"terms": terms}))
    if rows.given.is_float32:
        rows.nodes.append(exports.step("checking.float32", "dense", width))
    return rows.made(width=width)


def _function(transformer: Any, given: Given, exports: Exports) -> Made:
    if transformer.func is None and not transformer.validate:
        if any(column.dtype in ("boolean", "string") for column in given.columns):
            raise NotExportableError("FunctionTransformer of columns that hold pandas.NA")
        node = exports.step("composing.same", given.gives, given.width)
        return Made(node=node, given=given)
    if transformer.kw_args or given.gives not in ("dense", "table"):
        raise NotExportableError("FunctionTransformer with arguments, or of texts or sparse rows")
    rows = Rows(given, exports)
    if transformer.validate:
        rows.check("finite")
    if transformer.func is None:
        return rows.made(is_finite=True)
    if any(column.dtype not in ("float64", "float32") for column in given.columns):
        raise NotExportableError("FunctionTransformer of columns that are no floats")
    rows.add_float("scaling.function", args={"name": _name_of(transformer.func)})
    return rows.made(names=given.names)


def _name_of(function: Any) -> str:
    for known, name in _FUNCTIONS.items():
        if function is known:
            return name
    raise NotExportableError("FunctionTransformer with a function of its own")


EXPORTERS: dict[str, Exporter] = {
    "sklearn.KBinsDiscretizer": _bins,
    "sklearn.PowerTransformer": _power,
    "sklearn.QuantileTransformer": _quantiles,
    "sklearn.PolynomialFeatures": _polynomial,
    "sklearn.FunctionTransformer": _function,
}
