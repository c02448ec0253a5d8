"""Pipelines to compile: the models that are served, and one for each exporter there is.

`pipelines` is all that `benchmarks.compile` asks for; any other source of fitted estimators with
data may take its place.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import joblib
import numpy as np
import pandas as pd
from sklearn.base import is_classifier, is_clusterer, is_regressor
from sklearn.feature_extraction.text import CountVectorizer
from sklearn.linear_model import LinearRegression, LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.utils import all_estimators

from benchmarks.models import TRAINERS
from golive.compiling.table import EXPORTERS
from golive.signature.model import Column, Output, Signature

__all__ = ["Pipeline", "asked_for", "dump", "pipelines", "signature_for"]

_EXAMPLES = Path(__file__).resolve().parent.parent / "examples"
_ROWS = 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class Pipeline:
    """A fitted estimator and rows to ask it for.

    Attributes:
        name: Of it.
        estimator: Fitted.
        data: A matrix, a frame or a list of texts.
    """

    name: str
    estimator: Any
    data: Any


def pipelines() -> Iterator[tuple[str, Callable[[], Pipeline | None]]]:
    """Names and what makes them; what makes none has no example here, or is not installed."""
    for name in TRAINERS:
        yield f"served: {name}", partial(_served, name)
    known = {f"sklearn.{cls.__name__}": cls for _, cls in all_estimators()}
    for name in sorted(EXPORTERS):
        cls = known.get(name) or _of_boosters(name)
        if cls is None:
            yield name, lambda: None
        else:
            yield name if cls.__name__ == "Booster" else cls.__name__, partial(_example, cls)


def asked_for(pipeline: Pipeline) -> str:
    """The method of the estimator whose answers golive serves."""
    if gives_several(pipeline) or not hasattr(pipeline.estimator, "predict_proba"):
        return _predicting(pipeline.estimator)
    return "predict_proba"


def gives_several(pipeline: Pipeline) -> bool:
    """Whether a record gets several numbers or labels."""
    predict = getattr(pipeline.estimator, _predicting(pipeline.estimator))
    shape = np.shape(predict(pipeline.data[:2]))
    return len(shape) == 2 and shape[1] > 1


def _predicting(estimator: Any) -> str:
    """What predicts from rows; `predict` of a booster of XGBoost takes a matrix of its own."""
    return "inplace_predict" if hasattr(estimator, "inplace_predict") else "predict"


def signature_for(pipeline: Pipeline) -> Signature:
    """What the estimator takes and gives."""
    form, columns = _columns(pipeline.data)
    if gives_several(pipeline):
        several = Output(kind="custom", has_probabilities=False)
        return Signature(form=form, columns=columns, output=several)
    labels = getattr(pipeline.estimator, "classes_", None)
    classes = () if labels is None else tuple(range(len(labels)))
    kind: Any = "regression" if not classes else "binary" if len(classes) == 2 else "multiclass"
    has_probabilities = not classes or hasattr(pipeline.estimator, "predict_proba")
    output = Output(kind=kind, classes=classes, has_probabilities=has_probabilities)
    return Signature(form=form, columns=columns, output=output)


def _columns(data: Any) -> tuple[Any, tuple[Column, ...]]:
    if isinstance(data, pd.DataFrame):
        return "frame", tuple(_column(str(name), data[name]) for name in data.columns)
    if isinstance(data, np.ndarray):
        names = (f"f{number}" for number in range(data.shape[1]))
        kind: Any = "string" if data.dtype == object else "number"
        return "matrix", tuple(Column(name=n, type=kind, dtype=data.dtype.name) for n in names)
    return "series", (Column(name="text", type="text", dtype="object"),)


def _column(name: str, values: pd.Series) -> Column:
    kind: Any = {"f": "number", "i": "integer"}.get(getattr(values.dtype, "kind", "O"), "string")
    return Column(name=name, type=kind, dtype=str(values.dtype))


def _of_boosters(name: str) -> type | None:
    """A class of LightGBM or XGBoost, if installed."""
    package, _, short = name.partition(".")
    if package not in ("lightgbm", "xgboost") or find_spec(package) is None:
        return None
    found: type | None = getattr(import_module(package), short, None)
    return found


def _served(name: str) -> Pipeline:
    trained = TRAINERS[name]()
    return Pipeline(name=f"served: {name}", estimator=trained.model, data=trained.inputs())


def _example(cls: type) -> Pipeline | None:
    """An example of an estimator, fitted on what it can be fitted on."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        builders = [_alone, _before_a_model, _of_categories, _of_texts]
        for build in _BUILDERS.get(cls.__name__, builders):
            try:
                made = build(cls)
            except Exception:  # noqa: BLE001 - it is for other data: the next may be right
                continue
            if made is not None:
                return made
    return None


