"""Fitted trees, boosted trees and combinations, for the conformance of programs."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache, partial
from typing import Any

import lightgbm
import numpy as np
import pandas as pd
import xgboost
from sklearn.calibration import CalibratedClassifierCV
from sklearn.compose import TransformedTargetRegressor
from sklearn.dummy import DummyClassifier, DummyRegressor
from sklearn.ensemble import (
    AdaBoostClassifier,
    AdaBoostRegressor,
    BaggingClassifier,
    BaggingRegressor,
    ExtraTreesClassifier,
    ExtraTreesRegressor,
    GradientBoostingClassifier,
    GradientBoostingRegressor,
    HistGradientBoostingClassifier,
    HistGradientBoostingRegressor,
    IsolationForest,
    RandomForestClassifier,
    RandomForestRegressor,
    RandomTreesEmbedding,
    StackingClassifier,
    StackingRegressor,
    VotingClassifier,
    VotingRegressor,
)
from sklearn.linear_model import LogisticRegression, Ridge
from sklearn.model_selection import (
    FixedThresholdClassifier,
    GridSearchCV,
    TunedThresholdClassifierCV,
)
from sklearn.multiclass import OneVsOneClassifier, OneVsRestClassifier
from sklearn.multioutput import (
    ClassifierChain,
    MultiOutputClassifier,
    MultiOutputRegressor,
    RegressorChain,
)
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import (
    MinMaxScaler,
    PowerTransformer,
    QuantileTransformer,
    StandardScaler,
)
from sklearn.tree import (
    DecisionTreeClassifier,
    DecisionTreeRegressor,
    ExtraTreeClassifier,
    ExtraTreeRegressor,
)
from tests.compiling.agreement import compiled
from tests.compiling.cases import Case

__all__ = ["IN_32_BITS", "PIPELINES"]

ROWS = 1_200


@cache
def matrix() -> np.ndarray:
    """Numbers without nulls, some of them hostile."""
    generator = np.random.default_rng(0)
    rows = generator.normal(size=(ROWS, 6))
    rows[:, 4] = np.round(np.abs(rows[:, 4]) * 3)
    rows[:20, 0] = np.resize([0.0, -0.0, 5e-324, 1e-35, 1e30, -1e30], 20)
    return rows


@cache
def gappy() -> np.ndarray:
    """The same with nulls."""
    rows = matrix().copy()
    rows[np.random.default_rng(1).random(rows.shape) < 0.08] = np.nan
    return rows


@cache
def hostile() -> np.ndarray:
    """The same with infinities, and with numbers too large for 32 bits."""
    rows = gappy().copy()
    rows[5:8, 1], rows[8:11, 2], rows[11:14, 3] = np.inf, -np.inf, 1e39
    return rows


@cache
def frame() -> pd.DataFrame:
    """Numbers, whole numbers, booleans and categories, with nulls."""
    generator = np.random.default_rng(2)
    found = pd.DataFrame(gappy()[:, :3], columns=["a", "b", "c"])
    texts = generator.choice(["x", "yy", "zeta", "q", "rr", None], ROWS)
    found["kind"] = pd.Categorical(texts)
    found["size"] = pd.Categorical(generator.integers(3, 30, ROWS))
    found["count"] = generator.integers(0, 9, ROWS)
    found["is_new"] = matrix()[:, 5] > 0.0
    return found


def two(rows: Any = None) -> np.ndarray:
    """Two classes that rows do not part wholly."""
    noise = np.random.default_rng(3).normal(size=ROWS) * 0.3
    del rows
    return (matrix()[:, 1] + matrix()[:, 2] ** 2 + noise > 0.7).astype(int)


def three() -> np.ndarray:
    """Three classes."""
    return two() + (matrix()[:, 3] > 0.6)


def numbers() -> np.ndarray:
    """Numbers greater than 0."""
    return np.exp(0.5 * matrix()[:, 1] + 0.2 * matrix()[:, 2])


def of_categories() -> np.ndarray:
    """Two classes by the categories of the frame."""
    is_chosen = frame()["kind"].isin(["x", "q"]).to_numpy()
    return (is_chosen ^ (matrix()[:, 0] > 0.0) ^ (frame()["size"].astype(int) % 3 == 0)).to_numpy()


def near_splits(estimator: Any, data: np.ndarray, count: int = 400) -> np.ndarray:
    """Rows with a value at, just below or just above a threshold of the estimator's trees."""
    generator = np.random.default_rng(4)
    found = data[generator.integers(0, len(data), count)].copy()
    splits = [pair for pair in _splits(compiled(estimator, data).root) if pair[0] < data.shape[1]]
    for row in found if splits else []:
        feature, threshold = splits[generator.integers(len(splits))]
        row[feature] = generator.choice(
            [threshold, np.nextafter(threshold, -np.inf), np.nextafter(threshold, np.inf),
             threshold + 1e-7, threshold - 1e-7]
        )  # fmt: skip
    return found


