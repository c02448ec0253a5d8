from __future__ import annotations

import warnings

import numpy as np
import pytest
from sklearn.exceptions import ConvergenceWarning
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.neural_network import MLPClassifier, MLPRegressor
from sklearn.pipeline import make_pipeline
from tests.compiling.agreement import assert_agree, assert_batches_agree, compiled
from tests.compiling.hostile_texts import HOSTILE_TEXTS, SENTENCES, TRUTHS

from golive.compiling.exporting import NotExportableError

GENERATOR = np.random.default_rng(11)
ROWS = GENERATOR.normal(size=(120, 5))
SUMS = ROWS[:, 0] * 2 + np.abs(ROWS[:, 3])
HOSTILE_ROWS = np.tile(ROWS[:1], (6, 1))
HOSTILE_ROWS[0, 0], HOSTILE_ROWS[1, 1], HOSTILE_ROWS[2, 3] = np.nan, np.inf, -np.inf
HOSTILE_ROWS[3, 2], HOSTILE_ROWS[4], HOSTILE_ROWS[5] = 1e300, 1e308, -0.0
ACTIVATIONS = ["identity", "relu", "logistic", "tanh"]


def fitted(model, rows, truths):
    """Fit; a handful of rounds is enough, and sklearn warns of it."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)
        return model.fit(rows, truths)


@pytest.mark.parametrize("activation", ACTIVATIONS)
@pytest.mark.parametrize("truths", [SUMS > 0.5, np.digitize(SUMS, [0, 1])], ids=["two", "three"])
@pytest.mark.parametrize("layers", [(7,), (6, 4), ()])
def test_classes_are_those_of_the_original(activation, truths, layers):
    model = MLPClassifier(layers, activation=activation, max_iter=15, random_state=0)
    program = compiled(fitted(model, ROWS, truths), ROWS)

    with np.errstate(all="ignore"):
        assert_agree(model, program, np.concatenate([ROWS[:40], HOSTILE_ROWS]))
    assert_batches_agree(program, ROWS)


@pytest.mark.parametrize("activation", ACTIVATIONS)
@pytest.mark.parametrize("truths", [SUMS, np.stack([SUMS, -SUMS], 1)], ids=["one", "two"])
def test_values_are_those_of_the_original(activation, truths):
    model = MLPRegressor(
        hidden_layer_sizes=(6,), activation=activation, max_iter=15, random_state=0
    )
    program = compiled(fitted(model, ROWS, truths), ROWS)

    with np.errstate(all="ignore"):
        assert_agree(model, program, np.concatenate([ROWS[:40], HOSTILE_ROWS]))
    assert_batches_agree(program, ROWS)


def test_rates_are_those_of_the_original():
    model = MLPRegressor(hidden_layer_sizes=(4,), loss="poisson", max_iter=15, random_state=0)
    program = compiled(fitted(model, ROWS, np.exp(SUMS)), ROWS)

    with np.errstate(all="ignore"):
        assert_agree(model, program, np.concatenate([ROWS[:40], HOSTILE_ROWS]))


def test_classes_of_texts_are_those_of_the_original():
    model = make_pipeline(TfidfVectorizer(), MLPClassifier((5,), max_iter=9, random_state=0))
    program = compiled(fitted(model, SENTENCES, TRUTHS), SENTENCES)

    assert_agree(model, program, [*SENTENCES, *HOSTILE_TEXTS])


def test_several_labels_at_once_are_not_exported():
    labels = np.stack([SUMS > 0, SUMS > 1], 1).astype(int)
    model = fitted(MLPClassifier((3,), max_iter=3), ROWS, labels)

    with pytest.raises(NotExportableError, match="several labels at once"):
        compiled(model, ROWS)