def _alone(cls: type) -> Pipeline | None:
    estimator = _instance(cls)
    if not hasattr(estimator, "predict") or hasattr(estimator, "transform"):
        return None
    rows, target = _numbers(regression=is_regressor(estimator))
    if "MultiTask" in cls.__name__:
        target = target[:, None]  # one number a record is what golive serves
    return Pipeline(name=cls.__name__, estimator=estimator.fit(rows, target), data=rows)


def _before_a_model(cls: type) -> Pipeline | None:
    rows, target = _numbers(regression=False)
    transformer = _instance(cls)
    selects = hasattr(transformer, "get_support")
    if (is_classifier(transformer) and not selects) or is_clusterer(transformer):
        return Pipeline(name=cls.__name__, estimator=transformer.fit(rows, target), data=rows)
    if is_regressor(transformer):
        rows, target = _numbers(regression=True)
        return Pipeline(name=cls.__name__, estimator=transformer.fit(rows, target), data=rows)
    model = make_pipeline(transformer, LogisticRegression(max_iter=300)).fit(rows, target)
    return Pipeline(name=f"{cls.__name__}, LogisticRegression", estimator=model, data=rows)


def _of_categories(cls: type) -> Pipeline | None:
    frame = pd.read_csv(_EXAMPLES / "income" / "train.csv").iloc[:_ROWS]
    rows, target = frame[["education", "marital_status", "sex"]], frame["income"]
    model = make_pipeline(_instance(cls), LogisticRegression(max_iter=300)).fit(rows, target)
    return Pipeline(name=f"{cls.__name__}, LogisticRegression", estimator=model, data=rows)


def _of_texts(cls: type) -> Pipeline | None:
    frame = pd.read_csv(_EXAMPLES / "banking" / "train.csv").iloc[:_ROWS]
    texts, target = frame["text"].to_list(), frame["category"]
    steps = [_instance(cls), LogisticRegression(max_iter=300)]
    if not cls.__name__.endswith("Vectorizer"):
        steps = [CountVectorizer(), *steps]
    model = make_pipeline(*steps).fit(texts, target)
    return Pipeline(name=f"{cls.__name__}, LogisticRegression", estimator=model, data=texts)


def _of_several(cls: type) -> Pipeline:
    """Two numbers, or two labels, a record."""
    rows, target = _numbers(regression="Regressor" in cls.__name__)
    other = rows[:, 0] if "Regressor" in cls.__name__ else (rows[:, 0] > 1).astype(int)
    estimator = _instance(cls).fit(rows, np.column_stack([target, other]))
    return Pipeline(name=cls.__name__, estimator=estimator, data=rows)


def _of_values(cls: type) -> Pipeline:
    """An array of texts, whose every value is a term."""
    frame = pd.read_csv(_EXAMPLES / "income" / "train.csv").iloc[:_ROWS]
    rows = frame[["education", "marital_status", "sex"]].astype(object).to_numpy()
    model = make_pipeline(_instance(cls), LogisticRegression(max_iter=300)).fit(
        rows, frame["income"]
    )
    return Pipeline(name=f"{cls.__name__}, LogisticRegression", estimator=model, data=rows)


