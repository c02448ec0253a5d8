from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from sklearn.linear_model import LogisticRegression, RidgeClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from tests.compiling.agreement import assert_agree, assert_batches_agree, compiled
from tests.compiling.tables import fitted, matrix, two_classes

from golive.compiling.exporting import NotExportableError


def test_a_scaled_logistic_regression_answers_as_the_original():
    generator = np.random.default_rng(0)
    rows = generator.normal(size=(300, 10))
    truths = (rows[:, 0] + rows[:, 1] > 0).astype(int)
    model = make_pipeline(StandardScaler(), LogisticRegression()).fit(rows, truths)
    rows[0, 0], rows[1, 1], rows[2, 2] = np.nan, np.inf, 1e308

    program = compiled(model, rows)

    assert_agree(model, program, rows)
    assert_batches_agree(program, rows)


@pytest.mark.parametrize("model", [LogisticRegression(), RidgeClassifier()])
def test_a_classifier_that_decides_in_32_bits_is_not_exported(model):
    rows = matrix().astype(np.float32)
    fitted(model, rows, two_classes(rows))

    with pytest.raises(NotExportableError, match=f"{type(model).__name__} that decides in 32 bits"):
        compiled(model, rows)
    with pytest.raises(NotExportableError, match=f"{type(model).__name__} that decides in 32 bits"):
        compiled(model, pd.DataFrame(rows, columns=list("abcdef")))
