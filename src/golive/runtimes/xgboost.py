"""Native XGBoost boosters, from JSON or UBJ files."""

from __future__ import annotations

import json
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path
from threading import Lock
from typing import Any

from golive.errors import ModelLoadError, ModelOutputError
from golive.optional import require
from golive.runtimes import outputs
from golive.runtimes.boosters import BoosterFacts
from golive.runtimes.frames import input_builder
from golive.runtimes.partition import brittle_columns, predict_apart
from golive.runtimes.protocols import Batch, Outputs
from golive.runtimes.stored_categories import as_cut, stored_categories
from golive.signature.model import JsonValue, OutputKind, Signature

__all__ = ["XgboostModel", "booster_facts", "iteration_range", "load_booster"]


def load_booster(path: Path) -> Any:
    """Read a booster that predicts on one thread: workers, not threads, share the cores.

    Raises:
        ModelLoadError: The file is no model of XGBoost.
        MissingExtraError: XGBoost is not installed.
    """
    xgboost = require("xgboost", extra="xgboost")
    try:
        booster = xgboost.Booster(model_file=str(path))
    except (xgboost.core.XGBoostError, ValueError) as error:
        raise ModelLoadError(
            f"XGBoost cannot read {path.name}: {str(error).strip().splitlines()[-1]}",
            hint="Write it with save_model('model.json') or save_model('model.ubj').",
        ) from error
    booster.set_param({"nthread": 1})
    return booster


def booster_facts(booster: Any) -> BoosterFacts:
    """What a booster's configuration says about its input and output."""
    learner = json.loads(booster.save_config())["learner"]
    objective = str(learner["objective"]["name"])
    declared = int(learner["learner_model_param"]["num_class"])
    kind, n_classes = _kind_of(objective, declared)
    names = None if booster.feature_names is None else tuple(booster.feature_names)
    count = int(booster.num_features())
    types = booster.feature_types or []
    shown = names or tuple(str(i) for i in range(count))
    stored = {shown[at]: values for at, values in stored_categories(booster).items()}
    certain: dict[str, tuple[JsonValue, ...]] = {}
    cut: dict[str, tuple[bytes, ...]] = {}
    for name, values in stored.items():
        pieces = tuple(value for value in values if isinstance(value, bytes))
        if pieces:
            cut[name] = pieces
        else:
            certain[name] = tuple(value for value in values if not isinstance(value, bytes))
    return BoosterFacts(
        objective=objective,
        kind=kind,
        n_classes=n_classes,
        has_probabilities=objective in ("binary:logistic", "multi:softprob"),
        n_features=count,
        feature_names=names,
        categorical=tuple(n for n, t in zip(shown, types, strict=False) if t == "c"),
        categories=certain,
        cut_categories=cut,
    )


def _kind_of(objective: str, declared: int) -> tuple[OutputKind, int]:
    if objective in ("binary:logistic", "binary:hinge"):
        return "binary", 2
    if objective.startswith("multi:"):
        return "multiclass", declared
    return "regression", 0


class XgboostModel:
    """Answers batches with a booster.

    Trees predict on several threads at once; `dart` and `gblinear` do not, and take turns. A file
    that XGBoost's scikit-learn estimators wrote after early stopping is cut at its best iteration,
    as those estimators do; one of `xgboost.train` uses all its trees, as `Booster.predict` does.
    """

    def __init__(self, booster: Any, signature: Signature) -> None:
        self._xgboost = require("xgboost", extra="xgboost")
        self._booster = booster
        self._output = signature.output
        self._build = input_builder(signature, boolean_nulls="number")
        self._brittle = brittle_columns(signature)
        self._names = booster.feature_names
        self._types = booster.feature_types
        self._is_frame = signature.form == "frame"
        self._takes_codes = self._is_frame and _is_arrow(booster, signature)
        self._range = iteration_range(booster)
        self._turn: AbstractContextManager[Any] = (
            nullcontext() if _is_thread_safe(booster) else Lock()
        )

    def predict(self, batch: Batch) -> Outputs:
        """Answer every record of the batch, in order."""
        if not batch.size:
            return outputs.empty_outputs(self._output)
        return predict_apart(batch, self._brittle, self._predict_alike)

    def _predict_alike(self, batch: Batch) -> Outputs:
        matrix = self._matrix(batch)
        with self._turn:
            raw = self._booster.predict(matrix, iteration_range=self._range)
        return self._converted(raw, batch.size)

    def _matrix(self, batch: Batch) -> Any:
        given = self._build(batch)
        if self._takes_codes:
            given = _codes(given)
        elif self._is_frame and self._names is not None:
            return self._xgboost.DMatrix(given, enable_categorical=True, nthread=1)
        elif self._is_frame:
            given = given.to_numpy()
        return self._xgboost.DMatrix(
            given, feature_names=self._names, feature_types=self._types,
            enable_categorical=True, nthread=1,
        )  # fmt: skip

    def _converted(self, raw: Any, size: int) -> Outputs:
        match self._output.kind:
            case "regression":
                return Outputs(values=outputs.numbers(raw, size))
            case "custom":
                return Outputs(values=outputs.values(raw, size))
            case _ if not self._output.has_probabilities:
                return Outputs(labels=self._labels(raw, size))
            case "binary" if raw.ndim == 1:
                scores = outputs.numbers(raw, size)
                return Outputs(probabilities=[[1.0 - score, score] for score in scores])
            case _:
                rows = outputs.probability_rows(raw, size, len(self._output.classes))
                return Outputs(probabilities=rows)

    def _labels(self, raw: Any, size: int) -> list[Any]:
        """The classes with the numbers that `multi:softmax` and `binary:hinge` give."""
        found = [int(number) for number in outputs.numbers(raw, size)]
        if any(not 0 <= number < len(self._output.classes) for number in found):
            raise ModelOutputError(
                f"The booster gave a class number outside the {len(self._output.classes)} classes"
                " of the signature."
            )
        return [self._output.classes[number] for number in found]


def _is_arrow(booster: Any, signature: Signature) -> bool:
    """Whether it was trained on Arrow tables with texts that XGBoost stores otherwise of pandas."""
    stored = stored_categories(booster)
    return any(
        all(isinstance(value, bytes) for value in stored.get(at, ()))
        and stored[at] != as_cut([str(category) for category in column.categories])
        for at, column in enumerate(signature.columns)
        if at in stored
    )


def _codes(frame: Any) -> Any:
    """The frame's numbers, categories as codes and nulls as NaN."""
    import numpy as np

    columns = [frame[name] for name in frame.columns]
    return np.column_stack(
        [
            (c.cat.codes.where(c.notna()) if c.dtype == "category" else c).to_numpy(float)
            for c in columns
        ]
    )


def iteration_range(booster: Any) -> tuple[int, int]:
    """The trees that answer: XGBoost's own estimators stop at the best iteration.

    `Booster.predict` uses all unless it is told; (0, 0) stands for all.
    """
    best = booster.attr("best_iteration")
    if best is None or booster.attr("scikit_learn") is None:
        return (0, 0)
    return (0, int(best) + 1)


def _is_thread_safe(booster: Any) -> bool:
    config = json.loads(booster.save_config())
    return bool(config["learner"]["gradient_booster"]["name"] == "gbtree")
