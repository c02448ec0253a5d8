"""Floats of 32 bits: values that are rounded onto, or just beside, a split are answered alike."""

from __future__ import annotations

from math import inf, nextafter
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from sklearn.base import clone
from sklearn.decomposition import PCA
from sklearn.ensemble import (
    ExtraTreesClassifier,
    GradientBoostingClassifier,
    HistGradientBoostingClassifier,
    IsolationForest,
    RandomForestClassifier,
)
from sklearn.neighbors import KNeighborsClassifier
from sklearn.neural_network import MLPClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import KBinsDiscretizer, MinMaxScaler, StandardScaler
from sklearn.svm import SVC
from tests.compiling.cases import Case
from tests.compiling.conformance import described
from tests.compiling.tables import fitted, matrix, two_classes

from golive.compiling.batching import compare_batches
from golive.compiling.comparing import Measure, compare_models
from golive.compiling.compile import write_program
from golive.compiling.exporting import NotExportableError
from golive.compiling.trials import Trial
from golive.runtimes.compiled import CompiledModel
from golive.runtimes.loading import model_for
from golive.runtimes.protocols import Batch
from golive.scorer.loading import load_program

ROWS = matrix().astype(np.float32)
FOREST = RandomForestClassifier(8, random_state=0)
MODELS = {
    "forest": FOREST,
    "extra trees": ExtraTreesClassifier(8, random_state=0),
    "gradient boosting": GradientBoostingClassifier(n_estimators=12),
    "histogram boosting": HistGradientBoostingClassifier(max_iter=8),
    "isolation": IsolationForest(n_estimators=8, random_state=0),
    "neighbours": KNeighborsClassifier(algorithm="kd_tree"),
    "machine": SVC(),
    "scaled forest": make_pipeline(StandardScaler(), FOREST),
    "ranged boosting": make_pipeline(MinMaxScaler(), GradientBoostingClassifier(n_estimators=12)),
    "binned forest": make_pipeline(
        KBinsDiscretizer(5, encode="ordinal", quantile_method="averaged_inverted_cdf"), FOREST
    ),
}
_SIGNED = [
    *(3.4028234e38, 3.4028235677973362e38, 3.4028235677973366e38, 3.5e38, 1e300, inf),
    *(1e-45, 7e-46, 5e-324, 1e-40, 0.0),
]
LIMITS = [sign * value for value in _SIGNED for sign in (1.0, -1.0)] + [None]


def thresholds(node):
    """The splits of a program by their column; those of transformed columns do no harm."""
    found = [pair for child in node.children for pair in thresholds(child)]
    if node.has("features"):
        pairs = zip(node.list("features"), node.list("thresholds"), strict=True)
        found += [(feature, value) for feature, value in pairs if 0 <= feature < ROWS.shape[1]]
    return found


def beside(value):
    """A value and its neighbours among floats of 64 and of 32 bits, and where rounding turns."""
    narrow = np.float32(value)
    around = [float(np.nextafter(narrow, np.float32(side))) for side in (-inf, inf)]
    turns = [(float(narrow) + other) / 2 for other in around]
    exact = [value, float(narrow), *turns]
    return [*around, *exact, *(nextafter(one, side) for one in exact for side in (-inf, inf))]


def edges(program):
    """Rows with one value at such an edge, at the ends of the range, or missing."""
    generator = np.random.default_rng(5)
    splits = thresholds(program.root)
    chosen = [splits[at] for at in generator.permutation(len(splits))[:40]]
    chosen += [(at % ROWS.shape[1], float(row[at % ROWS.shape[1]])) for at, row in enumerate(ROWS)]
    pairs = [(column, value) for column, centre in chosen[:80] for value in beside(centre)]
    pairs += [(column, value) for column in range(ROWS.shape[1]) for value in LIMITS]
    rows = [ROWS[generator.integers(len(ROWS))].tolist() for _ in pairs]
    for row, (column, value) in zip(rows, pairs, strict=True):
        row[column] = value
    return Batch(tuple(map(list, zip(*rows, strict=True))), len(rows))


@pytest.mark.parametrize("form", ["matrix", "frame"])
@pytest.mark.parametrize("name", MODELS)
def test_values_at_the_edges_of_rounding_are_answered_as_by_the_original(name, form, tmp_path):
    data = ROWS if form == "matrix" else pd.DataFrame(ROWS, columns=list("abcdef"))
    model = fitted(clone(MODELS[name]), data, two_classes(ROWS))
    kind, signature = described(Case(estimator=model, data=data))
    write_program(model, signature, Path(tmp_path))
    program = CompiledModel(load_program(Path(tmp_path)), signature)
    rows = Trial(kind="edges", batch=edges(load_program(Path(tmp_path))))
    measure = Measure(tolerance=1e-6, refusals=20)

    found = compare_models(model_for(model, kind, signature), program, signature, [rows], measure)

    assert found.failure is None
    assert compare_batches(program.with_numpy, found.answered, signature, measure).is_equal


@pytest.mark.parametrize(
    ("model", "reason"),
    [
        (make_pipeline(PCA(2), FOREST), "PCA of 32-bit floats"),
        (MLPClassifier((4,), max_iter=5), "MLPClassifier of 32-bit floats"),
    ],
)
def test_products_of_matrices_of_32_bits_are_not_exported(model, reason, tmp_path):
    for data in (ROWS, pd.DataFrame(ROWS, columns=list("abcdef"))):
        own = fitted(clone(model), data, two_classes(ROWS))
        _, signature = described(Case(estimator=own, data=data))

        with pytest.raises(NotExportableError, match=reason):
            write_program(own, signature, Path(tmp_path))
