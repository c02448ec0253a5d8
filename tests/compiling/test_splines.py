from __future__ import annotations

import numpy as np
import pytest
from sklearn.linear_model import Ridge
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import SplineTransformer
from tests.compiling.agreement import assert_agree, assert_batches_agree, compiled
from tests.compiling.tables import amounts, fitted, hostile_matrix, matrix

from golive.compiling.exporting import NotExportableError


@pytest.mark.parametrize(
    "splines",
    [
        SplineTransformer(),
        SplineTransformer(extrapolation="linear", include_bias=False),
        SplineTransformer(n_knots=9, degree=2, knots="quantile", extrapolation="linear"),
    ],
    ids=str,
)
def test_splines_are_those_of_the_original(splines):
    rows = matrix()
    model = fitted(make_pipeline(splines, Ridge(0.1)), rows, amounts(rows))
    program = compiled(model, rows)
    hostile = np.clip(hostile_matrix(rows), -1e6, 1e6)
    knots = np.stack([spline.t[3:-3] for spline in splines.bsplines_]).T

    for tried in (rows[:60], knots, np.nextafter(knots, np.inf), hostile):
        assert_agree(model, program, tried)
    assert_batches_agree(program, rows[:60])


@pytest.mark.parametrize("extrapolation", ["continue", "periodic", "error"])
def test_other_extrapolations_are_not_exported(extrapolation):
    rows = matrix()
    splines = SplineTransformer(extrapolation=extrapolation)
    model = fitted(make_pipeline(splines, Ridge()), rows, amounts(rows))

    with pytest.raises(NotExportableError, match=f"extrapolation='{extrapolation}'"):
        compiled(model, rows)
