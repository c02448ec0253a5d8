from __future__ import annotations

import numpy as np
import pytest
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.feature_selection import (
    RFE,
    RFECV,
    GenericUnivariateSelect,
    SelectFdr,
    SelectFpr,
    SelectFromModel,
    SelectFwe,
    SelectKBest,
    SelectPercentile,
    SequentialFeatureSelector,
    VarianceThreshold,
    chi2,
)
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from tests.compiling.agreement import assert_agree, assert_batches_agree, compiled
from tests.compiling.hostile_texts import HOSTILE_TEXTS, SENTENCES, TRUTHS

GENERATOR = np.random.default_rng(5)
ROWS = GENERATOR.normal(size=(150, 8)) * [1, 2, 3, 0.01, 1, 1, 5, 1]
CLASSES = (ROWS[:, 1] + ROWS[:, 4] + GENERATOR.normal(size=150) > 0).astype(int)
HOSTILE_ROWS = np.tile(ROWS[:1], (4, 1))
HOSTILE_ROWS[0, 0], HOSTILE_ROWS[1, 1], HOSTILE_ROWS[2, 3] = np.nan, np.inf, -1e308
LINE = LogisticRegression()
SELECTORS = [
    SelectKBest(k=3),
    SelectKBest(k=1),
    SelectKBest(k="all"),
    SelectPercentile(percentile=40),
    SelectFpr(alpha=0.2),
    SelectFdr(alpha=0.2),
    SelectFwe(alpha=0.2),
    GenericUnivariateSelect(mode="k_best", param=2),
    SelectFromModel(LINE, threshold="median"),
    SelectFromModel(LINE, max_features=2),
    RFE(LINE, n_features_to_select=3),
    RFECV(LINE, cv=3),
    SequentialFeatureSelector(LINE, n_features_to_select=2, cv=2),
    VarianceThreshold(0.5),
]


@pytest.mark.parametrize("selector", SELECTORS, ids=lambda s: type(s).__name__)
def test_kept_columns_are_those_of_the_original(selector):
    model = make_pipeline(selector, LogisticRegression()).fit(ROWS, CLASSES)
    program = compiled(model, ROWS)

    assert_agree(model, program, np.concatenate([ROWS[:40], HOSTILE_ROWS]))
    assert_batches_agree(program, ROWS)


@pytest.mark.parametrize(
    "selector",
    [
        SelectKBest(chi2, k=7),
        SelectPercentile(chi2, percentile=30),
        SelectFromModel(LINE, threshold="mean"),
        VarianceThreshold(0.01),
    ],
    ids=lambda selector: type(selector).__name__,
)
def test_kept_terms_are_those_of_the_original(selector):
    model = make_pipeline(TfidfVectorizer(ngram_range=(1, 2)), selector, LogisticRegression())
    model.fit(SENTENCES, TRUTHS)

    assert_agree(model, compiled(model, SENTENCES), [*SENTENCES, *HOSTILE_TEXTS])


def test_a_selector_whose_estimator_takes_nan_refuses_none():
    forest = SelectFromModel(
        HistGradientBoostingClassifier(max_iter=2), max_features=2, threshold=-np.inf,
        importance_getter=lambda _: np.arange(8.0),
    )  # fmt: skip
    model = make_pipeline(forest, LogisticRegression()).fit(ROWS, CLASSES)

    assert_agree(model, compiled(model, ROWS), np.concatenate([ROWS[:9], HOSTILE_ROWS]))