def _frozen(cls: type) -> Pipeline:
    """What was fitted before."""
    rows, target = _numbers(regression=False)
    estimator = cls(LogisticRegression(max_iter=300).fit(rows, target))
    return Pipeline(name=cls.__name__, estimator=estimator, data=rows)


def _boosted(cls: type) -> Pipeline:
    """A booster as its own library trains it."""
    rows, target = _numbers(regression=True)
    package = cls.__module__.partition(".")[0]
    library = import_module(package)
    if package == "xgboost":
        estimator = library.train({}, library.DMatrix(rows, label=target), 100)
    else:
        estimator = library.train({"verbose": -1}, library.Dataset(rows, target), 100)
    return Pipeline(name=f"{package}.Booster", estimator=estimator, data=rows)


def _ranked(cls: type) -> Pipeline:
    """Eight queries, whose rows are to be put in order."""
    rows, target = _numbers(regression=False)
    queries = np.repeat(np.arange(8), len(rows) // 8)
    return Pipeline(name=cls.__name__, estimator=cls().fit(rows, target, qid=queries), data=rows)


_BUILDERS: dict[str, list[Callable[[type], Pipeline | None]]] = {
    "Booster": [_boosted],
    "ClassifierChain": [_of_several],
    "FeatureHasher": [_of_values],
    "FrozenEstimator": [_frozen],
    "MultiOutputClassifier": [_of_several],
    "MultiOutputRegressor": [_of_several],
    "RegressorChain": [_of_several],
    "TfidfTransformer": [_of_texts],
    "XGBRanker": [_ranked],
}


def _instance(cls: type) -> Any:
    """An estimator as it is by default, with what it cannot be without."""
    logistic, linear = LogisticRegression(max_iter=300), LinearRegression()
    named = [("first", logistic), ("second", LogisticRegression(C=0.1))]
    needed: dict[str, dict[str, Any]] = {
        "VotingClassifier": {"estimators": named, "voting": "soft"},
        "StackingClassifier": {"estimators": named},
        "VotingRegressor": {"estimators": [("first", linear)]},
        "StackingRegressor": {"estimators": [("first", linear)]},
        "RANSACRegressor": {"random_state": 0},
        "HashingVectorizer": {"n_features": 2**12},  # of 2**20, the regression takes gigabytes
        "SequentialFeatureSelector": {"estimator": logistic, "n_features_to_select": 3, "cv": 2},
        "ColumnTransformer": {"transformers": [("some", "passthrough", [0, 1, 2])]},
        "FeatureUnion": {"transformer_list": [("same", "passthrough")]},
        "Pipeline": {"steps": [("model", logistic)]},
        "GaussianRandomProjection": {"n_components": 3},
        "SparseRandomProjection": {"n_components": 3},
        "GridSearchCV": {"estimator": logistic, "param_grid": {"C": [0.1, 1.0]}},
        "RandomizedSearchCV": {
            "estimator": logistic,
            "param_distributions": {"C": [0.1, 1.0]},
            "n_iter": 2,
        },
        "FeatureHasher": {"n_features": 64, "input_type": "string"},
        "MissingIndicator": {"features": "all"},
        "RegressorChain": {"estimator": linear},
        "SelfTrainingClassifier": {"estimator": logistic},
        "NearestCentroid": {"metric": "manhattan"},
    }
    if cls.__name__ in needed:
        return cls(**needed[cls.__name__])
    try:
        return cls()
    except TypeError:
        return cls(linear if "Regressor" in cls.__name__ else logistic)


def _numbers(*, regression: bool) -> tuple[Any, Any]:
    """Ten columns that no family refuses: positive numbers."""
    random = np.random.default_rng(0)
    rows = np.round(random.gamma(2, 1, (_ROWS, 10)), 3)
    signal = rows @ np.linspace(1, -1, 10) + random.normal(0, 0.5, _ROWS)
    return rows, np.exp(signal / 10) if regression else (signal > 0).astype(int)


def dump(pipeline: Pipeline, folder: Path) -> Path:
    """Write the estimator as one does with joblib."""
    path = folder / "model.joblib"
    joblib.dump(pipeline.estimator, path)
    return path
