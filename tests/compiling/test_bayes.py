from __future__ import annotations

import numpy as np
import pytest
from sklearn.feature_extraction.text import CountVectorizer, TfidfVectorizer
from sklearn.naive_bayes import (
    BernoulliNB,
    CategoricalNB,
    ComplementNB,
    GaussianNB,
    MultinomialNB,
)
from sklearn.pipeline import make_pipeline
from tests.compiling.agreement import assert_agree, assert_batches_agree, compiled
from tests.compiling.hostile_texts import HOSTILE_TEXTS, SENTENCES, TRUTHS
from tests.compiling.tables import fitted, matrix, three_classes

from golive.compiling.exporting import NotExportableError

GENERATOR = np.random.default_rng(3)
COUNTS = GENERATOR.poisson(1.5, size=(120, 6)).astype(float)
CLASSES = GENERATOR.integers(3, size=120)
HOSTILE_ROWS = np.array(
    [
        [0.0] * 6,
        [-0.0, -1.0, 0.5, 1e300, 1e-310, 3.0],
        [1e308] * 6,
        [np.nan, 0, 0, 0, 0, 0],
        [0, np.inf, 0, 0, 0, 0],
        [0, 0, -np.inf, 0, 0, 0],
        [1e160, -1e160, 1e155, 0, 1, 2],
    ]
)
MODELS = {
    "multinomial": MultinomialNB(),
    "multinomial, equal priors": MultinomialNB(alpha=0.1, fit_prior=False),
    "complement": ComplementNB(),
    "complement, normed": ComplementNB(norm=True),
    "bernoulli": BernoulliNB(),
    "bernoulli, higher threshold": BernoulliNB(binarize=1.5),
    "bernoulli, as it is": BernoulliNB(binarize=None),
}


@pytest.mark.parametrize("model", MODELS.values(), ids=MODELS)
def test_dense_rows_have_the_likelihoods_of_the_original(model):
    rows = COUNTS if model.__dict__.get("binarize", 0) is not None else (COUNTS > 1).astype(float)
    model.fit(rows, CLASSES)
    program = compiled(model, rows)

    assert_agree(model, program, np.concatenate([rows, HOSTILE_ROWS]))
    assert_batches_agree(program, np.concatenate([rows, HOSTILE_ROWS[:2]]))


@pytest.mark.parametrize("model", MODELS.values(), ids=MODELS)
@pytest.mark.parametrize(
    "vectorizer", [CountVectorizer(binary=True, ngram_range=(1, 2)), TfidfVectorizer()]
)
def test_texts_have_the_likelihoods_of_the_original(vectorizer, model):
    pipeline = make_pipeline(vectorizer, model).fit(SENTENCES, TRUTHS)

    assert_agree(pipeline, compiled(pipeline, SENTENCES), [*SENTENCES, *HOSTILE_TEXTS])


@pytest.mark.parametrize(
    "model", [GaussianNB(), GaussianNB(priors=[0.2, 0.0, 0.8]), GaussianNB(var_smoothing=0.1)]
)
def test_normal_distributions_are_those_of_the_original(model):
    model.fit(COUNTS, CLASSES)
    program = compiled(model, COUNTS)

    assert_agree(model, program, np.concatenate([COUNTS, HOSTILE_ROWS]))
    assert_batches_agree(program, COUNTS)


def test_categories_are_those_of_the_original():
    rows = np.minimum(COUNTS, 3.0)
    model = CategoricalNB(min_categories=5).fit(rows, CLASSES)
    program = compiled(model, rows)
    odd = np.array([[0.9, 4.0, 4.99, -0.5, -0.0, 1.0], [0, 0, 0, 0, 0, -1.0], [np.nan] * 6,
                    [np.inf] * 6, [0, 0, 0, 0, 0, -1e300]])  # fmt: skip

    assert_agree(model, program, np.concatenate([rows, odd]))
    with pytest.raises(ValueError, match="a category that is negative or was not seen"):
        program.labelled([[0, 0, 0, 0, 0, 5]])


def test_probabilities_of_zero_are_not_exported():
    model = MultinomialNB(alpha=0.0, force_alpha=True)
    with np.errstate(divide="ignore"):
        model.fit([[1, 0], [0, 1]], [0, 1])

    with pytest.raises(NotExportableError, match="probabilities of zero"):
        compiled(model, np.zeros((1, 2)))


def test_a_gaussian_of_32_bit_floats_is_not_exported():
    rows = matrix().astype(np.float32)
    model = fitted(GaussianNB(), rows, three_classes(rows))

    with pytest.raises(NotExportableError, match="GaussianNB of 32-bit floats"):
        compiled(model, rows)