def _splits(node: Any) -> list[tuple[int, float]]:
    found = [pair for child in node.children for pair in _splits(child)]
    if node.has("features") and not node.has("members"):
        pairs = zip(node.list("features"), node.list("thresholds"), strict=True)
        found += [(feature, threshold) for feature, threshold in pairs if feature >= 0]
    return found


def case(make: Callable[[], Any], data: Callable[[], Any], truths: Callable[[], Any]) -> Case:
    """A case: fitted on the data, where those have no infinities."""
    rows = data()
    model = make()
    if isinstance(rows, pd.DataFrame):
        return Case(estimator=model.fit(rows, truths()), data=rows)
    model.fit(_finite(rows), truths())
    return Case(estimator=model, data=rows, near=near_splits(model, rows))


def _finite(rows: np.ndarray) -> np.ndarray:
    is_large = np.abs(rows) > 1e38
    return np.where(is_large, 0.0, rows) if is_large.any() else rows


def outlier_case() -> Case:
    """An isolation forest, which takes everything."""
    model = IsolationForest(n_estimators=20, max_features=4, random_state=0)
    model.fit(_finite(matrix()))
    return Case(estimator=model, data=hostile())


def several() -> np.ndarray:
    """Two numbers a row."""
    return np.column_stack([numbers(), numbers() * 2.0 + matrix()[:, 3] ** 2])


def labels() -> np.ndarray:
    """Three labels of two classes a row."""
    return np.column_stack([two(), numbers() > np.median(numbers()), matrix()[:, 3] > 0]) * 1


def words() -> np.ndarray:
    """Two labels a row, which are words."""
    return np.where(labels()[:, :2] > 0, "yes", [["no", "never"]])


TREE = partial(DecisionTreeClassifier, max_depth=4, random_state=0)
LEAVES = partial(DecisionTreeRegressor, max_depth=4, random_state=0)
FOREST = partial(RandomForestClassifier, n_estimators=10, random_state=0)
HIST = partial(HistGradientBoostingClassifier, max_iter=8, early_stopping=False)
HIST_VALUES = partial(HistGradientBoostingRegressor, max_iter=8, early_stopping=False)
BOOSTED = partial(GradientBoostingClassifier, n_estimators=10, random_state=0)
BOOSTED_VALUES = partial(GradientBoostingRegressor, n_estimators=10, random_state=0)
XGB = partial(xgboost.XGBClassifier, n_estimators=12, max_depth=4, n_jobs=1)
XGB_VALUES = partial(xgboost.XGBRegressor, n_estimators=12, max_depth=4, n_jobs=1)
LGBM = partial(lightgbm.LGBMClassifier, n_estimators=12, verbose=-1, n_jobs=1)
LGBM_VALUES = partial(lightgbm.LGBMRegressor, n_estimators=12, verbose=-1, n_jobs=1)


def logistic() -> Any:
    """A scaled logistic regression."""
    return make_pipeline(MinMaxScaler(), LogisticRegression())


def members() -> list[tuple[str, Any]]:
    """Members of votes and stacks."""
    return [("line", logistic()), ("tree", TREE()), ("boosted", HIST())]


def valued() -> list[tuple[str, Any]]:
    """Members that give values."""
    return [("line", make_pipeline(MinMaxScaler(), Ridge())), ("tree", LEAVES())]


