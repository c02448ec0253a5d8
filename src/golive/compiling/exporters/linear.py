"""Linear models."""

from __future__ import annotations

from typing import Any

import numpy as np

from golive.compiling.exporting import Exporter, Exports
from golive.compiling.given import Given, Made

__all__ = ["EXPORTERS", "weights_of"]


def weights_of(coefficients: Any, intercepts: Any, given: Given) -> dict[str, Any]:
    """The arrays of `golive.scorer.rows.linear.weighted_sums`.

    Args:
        coefficients: Of shape (outputs, inputs), or (inputs,) for one output.
        intercepts: One an output, or one number for all.
        given: The rows that are weighted; those of sparse rows are stored input by input.
    """
    weights = np.atleast_2d(np.asarray(coefficients, dtype=np.float64))
    offsets = np.broadcast_to(np.asarray(intercepts, dtype=np.float64), (len(weights),))
    return {"weights": weights.T if given.gives == "sparse" else weights, "intercepts": offsets}


def _logistic(model: Any, given: Given, exports: Exports) -> Made:
    arrays = weights_of(model.coef_, model.intercept_, given)
    is_ovr = getattr(model, "multi_class", "auto") == "ovr" or model.solver == "liblinear"
    args = {"takes": given.gives, "is_one_vs_rest": is_ovr}
    width = len(model.classes_)
    return Made(node=exports.step("linear.logistic", "estimator", width, args=args, arrays=arrays))


EXPORTERS: dict[str, Exporter] = {
    "sklearn.LogisticRegression": _logistic,
    "sklearn.LogisticRegressionCV": _logistic,
}
