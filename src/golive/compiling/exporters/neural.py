"""Multi-layer perceptrons."""

from __future__ import annotations

from typing import Any

import numpy as np

from golive.compiling.exporters.composing import dense_rows
from golive.compiling.exporters.linear import weights_of
from golive.compiling.exporting import Exporter, Exports, NotExportableError
from golive.compiling.given import Given, Made

__all__ = ["EXPORTERS"]

_ACTIVATIONS = ("identity", "relu", "logistic", "tanh", "exp", "softmax")


def _classifier(model: Any, given: Given, exports: Exports) -> Made:
    classes = model.classes_
    expected = (1, "logistic") if len(classes) == 2 else (len(classes), "softmax")
    if np.ndim(classes) != 1 or (model.n_outputs_, model.out_activation_) != expected:
        raise NotExportableError("MLPClassifier for several labels at once")
    return _network("neural.classifier", len(classes), model, given, exports)


def _regressor(model: Any, given: Given, exports: Exports) -> Made:
    return _network("neural.regressor", model.n_outputs_, model, given, exports)


def _network(op: str, width: int, model: Any, given: Given, exports: Exports) -> Made:
    nodes, given = ([], given) if given.gives == "sparse" else dense_rows(given, exports)
    if given.is_float32 or any(layer.dtype != np.float64 for layer in model.coefs_):
        raise NotExportableError(f"{type(model).__name__} of 32-bit floats")
    if not {model.activation, model.out_activation_} <= set(_ACTIVATIONS):
        raise NotExportableError(f"{type(model).__name__} with another activation")
    first, *others = zip(model.coefs_, model.intercepts_, strict=True)
    arrays = weights_of(first[0].T, first[1], given)
    for number, (weights, intercepts) in enumerate(others, 1):
        arrays |= {f"weights{number}": weights.T, f"intercepts{number}": intercepts}
    args = {
        "takes": given.gives,
        "activation": model.activation,
        "output": model.out_activation_,
    }
    nodes.append(exports.step(op, "estimator", width, args=args, arrays=arrays))
    return Made(node=exports.pipeline(nodes))


EXPORTERS: dict[str, Exporter] = {
    "sklearn.MLPClassifier": _classifier,
    "sklearn.MLPRegressor": _regressor,
}