_MADE: dict[str, tuple[Callable[[], Any], Callable[[], Any], Callable[[], Any]]] = {
    "decision tree": (TREE, hostile, two),
    "decision tree, three classes": (partial(DecisionTreeClassifier, random_state=0), gappy, three),
    "decision tree of values": (LEAVES, hostile, numbers),
    "extra tree": (partial(ExtraTreeClassifier, random_state=0), hostile, three),
    "extra tree of values": (partial(ExtraTreeRegressor, random_state=0), gappy, numbers),
    "forest": (FOREST, hostile, two),
    "forest of leaves, three classes": (partial(FOREST, max_leaf_nodes=31), gappy, three),
    "forest by entropy": (partial(FOREST, criterion="entropy", max_depth=6), hostile, two),
    "forest of values": (
        partial(RandomForestRegressor, n_estimators=8, max_depth=7, random_state=0),
        hostile, numbers,
    ),
    "forest of two values": (
        partial(RandomForestRegressor, n_estimators=5, max_depth=5, random_state=0),
        matrix, several,
    ),
    "extra trees": (
        partial(ExtraTreesClassifier, n_estimators=8, max_depth=7, random_state=0), hostile, three,
    ),
    "extra trees of values": (
        partial(ExtraTreesRegressor, n_estimators=5, max_depth=7, random_state=0), gappy, numbers,
    ),
    "gradient boosting": (BOOSTED, matrix, two),
    "gradient boosting, three classes": (BOOSTED, matrix, three),
    "gradient boosting, exponential": (partial(BOOSTED, loss="exponential"), matrix, two),
    "gradient boosting from zero": (partial(BOOSTED, init="zero"), matrix, two),
    "gradient boosting of values": (BOOSTED_VALUES, matrix, numbers),
    "gradient boosting, huber": (partial(BOOSTED_VALUES, loss="huber"), matrix, numbers),
    "gradient boosting, quantile": (partial(BOOSTED_VALUES, loss="quantile"), matrix, numbers),
    "histogram boosting": (partial(HIST, max_iter=30), hostile, two),
    "histogram boosting, three classes": (HIST, hostile, three),
    "histogram boosting, categories of a matrix": (
        partial(HIST, categorical_features=[4]), gappy, two,
    ),
    "histogram boosting, categories of a frame": (
        partial(HIST, categorical_features="from_dtype"), frame, of_categories,
    ),
    "histogram boosting, named categories": (
        partial(HIST, categorical_features=["kind", "size", "count"]), frame, of_categories,
    ),
    "histogram boosting of values": (HIST_VALUES, hostile, numbers),
    "histogram boosting, poisson": (partial(HIST_VALUES, loss="poisson"), hostile, numbers),
    "histogram boosting, gamma": (partial(HIST_VALUES, loss="gamma"), hostile, numbers),
    "histogram boosting, median": (partial(HIST_VALUES, loss="absolute_error"), hostile, numbers),
    "histogram boosting, quantile": (
        partial(HIST_VALUES, loss="quantile", quantile=0.8), hostile, numbers,
    ),
    "xgboost": (partial(XGB, n_estimators=40, max_depth=6), hostile, two),
    "xgboost, three classes": (XGB, hostile, three),
    "xgboost, softmax": (partial(XGB, objective="multi:softmax"), hostile, three),
    "xgboost, hinge": (partial(XGB, objective="binary:hinge"), hostile, two),
    "xgboost, dart": (partial(XGB, booster="dart", rate_drop=0.4), hostile, two),
    "xgboost, linear": (partial(XGB, booster="gblinear", max_depth=None), gappy, two),
    "xgboost, a number for null": (partial(XGB, missing=0.0), matrix, two),
    "xgboost, sets of categories": (
        partial(XGB, enable_categorical=True, max_cat_to_onehot=1), frame, of_categories,
    ),
    "xgboost, one category at a time": (
        partial(XGB, enable_categorical=True, max_cat_to_onehot=100), frame, of_categories,
    ),
    "xgboost, forest": (
        partial(xgboost.XGBRFClassifier, n_estimators=8, max_depth=4, n_jobs=1), hostile, three,
    ),
    "xgboost of values": (XGB_VALUES, hostile, numbers),
    "xgboost, poisson": (partial(XGB_VALUES, objective="count:poisson"), hostile, numbers),
    "xgboost, gamma": (partial(XGB_VALUES, objective="reg:gamma"), hostile, numbers),
    "xgboost, tweedie": (partial(XGB_VALUES, objective="reg:tweedie"), hostile, numbers),
    "xgboost, absolute": (partial(XGB_VALUES, objective="reg:absoluteerror"), hostile, numbers),
    "xgboost, quantiles": (
        partial(XGB_VALUES, objective="reg:quantileerror", quantile_alpha=[0.1, 0.9]),
        hostile, numbers,
    ),
    "lightgbm": (partial(LGBM, n_estimators=30), hostile, two),
    "lightgbm, three classes": (LGBM, hostile, three),
    "lightgbm, one against all": (
        partial(LGBM, objective="multiclassova", sigmoid=0.7), hostile, three,
    ),
    "lightgbm, forest": (
        partial(LGBM, boosting_type="rf", bagging_freq=1, bagging_fraction=0.7), hostile, two,
    ),
    "lightgbm, zero as null": (partial(LGBM, zero_as_missing=True), hostile, two),
    "lightgbm, no nulls": (partial(LGBM, use_missing=False), hostile, two),
    "lightgbm, categories": (partial(LGBM, min_data_per_group=5), frame, of_categories),
    "lightgbm of values": (LGBM_VALUES, hostile, numbers),
    "lightgbm, poisson": (partial(LGBM_VALUES, objective="poisson"), hostile, numbers),
    "lightgbm, root": (partial(LGBM_VALUES, reg_sqrt=True), hostile, numbers),
    "sigmoids": (partial(CalibratedClassifierCV, logistic(), cv=2), matrix, two),
    "isotonic": (
        partial(CalibratedClassifierCV, TREE(), method="isotonic", cv=2), hostile, three,
    ),
    "one isotonic": (
        partial(CalibratedClassifierCV, HIST(), method="isotonic", ensemble=False, cv=2),
        hostile, two,
    ),
    "temperature": (
        partial(CalibratedClassifierCV, TREE(), method="temperature", cv=2), hostile, three,
    ),
    "soft votes": (
        partial(VotingClassifier, members(), voting="soft", weights=[1, 2.5, 0.3]), matrix, three,
    ),
    "hard votes": (partial(VotingClassifier, members()), matrix, three),
    "mean of values": (partial(VotingRegressor, valued(), weights=[1, 3]), matrix, numbers),
    "stack": (partial(StackingClassifier, members(), cv=2), matrix, three),
    "stack with its rows": (
        partial(StackingClassifier, members()[1:], final_estimator=TREE(), cv=2, passthrough=True),
        matrix, two,
    ),
    "stack of values": (partial(StackingRegressor, valued(), cv=2), matrix, numbers),
    "one against the rest": (partial(OneVsRestClassifier, TREE()), hostile, three),
    "one against one": (partial(OneVsOneClassifier, logistic()), matrix, three),
    "bags": (
        partial(BaggingClassifier, TREE(), n_estimators=5, max_features=0.6, random_state=0),
        gappy, three,
    ),
    "bags of values": (
        partial(BaggingRegressor, LEAVES(), n_estimators=5, random_state=0), gappy, numbers,
    ),
    "adaboost": (partial(AdaBoostClassifier, n_estimators=8, random_state=0), matrix, two),
    "adaboost, three classes": (
        partial(AdaBoostClassifier, TREE(), n_estimators=4, random_state=0), matrix, three,
    ),
    "adaboost of values": (
        partial(AdaBoostRegressor, n_estimators=6, random_state=0), matrix, numbers,
    ),
    "logarithms": (
        partial(TransformedTargetRegressor, LEAVES(), func=np.log1p, inverse_func=np.expm1),
        hostile, numbers,
    ),
    "scaled target": (
        partial(TransformedTargetRegressor, LEAVES(), transformer=StandardScaler()),
        hostile, numbers,
    ),
    "bent target": (
        partial(TransformedTargetRegressor, LEAVES(), transformer=PowerTransformer()),
        hostile, numbers,
    ),
    "ranked target": (
        partial(
            TransformedTargetRegressor, LEAVES(), transformer=QuantileTransformer(n_quantiles=90)
        ),
        hostile, numbers,
    ),
    "several values": (partial(MultiOutputRegressor, LEAVES()), hostile, several),
    "chain": (partial(RegressorChain, LEAVES(), order=[1, 0]), matrix, several),
    "a classifier a label": (partial(MultiOutputClassifier, TREE()), hostile, labels),
    "a classifier a label of words": (partial(MultiOutputClassifier, logistic()), matrix, words),
    "chain of labels": (partial(ClassifierChain, TREE(), order=[2, 0, 1]), matrix, labels),
    "chain of probabilities": (
        partial(ClassifierChain, TREE(), chain_method="predict_proba"), matrix, labels,
    ),
    "leaves of random trees": (
        lambda: make_pipeline(RandomTreesEmbedding(6, random_state=0), LogisticRegression()),
        hostile, two,
    ),
    "leaves of one tree, dense": (
        lambda: make_pipeline(
            RandomTreesEmbedding(1, random_state=0, sparse_output=False), LogisticRegression()
        ),
        matrix, two,
    ),
    "threshold": (partial(FixedThresholdClassifier, TREE(), threshold=0.3), hostile, two),
    "tuned threshold": (partial(TunedThresholdClassifierCV, TREE(), cv=2), hostile, two),
    "search": (partial(GridSearchCV, TREE(), {"max_depth": [2, 3]}, cv=2), hostile, two),
    "prior": (DummyClassifier, hostile, three),
    "mean": (DummyRegressor, hostile, numbers),
}  # fmt: skip
PIPELINES: dict[str, Callable[[], Case]] = {
    name: partial(case, *parts) for name, parts in _MADE.items()
} | {"isolation forest": outlier_case}
"""Name to what fits the case."""
IN_32_BITS = frozenset(name for name in PIPELINES if name.startswith("xgboost"))
"""The names of those that the original computes in 32 bits."""
