"""Estimators made of estimators: calibration, votes, stacks, one model a class, thresholds."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np

from golive.compiling.exporters.composing import dense_rows
from golive.compiling.exporters.trees import check_names
from golive.compiling.exporting import Exporter, Exports, NotExportableError
from golive.compiling.given import Given, Made

__all__ = ["EXPORTERS", "as_array", "children_of", "response_of"]


def children_of(models: Any, given: Given, exports: Exports) -> list[dict[str, Any]]:
    """The steps of estimators that all answer the same rows.

    Raises:
        NotExportableError: One has no exporter, or gives rows.
    """
    made = [exports.export(model, given) for model in models]
    if any(one.given is not None for one in made):
        raise NotExportableError("a member that does not predict")
    return [one.node for one in made]


def as_array(
    model: Any, given: Given, exports: Exports, *, is_checked: bool = False
) -> tuple[list[dict[str, Any]], Given]:
    """The steps that make an array of the rows, and what its members get.

    Args:
        model: The estimator, whose names of columns are checked.
        given: What it gets.
        exports: The program.
        is_checked: Whether NaN and infinities are refused.
    """
    check_names(model, given)
    if given.gives == "sparse":
        nodes: list[dict[str, Any]] = []
    else:
        nodes, given = dense_rows(given, exports)
    if is_checked and not given.is_finite:
        nodes.append(exports.step("checking.finite", given.gives, given.width))
    is_finite = given.is_finite or is_checked
    return nodes, replace(given, names=None, columns=(), is_finite=is_finite)


def response_of(model: Any) -> str:
    """What scikit-learn takes from a member: its decision, else the probability of the second."""
    return "decision" if hasattr(model, "decision_function") else "score"


def _is_in_32_bits(model: Any) -> bool:
    """Whether an estimator, or the last one of a pipeline, answers in 32 bits."""
    last = model.steps[-1][1] if hasattr(model, "steps") else model
    return type(last).__module__.partition(".")[0] == "xgboost"


def _calibrated(model: Any, given: Given, exports: Exports) -> Made:
    members = [_calibrated_one(one, given, exports) for one in model.calibrated_classifiers_]
    width = len(model.classes_)
    node = exports.step(
        "combining.mean", "estimator", width, args={"weights": None}, children=members
    )
    return Made(node=node)


def _calibrated_one(one: Any, given: Given, exports: Exports) -> dict[str, Any]:
    width = len(one.classes)
    response = "decision" if hasattr(one.estimator, "decision_function") else "probabilities"
    children = children_of([one.estimator], given, exports)
    if one.method == "temperature":
        args = {"response": response, "factor": float(one.calibrators[0].beta_)}
        return exports.step(
            "calibrating.temperature", "estimator", width, args=args, children=children
        )
    positions = np.searchsorted(one.classes, one.estimator.classes_).tolist()
    if width == 2:
        response, positions = response_of(one.estimator), [1]
    args = {"response": response, "positions": positions}
    arrays = _curves(one, args)
    return exports.step(
        "calibrating.curves", "estimator", width, args=args, arrays=arrays, children=children
    )


def _curves(one: Any, args: dict[str, Any]) -> dict[str, Any]:
    if one.method == "sigmoid":
        args["slopes"] = [float(curve.a_) for curve in one.calibrators]
        args["offsets"] = [float(curve.b_) for curve in one.calibrators]
        return {}
    if one.method != "isotonic":
        raise NotExportableError(f"calibration by {one.method}")
    xs = [np.asarray(curve.X_thresholds_, dtype=np.float64) for curve in one.calibrators]
    ys = [np.asarray(curve.y_thresholds_, dtype=np.float64) for curve in one.calibrators]
    ends = np.cumsum([len(x) for x in xs]).astype(np.int32)
    return {"xs": np.concatenate(xs), "ys": np.concatenate(ys), "ends": ends}


def _weights(model: Any) -> list[float] | None:
    """The weights of the members that were not dropped."""
    found = model._weights_not_none
    return None if found is None else [float(weight) for weight in found]


def _voting_classifier(model: Any, given: Given, exports: Exports) -> Made:
    members = children_of(model.estimators_, given, exports)
    args = {"weights": _weights(model)}
    op = "combining.mean" if model.voting == "soft" else "combining.most"
    if model.voting == "soft" and all(map(_is_in_32_bits, model.estimators_)):
        raise NotExportableError("VotingClassifier whose mean is one of 32 bits")
    width = len(model.classes_)
    return Made(node=exports.step(op, "estimator", width, args=args, children=members))


def _voting_regressor(model: Any, given: Given, exports: Exports) -> Made:
    members = children_of(model.estimators_, given, exports)
    args = {"weights": _weights(model)}
    return Made(
        node=exports.step("combining.mean_value", "estimator", 1, args=args, children=members)
    )


def _stacking_classifier(model: Any, given: Given, exports: Exports) -> Made:
    if not hasattr(model.final_estimator_, "classes_"):
        raise NotExportableError("StackingClassifier whose last estimator is no classifier")
    if len(model.final_estimator_.classes_) != len(model.classes_):
        raise NotExportableError("StackingClassifier whose last estimator misses classes")
    names = []
    for member, method in zip(model.estimators_, model.stack_method_, strict=True):
        if method == "predict" and list(member.classes_) != list(range(len(member.classes_))):
            raise NotExportableError("StackingClassifier of the labels of fitted estimators")
        names.append(_NAMES[method])
        if method == "predict_proba" and len(model.classes_) == 2:
            names[-1] = "score"
    return _stacked(model, names, given, exports)


_NAMES = {"predict_proba": "probabilities", "decision_function": "decision", "predict": "label"}


def _stacking_regressor(model: Any, given: Given, exports: Exports) -> Made:
    return _stacked(model, ["value"] * len(model.estimators_), given, exports)


def _stacked(model: Any, names: list[str], given: Given, exports: Exports) -> Made:
    members = children_of(model.estimators_, given, exports)
    width = sum(
        1 if name in ("score", "label", "value") or (name == "decision" and child["width"] == 2)
        else child["width"]
        for name, child in zip(names, members, strict=True)
    )  # fmt: skip
    node = exports.step(
        "combining.responses", "dense", width, args={"names": names}, children=members
    )
    is_float32 = all(map(_is_in_32_bits, model.estimators_))
    if model.passthrough:
        node, width = _passed(node, given, exports)
        is_float32 = is_float32 and given.is_float32
    if is_float32:
        raise NotExportableError("a stack whose last estimator gets answers of 32 bits alone")
    inner = Given(gives="dense", width=width)
    (last,) = children_of([model.final_estimator_], inner, exports)
    return Made(node=exports.pipeline([node, last]))


def _passed(node: dict[str, Any], given: Given, exports: Exports) -> tuple[dict[str, Any], int]:
    """The members' answers and the row itself behind them."""
    if given.gives == "sparse":
        raise NotExportableError("a stack that passes sparse rows through")
    nodes, given = dense_rows(given, exports)
    row = exports.pipeline(nodes) if nodes else exports.step(
        "composing.same", "dense", given.width
    )  # fmt: skip
    width = node["width"] + given.width
    return exports.step("composing.union", "dense", width, children=[node, row]), width


