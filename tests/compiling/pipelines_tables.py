"""Pipelines of tables and matrices, to be compared with their programs."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np
from sklearn.compose import ColumnTransformer, make_column_selector
from sklearn.discriminant_analysis import (
    LinearDiscriminantAnalysis,
    QuadraticDiscriminantAnalysis,
)
from sklearn.feature_extraction import FeatureHasher
from sklearn.impute import MissingIndicator, SimpleImputer
from sklearn.linear_model import (
    ARDRegression,
    BayesianRidge,
    ElasticNetCV,
    GammaRegressor,
    HuberRegressor,
    LassoCV,
    LinearRegression,
    LogisticRegression,
    LogisticRegressionCV,
    Perceptron,
    PoissonRegressor,
    RANSACRegressor,
    Ridge,
    RidgeClassifier,
    RidgeCV,
    SGDClassifier,
    TweedieRegressor,
)
from sklearn.pipeline import make_pipeline, make_union
from sklearn.preprocessing import (
    Binarizer,
    FunctionTransformer,
    KBinsDiscretizer,
    MaxAbsScaler,
    MinMaxScaler,
    Normalizer,
    OneHotEncoder,
    OrdinalEncoder,
    PolynomialFeatures,
    PowerTransformer,
    QuantileTransformer,
    RobustScaler,
    SplineTransformer,
    StandardScaler,
    TargetEncoder,
)
from sklearn.svm import LinearSVC, LinearSVR
from tests.compiling.cases import Case
from tests.compiling.tables import (
    CATEGORIES,
    NUMBERS,
    amounts,
    fitted,
    is_well_off,
    matrix,
    people,
    three_classes,
    two_classes,
    with_missing,
)

__all__ = ["PIPELINES"]

_ROWS = 1200


def _rows(*steps: Any, truths: Callable[[Any], Any] = two_classes, missing: bool = False) -> Case:
    rows = matrix(_ROWS)
    data = with_missing(rows) if missing else rows
    return Case(estimator=fitted(make_pipeline(*steps), data, truths(rows)), data=data)


def _positive(*steps: Any) -> Case:
    rows = np.abs(matrix(_ROWS)) + 0.1
    return Case(estimator=fitted(make_pipeline(*steps), rows, two_classes(rows)), data=rows)


def _people(columns: Any, last: Any = None, *, nulls: bool = True, classes: int = 2) -> Case:
    frame = people(_ROWS, with_nulls=nulls)
    truths = is_well_off(frame) if classes == 2 else (frame["age"] // 30).clip(1, 3)
    model = make_pipeline(columns, last or LogisticRegression())
    return Case(estimator=fitted(model, frame, truths), data=frame)


def _hashed() -> Case:
    """An array of texts, hashed value by value."""
    frame = people(_ROWS)
    rows = frame[["city", "tag", "grade"]].astype(object).to_numpy()
    model = make_pipeline(FeatureHasher(16, input_type="string"), LogisticRegression())
    return Case(estimator=fitted(model, rows, is_well_off(frame)), data=rows)


def _two_outputs(rows: np.ndarray) -> np.ndarray:
    return np.stack([amounts(rows), rows[:, 1]], axis=1)


def _mixed(encoder: Any, **options: Any) -> ColumnTransformer:
    """Numbers imputed and scaled, the others encoded."""
    numbers = make_pipeline(SimpleImputer(), StandardScaler())
    parts = [("numbers", numbers, NUMBERS), ("others", encoder, [*CATEGORIES, "code"])]
    return ColumnTransformer(parts, **options)


_UNKNOWN = OneHotEncoder(handle_unknown="ignore")
_SCALERS: dict[str, Any] = {
    "standard": StandardScaler(),
    "min-max, clipped": MinMaxScaler(clip=True),
    "largest": MaxAbsScaler(),
    "robust": RobustScaler(),
    "l1 norm": Normalizer("l1"),
    "l2 norm": Normalizer(),
    "largest norm": Normalizer("max"),
    "binary": Binarizer(threshold=0.5),
    "bins, flags": KBinsDiscretizer(6),
    "bins, numbers": KBinsDiscretizer(6, encode="ordinal", strategy="uniform"),
    "Yeo-Johnson": PowerTransformer(),
    "quantiles": QuantileTransformer(n_quantiles=100),
    "quantiles, normal": QuantileTransformer(n_quantiles=100, output_distribution="normal"),
    "polynomial": make_pipeline(StandardScaler(), PolynomialFeatures(2)),
    "splines": SplineTransformer(),
    "splines, linear beyond": SplineTransformer(extrapolation="linear", include_bias=False),
    "interactions": make_pipeline(StandardScaler(), PolynomialFeatures(3, interaction_only=True)),
}
_REGRESSORS: dict[str, Any] = {
    "linear": LinearRegression(),
    "ridge": RidgeCV(),
    "lasso": LassoCV(),
    "elastic net": ElasticNetCV(),
    "Bayesian": BayesianRidge(),
    "ARD": ARDRegression(),
    "Huber": HuberRegressor(max_iter=500),
    "consensus": RANSACRegressor(random_state=0),
    "Poisson": PoissonRegressor(),
    "gamma": GammaRegressor(),
    "Tweedie": TweedieRegressor(power=1.5),
    "linear SVR": LinearSVR(),
}
_CLASSIFIERS: dict[str, Any] = {
    "logistic, liblinear": LogisticRegression(solver="liblinear"),
    "logistic, chosen": LogisticRegressionCV(cv=3),
    "SGD, log": SGDClassifier(loss="log_loss", random_state=0),
    "SGD, Huber": SGDClassifier(loss="modified_huber", random_state=0),
    "perceptron": Perceptron(),
    "ridge classifier": RidgeClassifier(),
    "linear SVC": LinearSVC(),
    "linear discriminant": LinearDiscriminantAnalysis(),
    "quadratic discriminant": QuadraticDiscriminantAnalysis(),
}
_TABLES: dict[str, Callable[[], Case]] = {
    "flags": lambda: _people(_mixed(_UNKNOWN)),
    "flags, always dense": lambda: _people(_mixed(_UNKNOWN, sparse_threshold=0)),
    "flags, always sparse": lambda: _people(_mixed(_UNKNOWN, sparse_threshold=1)),
    "flags, weighted": lambda: _people(_mixed(_UNKNOWN, transformer_weights={"numbers": 0.5})),
    "flags, three classes": lambda: _people(_mixed(_UNKNOWN), classes=3),
    "flags, first dropped": lambda: _people(_mixed(OneHotEncoder(drop="first")), nulls=False),
    "flags, rare ones together": lambda: _people(
        _mixed(OneHotEncoder(min_frequency=90, handle_unknown="infrequent_if_exist"))
    ),
    "ordinals": lambda: _people(
        _mixed(
            OrdinalEncoder(
                handle_unknown="use_encoded_value", unknown_value=-1, encoded_missing_value=-2
            )
        )
    ),
    "targets": lambda: _people(_mixed(TargetEncoder())),
    "targets, three classes": lambda: _people(_mixed(TargetEncoder()), classes=3),
    "texts imputed": lambda: _people(
        _mixed(make_pipeline(SimpleImputer(strategy="most_frequent"), _UNKNOWN))
    ),
    "texts imputed with a word": lambda: _people(
        _mixed(make_pipeline(SimpleImputer(strategy="constant", fill_value="none"), _UNKNOWN))
    ),
    "the rest passed": lambda: _people(
        ColumnTransformer([("flags", _UNKNOWN, CATEGORIES)], remainder="passthrough"), nulls=False
    ),
    "the rest imputed": lambda: _people(
        ColumnTransformer([("flags", _UNKNOWN, CATEGORIES)], remainder=SimpleImputer())
    ),
    "columns by dtype": lambda: _people(
        ColumnTransformer(
            [
                ("numbers", SimpleImputer(), make_column_selector(dtype_include="number")),
                ("flags", _UNKNOWN, make_column_selector(dtype_exclude="number")),
            ]
        )
    ),
    "an imputer's columns by position": lambda: _people(
        make_pipeline(
            ColumnTransformer(
                [
                    ("numbers", SimpleImputer(), ["age", "income"]),
                    ("others", SimpleImputer(strategy="most_frequent"), CATEGORIES),
                ]
            ),
            ColumnTransformer([("n", StandardScaler(), [0, 1]), ("c", _UNKNOWN, [2, 3, 4])]),
        )
    ),
    "frames between the steps": lambda: _people(
        make_pipeline(
            ColumnTransformer(
                [
                    ("numbers", SimpleImputer(), NUMBERS),
                    ("others", SimpleImputer(strategy="most_frequent"), CATEGORIES),
                ],
                verbose_feature_names_out=False,
            ),
            ColumnTransformer(
                [
                    ("flags", OneHotEncoder(sparse_output=False), ["tag", "city", "grade"]),
                    ("scaled", StandardScaler(), NUMBERS),
                ]
            ),
        ).set_output(transform="pandas")
    ),
    "ridge of flags": lambda: _people(_mixed(_UNKNOWN), Ridge()),
}
PIPELINES: dict[str, Callable[[], Case]] = {
    **{
        f"{name}, logistic": partial(_rows, scaler, LogisticRegression(max_iter=300))
        for name, scaler in _SCALERS.items()
    },
    **{
        f"scaled, {name}": partial(_rows, StandardScaler(), model, truths=amounts)
        for name, model in _REGRESSORS.items()
    },
    **{
        f"scaled, {name}": partial(_rows, StandardScaler(), model)
        for name, model in _CLASSIFIERS.items()
    },
    **{
        f"scaled, {name}, three classes": partial(
            _rows, StandardScaler(), model, truths=three_classes
        )
        for name, model in _CLASSIFIERS.items()
        if "liblinear" not in name
    },
    "logistic, three classes": partial(_rows, LogisticRegression(), truths=three_classes),
    "two outputs": partial(_rows, StandardScaler(), Ridge(), truths=_two_outputs),
    "Box-Cox, logistic": partial(_positive, PowerTransformer("box-cox"), LogisticRegression()),
    "logarithms, logistic": partial(_positive, FunctionTransformer(np.log), LogisticRegression()),
    "means imputed": partial(
        _rows, SimpleImputer(), StandardScaler(), LogisticRegression(), missing=True
    ),
    "medians imputed, flagged": partial(
        _rows, SimpleImputer(strategy="median", add_indicator=True), Ridge(),
        truths=amounts, missing=True,
    ),
    "imputed beside indicators": partial(
        _rows, make_union(SimpleImputer(), MissingIndicator()), LogisticRegression(), missing=True
    ),
    "texts hashed": _hashed,
    **_TABLES,
}  # fmt: skip
