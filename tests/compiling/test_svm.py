from __future__ import annotations

import numpy as np
import pytest
from sklearn.feature_extraction.text import CountVectorizer, TfidfVectorizer
from sklearn.pipeline import make_pipeline
from sklearn.svm import SVC, SVR, NuSVC, NuSVR, OneClassSVM
from tests.compiling.agreement import assert_agree, assert_batches_agree, compiled
from tests.compiling.hostile_texts import HOSTILE_TEXTS, SENTENCES, TRUTHS

from golive.compiling.exporting import NotExportableError

GENERATOR = np.random.default_rng(13)
ROWS = GENERATOR.normal(size=(90, 4))
SUMS = ROWS[:, 0] + np.abs(ROWS[:, 2]) + GENERATOR.normal(size=90) * 0.2
HOSTILE_ROWS = np.tile(ROWS[:1], (6, 1))
HOSTILE_ROWS[0, 0], HOSTILE_ROWS[1, 1], HOSTILE_ROWS[2, 3] = np.nan, np.inf, -np.inf
HOSTILE_ROWS[3, 2], HOSTILE_ROWS[4], HOSTILE_ROWS[5] = 1e20, -0.0, 1e-310
KERNELS = [
    {"kernel": "linear"},
    {"kernel": "rbf"},
    {"kernel": "rbf", "gamma": 0.7},
    {"kernel": "poly"},
    {"kernel": "poly", "degree": 2, "coef0": 1.0, "gamma": "auto"},
    {"kernel": "sigmoid", "gamma": 0.2, "coef0": 0.1},
]
CLASSES = {"two": SUMS > 0.7, "three": np.digitize(SUMS, [0.3, 1.2]),
           "four": np.digitize(SUMS, [0.1, 0.8, 1.6])}  # fmt: skip


@pytest.mark.parametrize("options", KERNELS, ids=repr)
@pytest.mark.parametrize("classes", CLASSES.values(), ids=CLASSES)
@pytest.mark.parametrize("kind", [SVC, NuSVC])
def test_classes_are_those_of_the_original(kind, classes, options):
    limit = {"nu": 0.2} if kind is NuSVC else {}
    model = kind(**options, **limit).fit(ROWS, classes)
    program = compiled(model, ROWS)

    assert_agree(model, program, np.concatenate([ROWS, HOSTILE_ROWS]))
    assert_batches_agree(program, ROWS)


@pytest.mark.parametrize("shape", ["ovr", "ovo"])
@pytest.mark.parametrize("classes", CLASSES.values(), ids=CLASSES)
@pytest.mark.parametrize("options", KERNELS[:2], ids=repr)
def test_decisions_are_those_of_the_original(options, classes, shape):
    model = SVC(**options, decision_function_shape=shape).fit(ROWS, classes)
    estimator = compiled(model, ROWS)._estimator

    found = np.array([np.ravel(estimator.decision(row)) for row in ROWS.tolist()])

    expected = model.decision_function(ROWS).reshape(len(ROWS), -1)
    np.testing.assert_allclose(found, expected, rtol=1e-9, atol=1e-12)


@pytest.mark.parametrize("classes", CLASSES.values(), ids=CLASSES)
def test_ties_are_broken_as_by_the_original(classes):
    model = SVC(break_ties=True).fit(ROWS, classes)

    assert_agree(model, compiled(model, ROWS), ROWS)


@pytest.mark.filterwarnings("ignore:The `probability` parameter:FutureWarning")
@pytest.mark.parametrize("classes", CLASSES.values(), ids=CLASSES)
@pytest.mark.parametrize("kernel", ["linear", "rbf"])
def test_probabilities_are_those_of_the_original(kernel, classes):
    model = SVC(kernel=kernel, probability=True, random_state=0).fit(ROWS, classes)
    program = compiled(model, ROWS)

    assert_agree(model, program, np.concatenate([ROWS, HOSTILE_ROWS]))
    assert_batches_agree(program, ROWS)


@pytest.mark.parametrize("options", KERNELS, ids=repr)
@pytest.mark.parametrize("kind", [SVR, NuSVR, OneClassSVM])
def test_values_are_those_of_the_original(kind, options):
    model = kind(**options).fit(ROWS, SUMS)

    assert_agree(model, compiled(model, ROWS), np.concatenate([ROWS, HOSTILE_ROWS]))


@pytest.mark.parametrize("options", KERNELS, ids=repr)
@pytest.mark.parametrize("truths", [TRUTHS, [truth > 0 for truth in TRUTHS]], ids=["three", "two"])
def test_classes_of_texts_are_those_of_the_original(truths, options):
    model = make_pipeline(TfidfVectorizer(), SVC(**options)).fit(SENTENCES, truths)
    program = compiled(model, SENTENCES)

    assert_agree(model, program, [*SENTENCES, *HOSTILE_TEXTS])
    assert_batches_agree(program, SENTENCES)


@pytest.mark.parametrize("options", KERNELS, ids=repr)
def test_values_of_texts_are_those_of_the_original(options):
    model = make_pipeline(CountVectorizer(), SVR(**options)).fit(SENTENCES, TRUTHS)

    assert_agree(model, compiled(model, SENTENCES), [*SENTENCES, *HOSTILE_TEXTS])


def test_functions_as_kernels_and_long_vectors_are_not_exported():
    own = SVC(kernel=lambda one, other: one @ other.T).fit(ROWS, SUMS > 0)
    far = make_pipeline(CountVectorizer(), SVC(gamma=1e6)).fit(SENTENCES, TRUTHS)

    with pytest.raises(NotExportableError, match="with kernel="):
        compiled(own, ROWS)
    with pytest.raises(NotExportableError, match="too long for its gamma"):
        compiled(far, SENTENCES)