def _one_vs_rest(model: Any, given: Given, exports: Exports) -> Made:
    if model.label_binarizer_.y_type_ not in ("binary", "multiclass"):
        raise NotExportableError("OneVsRestClassifier with several labels a row")
    first = model.estimators_[0]
    args = _binary_args(first) | {"has_probabilities": hasattr(first, "predict_proba")}
    members = children_of(model.estimators_, given, exports)
    width = len(model.classes_)
    return Made(
        node=exports.step("combining.one_vs_rest", "estimator", width, args=args, children=members)
    )


def _binary_args(member: Any) -> dict[str, Any]:
    """What is taken from classifiers of two classes, and where the second begins."""
    if not hasattr(member, "classes_"):
        return {"response": "value", "threshold": 0.5}
    response = response_of(member)
    return {"response": response, "threshold": 0.0 if response == "decision" else 0.5}


def _one_vs_one(model: Any, given: Given, exports: Exports) -> Made:
    if model.pairwise_indices_ is not None:
        raise NotExportableError("OneVsOneClassifier with a precomputed kernel")
    if not hasattr(model.estimators_[0], "classes_"):
        raise NotExportableError("OneVsOneClassifier of regressors")
    nodes, given = as_array(model, given, exports)
    width = len(model.classes_)
    node = exports.step(
        "combining.one_vs_one", "estimator", width,
        args=_binary_args(model.estimators_[0]) | {"classes": width},
        children=children_of(model.estimators_, given, exports),
    )  # fmt: skip
    return Made(node=exports.pipeline([*nodes, node]))


