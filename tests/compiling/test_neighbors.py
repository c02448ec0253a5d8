from __future__ import annotations

import numpy as np
import pytest
from sklearn.cluster import KMeans, MiniBatchKMeans
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.neighbors import KNeighborsClassifier, KNeighborsRegressor, NearestCentroid
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from tests.compiling.agreement import assert_agree, assert_batches_agree, compiled
from tests.compiling.hostile_texts import HOSTILE_TEXTS, SENTENCES

from golive.compiling.exporting import NotExportableError

GENERATOR = np.random.default_rng(17)
# Whole numbers, so that many points are equally far; some points are there twice.
ROWS = GENERATOR.integers(0, 5, size=(300, 3)).astype(float)
CLASSES = GENERATOR.integers(3, size=300)
VALUES = GENERATOR.normal(size=300)
HOSTILE_ROWS = np.array(
    [
        [0.5, 0.5, 0.5],
        [2.0, 2.5, 2.0],
        [-7.0, 1e9, 3.0],
        [1e200, 0.0, 0.0],
        [1e308, -1e308, 1e308],
        [-0.0, 1e-310, 5e-324],
        [np.nan, 0.0, 0.0],
        [0.0, np.inf, 0.0],
    ]
)
ALL_ROWS = np.concatenate([ROWS[:80], HOSTILE_ROWS])
OPTIONS = [
    {"weights": weights, "p": p, "n_neighbors": count, "leaf_size": leaf}
    for weights in ("uniform", "distance")
    for p in (1, 2)
    for count, leaf in ((1, 30), (5, 3), (12, 10))
]


@pytest.mark.parametrize("options", OPTIONS, ids=repr)
def test_neighbouring_classes_are_those_of_the_original(options):
    model = KNeighborsClassifier(**options).fit(ROWS, CLASSES)
    program = compiled(model, ROWS)

    with np.errstate(all="ignore"):
        assert_agree(model, program, ALL_ROWS)
    assert_batches_agree(program, ROWS[:40])


@pytest.mark.parametrize("options", OPTIONS, ids=repr)
def test_neighbouring_values_are_those_of_the_original(options):
    one = KNeighborsRegressor(**options).fit(ROWS, VALUES)
    two = KNeighborsRegressor(**options).fit(ROWS, np.stack([VALUES, -(VALUES**2)], 1))

    with np.errstate(all="ignore"):
        assert_agree(one, compiled(one, ROWS), ALL_ROWS)
        assert_agree(two, compiled(two, ROWS), ALL_ROWS)


def test_neighbours_without_a_tree_are_not_exported():
    brute = KNeighborsClassifier(algorithm="brute").fit(ROWS, CLASSES)
    far = KNeighborsClassifier(metric="chebyshev").fit(ROWS, CLASSES)
    own = KNeighborsClassifier(weights=np.ones_like).fit(ROWS, CLASSES)

    for model in (brute, far):
        with pytest.raises(NotExportableError, match="without a k-d tree"):
            compiled(model, ROWS)
    with pytest.raises(NotExportableError, match="a function as its weights"):
        compiled(own, ROWS)


@pytest.mark.parametrize("kind", [KMeans, MiniBatchKMeans])
def test_clusters_are_those_of_the_original(kind):
    rows = GENERATOR.normal(size=(200, 3))
    model = make_pipeline(StandardScaler(), kind(5, n_init=2, random_state=0)).fit(rows)

    assert_agree(model, compiled(model, rows), np.concatenate([rows, HOSTILE_ROWS[:3]]))


def test_clusters_of_texts_are_those_of_the_original():
    model = make_pipeline(TfidfVectorizer(), KMeans(3, n_init=2, random_state=0)).fit(SENTENCES)

    assert_agree(model, compiled(model, SENTENCES), [*SENTENCES, *HOSTILE_TEXTS])


def test_the_nearest_centroid_is_that_of_the_original():
    rows = GENERATOR.normal(size=(200, 3))
    model = NearestCentroid(metric="manhattan").fit(rows, rows[:, 0] > rows[:, 1])

    assert_agree(model, compiled(model, rows), np.concatenate([rows, HOSTILE_ROWS]))
    with pytest.raises(NotExportableError, match="other than manhattan"):
        compiled(NearestCentroid().fit(rows, rows[:, 0] > 0), rows)
