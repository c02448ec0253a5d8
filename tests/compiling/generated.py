"""Generated pipelines: any preparation of any table, and any model after it."""

from __future__ import annotations

import warnings
from typing import Any

import numpy as np
import pandas as pd
from hypothesis import strategies as st
from sklearn.compose import ColumnTransformer
from sklearn.ensemble import (
    ExtraTreesClassifier,
    GradientBoostingClassifier,
    GradientBoostingRegressor,
    HistGradientBoostingClassifier,
    HistGradientBoostingRegressor,
    RandomForestClassifier,
    RandomForestRegressor,
)
from sklearn.feature_extraction.text import CountVectorizer, TfidfVectorizer
from sklearn.feature_selection import VarianceThreshold
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LogisticRegression, Ridge, RidgeClassifier, SGDClassifier
from sklearn.naive_bayes import BernoulliNB
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import (
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
    StandardScaler,
)
from sklearn.tree import DecisionTreeClassifier, DecisionTreeRegressor
from tests.compiling.cases import Case

_WORDS = ("red", "green", "Blue", "don't", "café", "x2", "the", "of", "tree", "Baum", "42", "a")
_IMPUTERS = ("mean", "median", "most_frequent", "constant")


def _scaler(draw: Any) -> Any:
    return draw(
        st.sampled_from(
            [
                StandardScaler(),
                StandardScaler(with_mean=False),
                MinMaxScaler(),
                MinMaxScaler((-1, 1), clip=True),
                MaxAbsScaler(),
                RobustScaler(),
                Normalizer(),
                Normalizer("max"),
                KBinsDiscretizer(4, encode="ordinal", quantile_method="averaged_inverted_cdf"),
                KBinsDiscretizer(3, encode="onehot-dense", strategy="uniform"),
                QuantileTransformer(n_quantiles=50),
                PowerTransformer(),
                PolynomialFeatures(2, include_bias=False),
                VarianceThreshold(),
                "passthrough",
            ]
        )
    )


def _encoder(draw: Any) -> Any:
    return draw(
        st.sampled_from(
            [
                OneHotEncoder(handle_unknown="ignore"),
                OneHotEncoder(handle_unknown="ignore", sparse_output=False),
                OneHotEncoder(handle_unknown="infrequent_if_exist", min_frequency=30),
                OneHotEncoder(drop="first", handle_unknown="ignore"),
                OrdinalEncoder(handle_unknown="use_encoded_value", unknown_value=-1),
            ]
        )
    )


def _classifier(draw: Any) -> Any:
    return draw(
        st.sampled_from(
            [
                LogisticRegression(max_iter=200),
                LogisticRegression(C=0.1, solver="liblinear"),
                SGDClassifier(loss="log_loss", random_state=0),
                RidgeClassifier(),
                BernoulliNB(),
                DecisionTreeClassifier(max_depth=6, random_state=0),
                RandomForestClassifier(12, max_depth=8, random_state=0),
                ExtraTreesClassifier(10, max_depth=7, random_state=0),
                GradientBoostingClassifier(n_estimators=12, random_state=0),
                HistGradientBoostingClassifier(max_iter=12, random_state=0),
            ]
        )
    )


def _regressor(draw: Any) -> Any:
    return draw(
        st.sampled_from(
            [
                Ridge(),
                DecisionTreeRegressor(max_depth=6, random_state=0),
                RandomForestRegressor(12, max_depth=8, random_state=0),
                GradientBoostingRegressor(n_estimators=12, random_state=0),
                HistGradientBoostingRegressor(max_iter=12, random_state=0),
            ]
        )
    )


def _frame(draw: Any, generator: np.random.Generator, size: int) -> pd.DataFrame:
    columns: dict[str, Any] = {}
    for at in range(draw(st.integers(1, 4))):
        scale = draw(st.sampled_from([1.0, 1e-3, 1e4]))
        values = generator.normal(size=size) * scale
        if draw(st.booleans()):
            values = np.round(values / scale, 1) * scale
        values[generator.random(size) < draw(st.sampled_from([0.0, 0.1]))] = np.nan
        columns[f"number {at}"] = values
    for at in range(draw(st.integers(0, 2))):
        columns[f"count {at}"] = generator.integers(-3, 60, size)
    for at in range(draw(st.integers(0, 2))):
        chosen = generator.choice(["", "a", "B", "ß", "other"], size)
        columns[f"kind {at}"] = pd.Series(chosen, dtype=object)
    if draw(st.booleans()):
        texts = [" ".join(generator.choice(_WORDS, generator.integers(0, 9))) for _ in range(size)]
        columns["text"] = pd.Series(texts, dtype=object)
    return pd.DataFrame(columns)


@st.composite
def generated_cases(draw: Any, size: int = 600) -> Case:
    """A fitted pipeline on a table of its own."""
    generator = np.random.default_rng(draw(st.integers(0, 10_000)))
    frame = _frame(draw, generator, size)
    numbers = [n for n in frame if n.startswith("number")]
    counts = [n for n in frame if n.startswith("count")]
    kinds = [n for n in frame if n.startswith("kind")]
    imputer = SimpleImputer(
        strategy=draw(st.sampled_from(_IMPUTERS)), add_indicator=draw(st.booleans())
    )
    parts: list[Any] = [("numbers", make_pipeline(imputer, _scaler(draw)), numbers)]
    if counts:
        parts.append(("counts", _scaler(draw), counts))
    if kinds:
        parts.append(("kinds", _encoder(draw), kinds))
    if "text" in frame:
        words = draw(st.sampled_from([TfidfVectorizer(), CountVectorizer(ngram_range=(1, 2))]))
        parts.append(("text", words, "text"))
    signal = sum(np.nan_to_num(frame[n]) / (frame[n].std() or 1.0) for n in [*numbers, *counts])
    signal = np.asarray(signal) + generator.normal(size=size) * 0.3
    is_classes = draw(st.booleans())
    classes = draw(st.sampled_from([2, 3]))
    truths = pd.qcut(signal, classes, labels=False) if is_classes else signal
    # 0 keeps rows sparse only where all are; histogram boosting takes none
    prepared = ColumnTransformer(parts, sparse_threshold=0)
    model = make_pipeline(prepared, _classifier(draw) if is_classes else _regressor(draw))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        model.fit(frame, truths)
    return Case(estimator=model, data=frame)