def _multi_output(model: Any, given: Given, exports: Exports) -> Made:
    members = children_of(model.estimators_, given, exports)
    width = len(members)
    return Made(node=exports.step("combining.several", "estimator", width, children=members))


def _multi_label(model: Any, given: Given, exports: Exports) -> Made:
    members = children_of(model.estimators_, given, exports)
    kinds = [np.asarray(member.classes_) for member in model.estimators_]
    common = np.concatenate(kinds).dtype  # the answers of all stand in one array
    args = {"classes": [[_plain(value) for value in kind.astype(common)] for kind in kinds]}
    width = len(members)
    return Made(
        node=exports.step("combining.labels", "estimator", width, args=args, children=members)
    )


def _plain(value: Any) -> Any:
    """A label as JSON has it."""
    found = value.item() if isinstance(value, np.generic) else value
    if isinstance(found, str | bool | int | float):
        return found
    raise NotExportableError(f"labels that are a {type(found).__name__}")


def _regressor_chain(model: Any, given: Given, exports: Exports) -> Made:
    return _chain("combining.chain", model, given, exports, args={})


def _classifier_chain(model: Any, given: Given, exports: Exports) -> Made:
    method = getattr(model, "chain_method_", "predict")
    responses = {"predict": "label", "predict_proba": "score", "decision_function": "decision"}
    if method not in responses:
        raise NotExportableError(f"ClassifierChain by {method}")
    if method != "predict" and any(len(classes) != 2 for classes in model.classes_):
        raise NotExportableError(f"ClassifierChain by {method} of more than two classes")
    args = {
        "response": responses[method],
        "classes": [np.asarray(classes).astype(np.float64).tolist() for classes in model.classes_],
    }
    return _chain("combining.label_chain", model, given, exports, args=args)


def _chain(op: str, model: Any, given: Given, exports: Exports, *, args: dict[str, Any]) -> Made:
    """Each member sees what those before it answered, behind the row."""
    if given.gives == "sparse":
        raise NotExportableError(f"{type(model).__name__} on sparse rows")
    nodes, given = as_array(model, given, exports, is_checked=True)
    members = []
    for at, member in enumerate(model.estimators_):
        wider = replace(given, width=given.width + at, is_float32=False)
        members += children_of([member], wider, exports)
    args = {"order": [int(at) for at in model.order_], **args}
    node = exports.step(op, "estimator", len(members), args=args, children=members)
    return Made(node=exports.pipeline([*nodes, node]))


def _fixed_threshold(model: Any, given: Given, exports: Exports) -> Made:
    estimator = getattr(model, "estimator_", model.estimator)
    return _thresholded(
        model, estimator, given, exports, threshold=model.threshold, positive=model.pos_label
    )


def _tuned_threshold(model: Any, given: Given, exports: Exports) -> Made:
    return _thresholded(
        model, model.estimator_, given, exports,
        threshold=model.best_threshold_, positive=model._curve_scorer._get_pos_label(),
    )  # fmt: skip


