from __future__ import annotations

import warnings

import pytest
from sklearn.gaussian_process import GaussianProcessClassifier
from sklearn.utils import all_estimators
from tests.compiling.agreement import compiled
from tests.compiling.tables import matrix, two_classes

from golive.compiling.exporting import NotExportableError
from golive.compiling.not_exported import NOT_EXPORTED
from golive.compiling.table import EXPORTERS


def test_every_estimator_of_scikit_learn_is_exported_or_named_as_not():
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        names = {name for name, _ in all_estimators()}
    exported = {name for name in names if f"sklearn.{name}" in EXPORTERS}

    assert sorted(names - exported - NOT_EXPORTED.keys()) == []
    assert sorted(exported & NOT_EXPORTED.keys()) == []


def test_the_reason_is_in_the_message():
    rows = matrix(30)
    model = GaussianProcessClassifier().fit(rows, two_classes(rows))

    with pytest.raises(
        NotExportableError,
        match="GaussianProcessClassifier has no exporter: it needs the rows that it was fitted on",
    ):
        compiled(model, rows)
