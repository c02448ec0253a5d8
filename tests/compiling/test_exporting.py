from __future__ import annotations

from functools import partial

import numpy as np
import pytest
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from tests.compiling.agreement import compiled
from tests.compiling.tables import fitted, matrix, two_classes

from golive.compiling.exporting import NotExportableError


def test_an_estimator_whose_method_was_replaced_in_the_object_is_not_exported():
    rows = matrix()
    model = fitted(make_pipeline(StandardScaler(), LogisticRegression()), rows, two_classes(rows))
    model[-1].predict_proba = partial(np.full, fill_value=0.5)

    with pytest.raises(NotExportableError, match="LogisticRegression with a predict_proba of its"):
        compiled(model, rows)


def test_a_class_that_says_that_it_is_of_scikit_learn_is_not_taken_for_it():
    rows = matrix()
    pretender = type("LogisticRegression", (LogisticRegression,), {})
    pretender.__module__ = LogisticRegression.__module__
    model = fitted(pretender(), rows, two_classes(rows))

    with pytest.raises(NotExportableError, match="LogisticRegression has no exporter"):
        compiled(model, rows)