def _thresholded(
    model: Any, estimator: Any, given: Given, exports: Exports, *, threshold: Any, positive: Any
) -> Made:
    method = model.response_method
    has_probabilities = hasattr(estimator, "predict_proba")
    if method == "auto":
        method = "predict_proba" if has_probabilities else "decision_function"
    if len(model.classes_) != 2:
        raise NotExportableError(f"{type(model).__name__} with more than two classes")
    is_score = method == "predict_proba"
    args = {
        "response": "probabilities" if is_score else "decision",
        "positive": 1 if positive is None else model.classes_.tolist().index(positive),
        "threshold": _threshold_of(threshold, estimator, is_score=is_score),
        "has_probabilities": has_probabilities,
    }
    children = children_of([estimator], given, exports)
    return Made(
        node=exports.step("combining.threshold", "estimator", 2, args=args, children=children)
    )


def _threshold_of(threshold: Any, estimator: Any, *, is_score: bool) -> float:
    """Python's floats are rounded where NumPy compares them with scores of 32 bits."""
    if isinstance(threshold, str):
        return 0.5 if is_score else 0.0
    if _is_in_32_bits(estimator) and not isinstance(threshold, np.generic):
        return float(np.float32(threshold))
    return float(threshold)


def _best(search: Any, given: Given, exports: Exports) -> Made:
    if not hasattr(search, "best_estimator_"):
        raise NotExportableError(f"{type(search).__name__} that was not fitted again at its end")
    return exports.export(search.best_estimator_, given)


def _frozen(model: Any, given: Given, exports: Exports) -> Made:
    return exports.export(model.estimator, given)


def _self_training(model: Any, given: Given, exports: Exports) -> Made:
    estimator = getattr(model, "estimator_", None) or model.base_estimator_
    nodes, given = as_array(model, given, exports)
    (node,) = children_of([estimator], given, exports)
    return Made(node=exports.pipeline([*nodes, node]))


def _dummy_classifier(model: Any, _: Given, exports: Exports) -> Made:
    if model.n_outputs_ != 1 or model.strategy in ("stratified", "uniform"):
        raise NotExportableError(f"DummyClassifier with the strategy {model.strategy}")
    shares = [0.0] * len(model.classes_)
    if model.strategy == "constant":
        shares[model.classes_.tolist().index(np.ravel(model.constant)[0])] = 1.0
    else:
        shares[int(np.argmax(model.class_prior_))] = 1.0
    label = shares.index(1.0)
    if model.strategy == "prior":
        shares = [float(share) for share in model.class_prior_]
    args = {"probabilities": shares, "label": label}
    return Made(node=exports.step("combining.constant", "estimator", len(shares), args=args))


def _dummy_regressor(model: Any, _: Given, exports: Exports) -> Made:
    values = [float(value) for value in np.ravel(model.constant_)]
    args = {"value": values[0] if len(values) == 1 else values}
    return Made(node=exports.step("combining.constant", "estimator", len(values), args=args))


EXPORTERS: dict[str, Exporter] = {
    "sklearn.CalibratedClassifierCV": _calibrated,
    "sklearn.VotingClassifier": _voting_classifier,
    "sklearn.VotingRegressor": _voting_regressor,
    "sklearn.StackingClassifier": _stacking_classifier,
    "sklearn.StackingRegressor": _stacking_regressor,
    "sklearn.OneVsRestClassifier": _one_vs_rest,
    "sklearn.OneVsOneClassifier": _one_vs_one,
    "sklearn.ClassifierChain": _classifier_chain,
    "sklearn.MultiOutputClassifier": _multi_label,
    "sklearn.MultiOutputRegressor": _multi_output,
    "sklearn.RegressorChain": _regressor_chain,
    "sklearn.FixedThresholdClassifier": _fixed_threshold,
    "sklearn.TunedThresholdClassifierCV": _tuned_threshold,
    "sklearn.GridSearchCV": _best,
    "sklearn.RandomizedSearchCV": _best,
    "sklearn.HalvingGridSearchCV": _best,
    "sklearn.HalvingRandomSearchCV": _best,
    "sklearn.FrozenEstimator": _frozen,
    "sklearn.SelfTrainingClassifier": _self_training,
    "sklearn.DummyClassifier": _dummy_classifier,
    "sklearn.DummyRegressor": _dummy_regressor,
}
