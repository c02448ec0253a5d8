"""Naive Bayes."""

from __future__ import annotations

from typing import Any

import numpy as np

from golive.compiling.exporters.composing import dense_rows
from golive.compiling.exporters.linear import weights_of
from golive.compiling.exporting import Exporter, Exports, NotExportableError
from golive.compiling.given import Given, Made

__all__ = ["EXPORTERS"]


def _multinomial(model: Any, given: Given, exports: Exports) -> Made:
    return _weighted(model, model.feature_log_prob_, model.class_log_prior_, given, exports)


def _complement(model: Any, given: Given, exports: Exports) -> Made:
    return _weighted(model, model.feature_log_prob_, 0.0, given, exports)


def _bernoulli(model: Any, given: Given, exports: Exports) -> Made:
    nodes, given = _numbers(given, exports)
    if model.binarize is not None:
        nodes += _finite(given, exports)
        args = {"threshold": float(model.binarize)}
        nodes.append(exports.step("bayes.above", given.gives, given.width, args=args))
        if given.gives == "sparse" and model.binarize < 0:
            raise NotExportableError("BernoulliNB with a negative binarize on sparse rows")
    with np.errstate(all="ignore"):
        absent = np.log(1 - np.exp(model.feature_log_prob_))
    offsets = model.class_log_prior_ + absent.sum(axis=1)
    made = _weighted(model, model.feature_log_prob_ - absent, offsets, given, exports)
    return Made(node=exports.pipeline([*nodes, made.node]))


def _weighted(model: Any, weights: Any, offsets: Any, given: Given, exports: Exports) -> Made:
    _refuse_odd(model, weights, offsets)
    nodes, given = _numbers(given, exports)
    arrays = weights_of(weights, offsets, given)
    step = exports.step("bayes.weighted", "estimator", len(model.classes_),
                        args={"takes": given.gives}, arrays=arrays)  # fmt: skip
    return Made(node=exports.pipeline([*nodes, step]))


def _gaussian(model: Any, given: Given, exports: Exports) -> Made:
    nodes, given = dense_rows(given, exports)
    if given.is_float32:
        raise NotExportableError("GaussianNB of 32-bit floats")
    _refuse_odd(model, model.theta_, model.var_, np.log(model.var_))
    with np.errstate(divide="ignore"):
        priors = np.log(model.class_prior_)
    arrays = {
        "means": model.theta_,
        "variances": model.var_,
        "offsets": [-0.5 * np.sum(np.log(2.0 * np.pi * row)) for row in model.var_],
        "priors": priors,
    }
    step = exports.step("bayes.gaussian", "estimator", len(model.classes_), arrays=arrays)
    return Made(node=exports.pipeline([*nodes, step]))


def _categorical(model: Any, given: Given, exports: Exports) -> Made:
    nodes, given = dense_rows(given, exports)
    _refuse_odd(model, model.class_log_prior_, *model.feature_log_prob_)
    arrays = {
        "tables": np.concatenate([table.T.ravel() for table in model.feature_log_prob_]),
        "counts": np.array([table.shape[1] for table in model.feature_log_prob_], dtype=np.int64),
        "priors": model.class_log_prior_,
    }
    step = exports.step("bayes.categorical", "estimator", len(model.classes_), arrays=arrays)
    return Made(node=exports.pipeline([*nodes, step]))


def _numbers(given: Given, exports: Exports) -> tuple[list[dict[str, Any]], Given]:
    """Dense rows, or sparse ones as they are."""
    return ([], given) if given.gives == "sparse" else dense_rows(given, exports)


def _finite(given: Given, exports: Exports) -> list[dict[str, Any]]:
    return [] if given.is_finite else [exports.step("checking.finite", given.gives, given.width)]


def _refuse_odd(model: Any, *arrays: Any) -> None:
    if len(model.classes_) < 2:
        raise NotExportableError(f"{type(model).__name__} with one class")
    if not all(np.isfinite(array).all() for array in arrays):
        raise NotExportableError(f"{type(model).__name__} with probabilities of zero")


EXPORTERS: dict[str, Exporter] = {
    "sklearn.BernoulliNB": _bernoulli,
    "sklearn.CategoricalNB": _categorical,
    "sklearn.ComplementNB": _complement,
    "sklearn.GaussianNB": _gaussian,
    "sklearn.MultinomialNB": _multinomial,
}
