"""Pipelines of texts and of what often follows them, to be compared with their programs."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from functools import cache, partial
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from sklearn.cluster import KMeans
from sklearn.compose import make_column_transformer
from sklearn.decomposition import PCA, FactorAnalysis, FastICA, TruncatedSVD
from sklearn.exceptions import ConvergenceWarning
from sklearn.feature_extraction.text import (
    CountVectorizer,
    HashingVectorizer,
    TfidfTransformer,
    TfidfVectorizer,
)
from sklearn.feature_selection import (
    RFE,
    SelectFromModel,
    SelectKBest,
    SelectPercentile,
    VarianceThreshold,
    chi2,
)
from sklearn.linear_model import LogisticRegression, RidgeClassifier, SGDClassifier
from sklearn.naive_bayes import BernoulliNB, ComplementNB, GaussianNB, MultinomialNB
from sklearn.neighbors import KNeighborsClassifier, KNeighborsRegressor
from sklearn.neural_network import MLPClassifier, MLPRegressor
from sklearn.pipeline import make_pipeline, make_union
from sklearn.preprocessing import MaxAbsScaler, OneHotEncoder, StandardScaler
from sklearn.random_projection import GaussianRandomProjection, SparseRandomProjection
from sklearn.svm import SVC, SVR, LinearSVC, NuSVC, OneClassSVM
from tests.compiling.cases import Case
from tests.compiling.hostile_texts import HOSTILE_TEXTS

__all__ = ["PIPELINES"]

_BANKING = Path(__file__).parents[2] / "examples" / "banking" / "train.csv"
_FITTED = 700
"""How many texts are learnt from; the others are new to the model."""


@cache
def _banking() -> tuple[list[str], list[str]]:
    frame = pd.read_csv(_BANKING).iloc[:1200]
    return frame["text"].tolist(), frame["category"].tolist()


def _texts(*steps: Any, many: bool = False) -> Case:
    """Two classes, or all of the topics."""
    texts, topics = _banking()
    truths = topics if many else [int(topic < "d") for topic in topics]
    model = make_pipeline(*steps)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)
        model.fit(texts[:_FITTED], truths[:_FITTED])
    # Hashing refuses lone surrogates, and so a whole batch that has one.
    hostile = [text for text in HOSTILE_TEXTS if "\ud800" not in text]
    return Case(estimator=model, data=[*texts[:1000], *hostile], near=_between(model, texts))


def _between(model: Any, texts: list[str]) -> list[str]:
    """Texts whose class is least certain, made of halves of two texts each."""
    halves = [
        f"{one[: len(one) // 2]} {two[len(two) // 2 :]}"
        for one, two in zip(texts[:1000], texts[7:], strict=False)
    ]
    if not hasattr(model, "predict_proba"):
        return halves[:500]
    largest = np.sort(model.predict_proba(halves), axis=1)
    margins = largest[:, -1] - largest[:, -2]
    return [halves[at] for at in np.argsort(margins, kind="stable")[:500]]


def _columns(transformer: Any, *steps: Any) -> Case:
    """A text and other columns of a frame."""
    texts, topics = _banking()
    frame = pd.DataFrame(
        {
            "text": pd.Series(texts[:1000], dtype=object),
            "channel": pd.Series([("web", "app", "post")[len(t) % 3] for t in texts[:1000]]),
            "length": [len(text) / 7 for text in texts[:1000]],
        }
    )
    truths = [int(topic < "d") for topic in topics[:_FITTED]]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)
        model = make_pipeline(transformer, *steps).fit(frame.iloc[:_FITTED], truths)
    return Case(estimator=model, data=frame)


@cache
def _numbers() -> tuple[Any, Any, Any]:
    generator = np.random.default_rng(42)
    rows = generator.normal(size=(1000, 3)) @ generator.normal(size=(3, 6))
    rows += generator.normal(size=rows.shape) * 0.4
    sums = rows[:, 0] + np.abs(rows[:, 2]) - rows[:, 4]
    return rows, sums, (sums + generator.normal(size=1000) > 0.5).astype(int)


def _classes(*steps: Any) -> Case:
    rows, _, classes = _numbers()
    model = make_pipeline(*steps)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)
        model.fit(rows, classes)
    return Case(estimator=model, data=rows, near=_bisected(model, rows))


def _values(*steps: Any) -> Case:
    rows, sums, _ = _numbers()
    model = make_pipeline(*steps)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)
        model.fit(rows, sums)
    return Case(estimator=model, data=rows)


def _bisected(model: Any, rows: Any) -> Any:
    """Rows on both sides of where the class changes, as near to it as 2e-7 of their distance."""
    labels = model.predict(rows)
    ones, others = rows[labels == labels[0]], rows[labels != labels[0]]
    count = min(len(ones), len(others), 300)
    near, far = ones[:count].copy(), others[:count].copy()
    for _ in range(22):
        middle = (near + far) / 2
        is_near = model.predict(middle) == labels[0]
        near[is_near], far[~is_near] = middle[is_near], middle[~is_near]
    return np.concatenate([near, far])


_LINE = partial(LogisticRegression, max_iter=40)
PIPELINES: dict[str, Callable[[], Case]] = {
    "counts": lambda: _texts(CountVectorizer(), _LINE()),
    "counts, binary pairs": lambda: _texts(
        CountVectorizer(binary=True, ngram_range=(1, 2)), _LINE()
    ),
    "counts, stop words": lambda: _texts(CountVectorizer(stop_words="english"), _LINE()),
    "counts, frequent terms, many classes": lambda: _texts(
        CountVectorizer(min_df=3, max_df=0.5), _LINE(), many=True
    ),
    "tf-idf": lambda: _texts(TfidfVectorizer(), _LINE()),
    "tf-idf, pairs": lambda: _texts(TfidfVectorizer(ngram_range=(1, 2)), _LINE()),
    "tf-idf, pairs, many classes": lambda: _texts(
        TfidfVectorizer(ngram_range=(1, 2)), _LINE(), many=True
    ),
    "tf-idf, pairs and triples": lambda: _texts(TfidfVectorizer(ngram_range=(2, 3)), _LINE()),
    "tf-idf, sublinear": lambda: _texts(
        TfidfVectorizer(sublinear_tf=True, ngram_range=(1, 2)), _LINE()
    ),
    "tf-idf, sums of one": lambda: _texts(TfidfVectorizer(norm="l1", smooth_idf=False), _LINE()),
    "tf-idf, no norm": lambda: _texts(TfidfVectorizer(norm=None, use_idf=False), _LINE()),
    "tf-idf, without marks": lambda: _texts(
        TfidfVectorizer(strip_accents="unicode", token_pattern=r"\w+"), _LINE()
    ),
    "tf-idf, ascii, upper case": lambda: _texts(
        TfidfVectorizer(strip_accents="ascii", lowercase=False), _LINE()
    ),
    "tf-idf, own pattern": lambda: _texts(
        TfidfVectorizer(token_pattern=r"[^\W\d_]{3,}", max_features=300), _LINE()
    ),
    "tf-idf, characters": lambda: _texts(
        TfidfVectorizer(analyzer="char", ngram_range=(2, 4)), _LINE()
    ),
    "tf-idf, characters of words": lambda: _texts(
        TfidfVectorizer(analyzer="char_wb", ngram_range=(3, 5), min_df=2), _LINE(), many=True
    ),
    "counts and weights": lambda: _texts(
        CountVectorizer(ngram_range=(1, 2)), TfidfTransformer(sublinear_tf=True), _LINE()
    ),
    "hashes": lambda: _texts(HashingVectorizer(n_features=4096), _LINE()),
    "hashes, many classes": lambda: _texts(
        HashingVectorizer(n_features=1024, ngram_range=(1, 2)), _LINE(), many=True
    ),
    "hashes, no sign, weighted": lambda: _texts(
        HashingVectorizer(n_features=2**12, alternate_sign=False, norm=None),
        TfidfTransformer(),
        _LINE(),
    ),
    "hashes, binary characters": lambda: _texts(
        HashingVectorizer(n_features=512, binary=True, analyzer="char_wb", ngram_range=(2, 3)),
        _LINE(),
    ),
    "multinomial": lambda: _texts(CountVectorizer(ngram_range=(1, 2)), MultinomialNB()),
    "multinomial, tf-idf, many classes": lambda: _texts(
        TfidfVectorizer(), MultinomialNB(alpha=0.1), many=True
    ),
    "complement, many classes": lambda: _texts(
        TfidfVectorizer(sublinear_tf=True), ComplementNB(), many=True
    ),
    "bernoulli": lambda: _texts(CountVectorizer(), BernoulliNB(), many=True),
    "best terms": lambda: _texts(
        TfidfVectorizer(ngram_range=(1, 2)), SelectKBest(chi2, k=400), _LINE()
    ),
    "tenth of the terms": lambda: _texts(
        CountVectorizer(), SelectPercentile(chi2, percentile=10), MultinomialNB()
    ),
    "terms that vary": lambda: _texts(TfidfVectorizer(), VarianceThreshold(0.0005), _LINE()),
    "terms of a model": lambda: _texts(TfidfVectorizer(), SelectFromModel(_LINE()), _LINE()),
    "latent semantics": lambda: _texts(
        TfidfVectorizer(), TruncatedSVD(20, random_state=0), _LINE()
    ),
    "latent semantics, many classes": lambda: _texts(
        TfidfVectorizer(ngram_range=(1, 2)),
        TruncatedSVD(25, random_state=0),
        StandardScaler(),
        _LINE(),
        many=True,
    ),
    "random directions of texts": lambda: _texts(
        HashingVectorizer(), SparseRandomProjection(30, dense_output=True, random_state=0), _LINE()
    ),
    "perceptron of texts": lambda: _texts(
        TfidfVectorizer(min_df=2), MLPClassifier((12,), max_iter=15, random_state=0), many=True
    ),
    "principal components": lambda: _classes(StandardScaler(), PCA(3), _LINE()),
    "white components": lambda: _classes(PCA(2, whiten=True), _LINE()),
    "factors": lambda: _classes(FactorAnalysis(2), _LINE()),
    "independent components": lambda: _classes(FastICA(3, random_state=0), _LINE()),
    "random directions": lambda: _classes(GaussianRandomProjection(4, random_state=0), _LINE()),
    "chosen columns": lambda: _classes(RFE(_LINE(), n_features_to_select=3), _LINE()),
    "normal": lambda: _classes(GaussianNB()),
    "perceptron": lambda: _classes(
        StandardScaler(), MLPClassifier((16, 8), max_iter=40, random_state=0)
    ),
    "perceptron of values": lambda: _values(
        StandardScaler(),
        MLPRegressor(hidden_layer_sizes=(16,), activation="tanh", max_iter=40, random_state=0),
    ),
    "support vectors": lambda: _classes(StandardScaler(), SVC()),
    "support vectors of a polynomial": lambda: _classes(
        StandardScaler(), SVC(kernel="poly", degree=2, coef0=1.0)
    ),
    "bounded support vectors": lambda: _classes(StandardScaler(), NuSVC(nu=0.3)),
    "support vectors of values": lambda: _values(StandardScaler(), SVR(C=2.0)),
    "outliers": lambda: _values(OneClassSVM(nu=0.2)),
    "support vectors of texts": lambda: _texts(TfidfVectorizer(), SVC(kernel="linear")),
    "support vectors of texts, curved": lambda: _texts(TfidfVectorizer(), SVC()),
    "support vectors of texts, many classes": lambda: _texts(
        TfidfVectorizer(), SVC(decision_function_shape="ovo"), many=True
    ),
    "line between texts": lambda: _texts(TfidfVectorizer(ngram_range=(1, 2)), LinearSVC()),
    "ridge of texts, many classes": lambda: _texts(
        TfidfVectorizer(sublinear_tf=True), RidgeClassifier(), many=True
    ),
    "gradient descent of texts, many classes": lambda: _texts(
        HashingVectorizer(n_features=2**14),
        SGDClassifier(loss="log_loss", max_iter=20, random_state=0),
        many=True,
    ),
    "words and characters": lambda: _texts(
        make_union(TfidfVectorizer(), TfidfVectorizer(analyzer="char_wb", ngram_range=(2, 3))),
        MaxAbsScaler(),
        _LINE(),
    ),
    "a text among columns": lambda: _columns(
        make_column_transformer(
            (TfidfVectorizer(ngram_range=(1, 2)), "text"),
            (OneHotEncoder(), ["channel"]),
            (StandardScaler(), ["length"]),
        ),
        _LINE(),
    ),
    "semantics among columns": lambda: _columns(
        make_column_transformer(
            (make_pipeline(TfidfVectorizer(), TruncatedSVD(10, random_state=0)), "text"),
        ),
        MLPClassifier((8,), max_iter=15, random_state=0),
    ),
    "neighbours": lambda: _classes(StandardScaler(), KNeighborsClassifier()),
    "neighbours by distance": lambda: _classes(KNeighborsClassifier(9, weights="distance", p=1)),
    "neighbours of values": lambda: _values(KNeighborsRegressor(4, weights="distance")),
    "neighbours of components": lambda: _texts(
        TfidfVectorizer(), TruncatedSVD(8, random_state=0), KNeighborsClassifier(7), many=True
    ),
    "clusters": lambda: _values(StandardScaler(), KMeans(6, n_init=2, random_state=0)),
    "clusters of texts": lambda: _texts(TfidfVectorizer(), KMeans(8, n_init=1, random_state=0)),
}
