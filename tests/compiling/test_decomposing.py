from __future__ import annotations

import numpy as np
import pytest
from sklearn.decomposition import PCA, FactorAnalysis, FastICA, IncrementalPCA, TruncatedSVD
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.random_projection import GaussianRandomProjection, SparseRandomProjection
from tests.compiling.agreement import assert_agree, assert_batches_agree, compiled
from tests.compiling.hostile_texts import HOSTILE_TEXTS, SENTENCES, TRUTHS

from golive.compiling.exporting import NotExportableError

GENERATOR = np.random.default_rng(7)
ROWS = GENERATOR.normal(size=(150, 3)) @ GENERATOR.normal(size=(3, 6))
ROWS += GENERATOR.normal(size=ROWS.shape) * 0.3 + 2.0
CLASSES = (ROWS[:, 1] + ROWS[:, 4] + GENERATOR.normal(size=150) > 4).astype(int)
HOSTILE_ROWS = np.tile(ROWS[:1], (4, 1))
HOSTILE_ROWS[0, 0], HOSTILE_ROWS[1, 1], HOSTILE_ROWS[2, 3] = np.nan, np.inf, -1e300
DECOMPOSITIONS = [
    PCA(n_components=3),
    PCA(),
    PCA(n_components=1),
    PCA(n_components=2, whiten=True),
    PCA(n_components=0.9, svd_solver="full"),
    IncrementalPCA(n_components=2, whiten=True),
    TruncatedSVD(n_components=3, random_state=0),
    FactorAnalysis(n_components=2),
    FastICA(n_components=3, random_state=0),
    FastICA(n_components=2, whiten="arbitrary-variance", random_state=0),
    GaussianRandomProjection(n_components=3, random_state=0),
    SparseRandomProjection(n_components=3, random_state=0),
]


@pytest.mark.parametrize("decomposition", DECOMPOSITIONS, ids=repr)
def test_projected_rows_are_those_of_the_original(decomposition):
    model = make_pipeline(StandardScaler(), decomposition, LogisticRegression())
    model.fit(ROWS, CLASSES)
    program = compiled(model, ROWS)

    assert_agree(model, program, np.concatenate([ROWS[:40], HOSTILE_ROWS]))
    assert_batches_agree(program, np.concatenate([ROWS, HOSTILE_ROWS[:2]]))


@pytest.mark.parametrize(
    "decomposition",
    [
        TruncatedSVD(n_components=4, random_state=0),
        TruncatedSVD(n_components=1, random_state=0),
        PCA(n_components=3, svd_solver="arpack", random_state=0, whiten=True),
        GaussianRandomProjection(n_components=5, random_state=0),
        SparseRandomProjection(n_components=5, dense_output=True, random_state=0),
    ],
    ids=repr,
)
def test_projected_texts_are_those_of_the_original(decomposition):
    model = make_pipeline(TfidfVectorizer(), decomposition, LogisticRegression())
    model.fit(SENTENCES, TRUTHS)
    program = compiled(model, SENTENCES)

    assert_agree(model, program, [*SENTENCES, *HOSTILE_TEXTS])
    assert_batches_agree(program, SENTENCES)


def test_components_of_narrow_floats_are_not_exported():
    rows = ROWS.astype(np.float32)
    model = make_pipeline(PCA(n_components=2), LogisticRegression()).fit(rows, CLASSES)

    with pytest.raises(NotExportableError, match="PCA of 32-bit floats"):
        compiled(model, rows)


def test_factors_of_what_is_too_large_in_between_are_refused_as_by_the_original():
    generator = np.random.default_rng(2)
    rows = generator.normal(size=(200, 1)) + 0.3 * generator.normal(size=(200, 4))
    model = make_pipeline(FactorAnalysis(n_components=1), LogisticRegression())
    model.fit(rows, rows[:, 0] > 0)
    hostile = np.tile(rows[:1], (8, 1))
    for column in range(4):
        hostile[2 * column, column], hostile[2 * column + 1, column] = 1.7e308, -1.7e308
    program = compiled(model, rows)

    assert_agree(model, program, hostile)
    assert_batches_agree(program, np.concatenate([rows, hostile]))
