"""Support vector machines with kernels."""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import combinations, pairwise
from typing import Any

import numpy as np

from golive.compiling.exporters.composing import dense_rows
from golive.compiling.exporters.linear import weights_of
from golive.compiling.exporting import Exporter, Exports, NotExportableError
from golive.compiling.given import Given, Made

__all__ = ["EXPORTERS"]

_KERNELS = ("linear", "poly", "rbf", "sigmoid")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Machine:
    """What the step of a machine is.

    Attributes:
        op: Its op.
        width: How many classes, or 1.
        counts: The support vectors of each class, or of all.
        sign: What the public attributes are multiplied with to be libsvm's.
        args: Arguments beside those of the kernel.
        arrays: Arrays beside those of the decisions.
    """

    op: str
    width: int
    counts: Any
    sign: float = 1.0
    args: dict[str, Any] = field(default_factory=dict)
    arrays: dict[str, Any] = field(default_factory=dict)


def _classifier(model: Any, given: Given, exports: Exports) -> Made:
    classes = len(model.classes_)
    is_ovr = model.decision_function_shape == "ovr"
    if model.break_ties and not is_ovr:
        raise NotExportableError(f"{type(model).__name__} with break_ties and ovo")
    machine = _Machine(
        op="svm.classifier",
        width=classes,
        counts=np.asarray(model.n_support_),
        sign=-1.0 if classes == 2 else 1.0,
        args={"is_ovr": is_ovr, "breaks_ties": bool(model.break_ties) and classes > 2},
        arrays=_curves(model) if hasattr(model, "predict_proba") else {},
    )
    return _exported(machine, model, given, exports)


def _curves(model: Any) -> dict[str, Any]:
    """The sigmoids from which probabilities are made, one a pair of classes."""
    classes = len(model.classes_)
    curves = {"slopes": vars(model)["_probA"], "offsets": vars(model)["_probB"]}
    if len(curves["slopes"]) != classes * (classes - 1) // 2:
        raise NotExportableError(f"{type(model).__name__} whose probabilities are not fitted")
    return curves


def _regressor(model: Any, given: Given, exports: Exports) -> Made:
    return _exported(_single("svm.regressor", model), model, given, exports)


def _outliers(model: Any, given: Given, exports: Exports) -> Made:
    return _exported(_single("svm.outliers", model), model, given, exports)


def _single(op: str, model: Any) -> _Machine:
    return _Machine(op=op, width=1, counts=np.array([model.support_vectors_.shape[0]]))


def _exported(machine: _Machine, model: Any, given: Given, exports: Exports) -> Made:
    if model.kernel not in _KERNELS:
        raise NotExportableError(f"{type(model).__name__} with kernel={model.kernel!r}")
    is_sparse = hasattr(model.support_vectors_, "toarray")
    if given.gives == "sparse" and not is_sparse:
        raise NotExportableError(f"{type(model).__name__} that was fitted on dense rows")
    nodes, given = ([], given) if given.gives == "sparse" else dense_rows(given, exports)
    args = {**machine.args, **_kernel(model), "takes": given.gives, "inputs": given.width}
    arrays = {**machine.arrays, **_decisions(machine, model, given)}
    nodes.append(exports.step(machine.op, "estimator", machine.width, args=args, arrays=arrays))
    return Made(node=exports.pipeline(nodes))


def _decisions(machine: _Machine, model: Any, given: Given) -> dict[str, Any]:
    counts = machine.counts
    coefficients = machine.sign * _dense(model.dual_coef_)
    intercepts = machine.sign * model.intercept_
    if model.kernel == "linear":
        weights = _folded(coefficients, model.support_vectors_, counts)
        return weights_of(weights, intercepts, given)
    return {
        **_vectors(model, given),
        "coefficients": np.concatenate(_by_pair(coefficients, counts)),
        "intercepts": intercepts,
        "counts": counts.astype(np.int64),
    }


def _vectors(model: Any, given: Given) -> dict[str, Any]:
    if given.gives != "sparse":
        return {"vectors": _dense(model.support_vectors_)}
    columns = model.support_vectors_.tocsc()
    lengths = np.asarray(model.support_vectors_.power(2).sum(axis=1)).ravel()
    # Distances are made of products here, which is exact enough while they stay small.
    if model.kernel == "rbf" and float(vars(model)["_gamma"]) * lengths.max() > 1e5:
        raise NotExportableError(f"{type(model).__name__} with vectors too long for its gamma")
    return {
        "starts": columns.indptr.astype(np.uint32),
        "places": columns.indices.astype(np.uint32),
        "parts": columns.data.astype(np.float64),
        "lengths": lengths,
    }


def _kernel(model: Any) -> dict[str, Any]:
    return {
        "kernel": model.kernel,
        "gamma": float(vars(model)["_gamma"]),
        "coef0": float(model.coef0),
        "degree": int(model.degree),
    }


def _dense(values: Any) -> Any:
    return np.asarray(values.toarray() if hasattr(values, "toarray") else values, dtype=np.float64)


def _pairs(counts: Any) -> list[tuple[tuple[int, slice], tuple[int, slice]]]:
    """The vectors of both classes of each pair, and the line of their coefficients."""
    ends = np.cumsum([0, *counts]).tolist()
    spans = [slice(begin, end) for begin, end in pairwise(ends)]
    if len(spans) == 1:
        return [((0, spans[0]), (0, slice(0, 0)))]
    return [
        ((other - 1, spans[one]), (one, spans[other]))
        for one, other in combinations(range(len(spans)), 2)
    ]


def _by_pair(coefficients: Any, counts: Any) -> list[Any]:
    return [np.concatenate([coefficients[one], coefficients[two]]) for one, two in _pairs(counts)]


def _folded(coefficients: Any, vectors: Any, counts: Any) -> Any:
    """Linear kernels need no vectors: each pair's are summed once."""
    return np.stack(
        [
            coefficients[one] @ vectors[one[1]] + coefficients[two] @ vectors[two[1]]
            for one, two in _pairs(counts)
        ]
    )


EXPORTERS: dict[str, Exporter] = {
    "sklearn.NuSVC": _classifier,
    "sklearn.NuSVR": _regressor,
    "sklearn.OneClassSVM": _outliers,
    "sklearn.SVC": _classifier,
    "sklearn.SVR": _regressor,
}
