from __future__ import annotations

import numpy as np
from sklearn.calibration import CalibratedClassifierCV
from sklearn.svm import LinearSVC
from tests.compiling.agreement import assert_agree, compiled
from tests.compiling.tables import fitted, matrix, two_classes


def test_an_isotonic_calibration_refuses_decisions_that_are_not_finite():
    rows = matrix()
    model = CalibratedClassifierCV(LinearSVC(), method="isotonic")
    fitted(model, rows, two_classes(rows))

    assert_agree(model, compiled(model, rows), np.full((1, 6), 1e308))
