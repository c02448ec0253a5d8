"""Linear models."""

from __future__ import annotations

from typing import Any

import numpy as np
from scipy import sparse

from golive.compiling.exporters.composing import dense_rows
from golive.compiling.exporting import Exporter, Exports, NotExportableError
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


def _rows(given: Given, exports: Exports) -> tuple[list[dict[str, Any]], Given]:
    """The steps before a linear model: sparse rows stay sparse."""
    return ([], given) if given.gives == "sparse" else dense_rows(given, exports)


def _estimator(
    op: str, model: Any, given: Given, exports: Exports, *, width: int, args: dict[str, Any]
) -> Made:
    nodes, rows = _rows(given, exports)
    arrays = _finite_weights(model, rows)
    args = {"takes": rows.gives, **args}
    node = exports.step(op, "estimator", width, args=args, arrays=arrays)
    return Made(node=exports.pipeline([*nodes, node]))


def _finite_weights(model: Any, given: Given) -> dict[str, Any]:
    if sparse.issparse(model.coef_):
        raise NotExportableError("a linear model that was made sparse")
    arrays = weights_of(model.coef_, model.intercept_, given)
    if not all(np.isfinite(array).all() for array in arrays.values()):
        raise NotExportableError("a linear model with coefficients that are not finite")
    if np.shape(model.coef_)[-1] != given.width:
        raise NotExportableError("a linear model with another number of coefficients than columns")
    return arrays


def _regressor(model: Any, given: Given, exports: Exports) -> Made:
    outputs = 1 if np.ndim(model.coef_) == 1 else len(model.coef_)
    return _estimator("linear.regressor", model, given, exports, width=outputs, args={})


def _log_regressor(model: Any, given: Given, exports: Exports) -> Made:
    args = {"link": "log"}
    return _estimator("linear.regressor", model, given, exports, width=1, args=args)


def _tweedie(model: Any, given: Given, exports: Exports) -> Made:
    is_log = model.link == "log" or (model.link == "auto" and model.power > 0)
    return (_log_regressor if is_log else _regressor)(model, given, exports)


def _classifier(model: Any, given: Given, exports: Exports) -> Made:
    return _of_classes("linear.classifier", model, given, exports, args={})


def _of_classes(
    op: str, model: Any, given: Given, exports: Exports, *, args: dict[str, Any]
) -> Made:
    classes = len(model.classes_)
    nodes, rows = _rows(given, exports)
    if rows.is_float32 and np.asarray(model.coef_).dtype == np.float32:
        raise NotExportableError(f"{type(model).__name__} that decides in 32 bits")
    if len(np.atleast_2d(model.coef_)) != (1 if classes == 2 else classes):
        raise NotExportableError(f"{type(model).__name__} with {classes} classes")
    made = _estimator(op, model, rows, exports, width=classes, args=args)
    return Made(node=exports.pipeline([*nodes, made.node]))


def _logistic(model: Any, given: Given, exports: Exports) -> Made:
    args = {"shares": _shares_of(model)}
    return _of_classes("linear.logistic", model, given, exports, args=args)


def _shares_of(model: Any) -> str:
    """How scores become probabilities: until scikit-learn 1.8 a parameter had its say."""
    choice = model.multi_class if "multi_class" in model.get_params() else None
    is_binary = len(model.classes_) <= 2
    if choice is None:
        return "one_vs_rest" if is_binary else "softmax"
    if choice == "ovr" or (choice != "multinomial" and (is_binary or model.solver == "liblinear")):
        return "one_vs_rest"
    return "softmax"


def _discriminant(model: Any, given: Given, exports: Exports) -> Made:
    if given.gives == "sparse":
        raise NotExportableError("LinearDiscriminantAnalysis of sparse rows")
    shares = "one_vs_rest" if len(model.classes_) == 2 else "softmax"
    return _of_classes("linear.logistic", model, given, exports, args={"shares": shares})


def _quadratic(model: Any, given: Given, exports: Exports) -> Made:
    nodes, rows = dense_rows(given, exports)
    if rows.is_float32:
        raise NotExportableError("QuadraticDiscriminantAnalysis of 32-bit floats")
    turns = [r * s**-0.5 for r, s in zip(model.rotations_, model.scalings_, strict=True)]
    offsets = [np.log(scaling).sum() for scaling in model.scalings_]
    arrays = {
        "means": np.asarray(model.means_, dtype=np.float64),
        "turns": np.concatenate([turn.T.ravel() for turn in turns]),
        "offsets": np.asarray(offsets),
        "logs": np.log(model.priors_),
    }
    args = {"ranks": [int(turn.shape[1]) for turn in turns]}
    classes = len(model.classes_)
    node = exports.step("linear.quadratic", "estimator", classes, args=args, arrays=arrays)
    return Made(node=exports.pipeline([*nodes, node]))


def _descent(model: Any, given: Given, exports: Exports) -> Made:
    match model.loss:
        case "log_loss":
            args = {"shares": "one_vs_rest"}
            return _of_classes("linear.logistic", model, given, exports, args=args)
        case "modified_huber":
            return _of_classes("linear.modified_huber", model, given, exports, args={})
        case _:
            return _classifier(model, given, exports)


def _consensus(model: Any, given: Given, exports: Exports) -> Made:
    nodes, rows = _rows(given, exports)
    made = exports.export(model.estimator_, rows)
    return Made(node=exports.pipeline([*nodes, made.node]), given=made.given)


_REGRESSORS = (
    "LinearRegression", "Ridge", "RidgeCV", "Lasso", "LassoCV", "LassoLars", "LassoLarsCV",
    "LassoLarsIC", "ElasticNet", "ElasticNetCV", "Lars", "LarsCV", "OrthogonalMatchingPursuit",
    "OrthogonalMatchingPursuitCV", "BayesianRidge", "ARDRegression", "HuberRegressor",
    "TheilSenRegressor", "QuantileRegressor", "SGDRegressor", "PassiveAggressiveRegressor",
    "LinearSVR", "MultiTaskLasso", "MultiTaskLassoCV", "MultiTaskElasticNet",
    "MultiTaskElasticNetCV",
)  # fmt: skip
EXPORTERS: dict[str, Exporter] = {
    **{f"sklearn.{name}": _regressor for name in _REGRESSORS},
    "sklearn.PoissonRegressor": _log_regressor,
    "sklearn.GammaRegressor": _log_regressor,
    "sklearn.TweedieRegressor": _tweedie,
    "sklearn.RANSACRegressor": _consensus,
    "sklearn.LogisticRegression": _logistic,
    "sklearn.LogisticRegressionCV": _logistic,
    "sklearn.SGDClassifier": _descent,
    "sklearn.Perceptron": _classifier,
    "sklearn.PassiveAggressiveClassifier": _classifier,
    "sklearn.RidgeClassifier": _classifier,
    "sklearn.RidgeClassifierCV": _classifier,
    "sklearn.LinearSVC": _classifier,
    "sklearn.LinearDiscriminantAnalysis": _discriminant,
    "sklearn.QuadraticDiscriminantAnalysis": _quadratic,
}
