from __future__ import annotations

import numpy as np
import pytest
from sklearn.linear_model import LogisticRegression, Ridge
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import (
    Binarizer,
    FunctionTransformer,
    KBinsDiscretizer,
    MaxAbsScaler,
    MinMaxScaler,
    Normalizer,
    PolynomialFeatures,
    PowerTransformer,
    QuantileTransformer,
    RobustScaler,
    StandardScaler,
)
from tests.compiling.agreement import assert_agree, assert_batches_agree, compiled
from tests.compiling.tables import amounts, fitted, hostile_matrix, matrix, two_classes

from golive.compiling.exporting import NotExportableError

SCALERS = [
    StandardScaler(),
    StandardScaler(with_mean=False),
    StandardScaler(with_std=False),
    StandardScaler(with_mean=False, with_std=False),
    MinMaxScaler(),
    MinMaxScaler(clip=True, feature_range=(-1, 2)),
    MaxAbsScaler(),
    RobustScaler(),
    RobustScaler(with_centering=False),
    RobustScaler(with_scaling=False),
    Binarizer(threshold=0.5),
    KBinsDiscretizer(4),
    KBinsDiscretizer(4, encode="ordinal", strategy="uniform"),
    KBinsDiscretizer(4, encode="onehot-dense", strategy="kmeans"),
    PolynomialFeatures(),
    FunctionTransformer(),
    FunctionTransformer(np.abs),
]
BENDERS = [
    Normalizer(),
    Normalizer("l1"),
    Normalizer("max"),
    PowerTransformer(),
    PowerTransformer(standardize=False),
    QuantileTransformer(n_quantiles=50),
    QuantileTransformer(n_quantiles=77, output_distribution="normal"),
    PolynomialFeatures(3, interaction_only=True, include_bias=False),
    PolynomialFeatures((2, 3)),
]


@pytest.mark.parametrize("scaler", [*SCALERS, *BENDERS], ids=str)
def test_a_scaler_gives_what_the_original_gives(scaler):
    rows = matrix()
    model = make_pipeline(scaler, LogisticRegression(max_iter=50, tol=1.0))
    fitted(model, rows, two_classes(rows))
    program = compiled(model, rows)

    for tried in (rows[:100], hostile_matrix(rows)):
        assert_agree(model, program, tried)
        assert_batches_agree(program, tried)


@pytest.mark.parametrize("scaler", SCALERS, ids=str)
def test_a_scaler_of_32_bit_floats_gives_what_the_original_gives(scaler):
    rows = matrix().astype(np.float32)
    hostile = np.clip(hostile_matrix(matrix()), -1e30, 1e30).astype(np.float32)
    model = fitted(make_pipeline(scaler, Ridge(10.0)), rows, amounts(rows) + 1000)
    program = compiled(model, rows)

    for tried in (rows[:100], hostile):
        assert_agree(model, program, tried, tolerance=2e-5)
        assert_batches_agree(program, tried)


@pytest.mark.parametrize("bender", BENDERS, ids=str)
def test_what_is_not_reproduced_of_32_bit_floats_is_not_exported(bender):
    rows = matrix().astype(np.float32)
    model = fitted(make_pipeline(bender, Ridge()), rows, amounts(rows))

    with pytest.raises(NotExportableError, match="32-bit floats"):
        compiled(model, rows)


@pytest.mark.parametrize("function", [np.log1p, np.sqrt, np.log, np.square, np.exp, np.expm1])
def test_a_function_of_numpy_gives_what_it_gives_there(function):
    rows = np.abs(matrix())
    model = make_pipeline(FunctionTransformer(function), Ridge()).fit(rows / 99, amounts(rows))
    program = compiled(model, rows)

    assert_agree(model, program, hostile_matrix(rows / 99))
    assert_batches_agree(program, hostile_matrix(rows / 99))


def test_a_power_transform_refuses_what_is_not_positive():
    rows = np.abs(matrix()) + 0.1
    model = make_pipeline(PowerTransformer("box-cox"), LogisticRegression())
    model.fit(rows, two_classes(rows))
    program = compiled(model, rows)

    assert_agree(model, program, np.vstack([rows[:50], hostile_matrix(matrix())]))


def test_values_on_the_edges_of_bins_and_quantiles_fall_where_the_original_puts_them():
    rows = np.round(matrix(), 1)
    bins = KBinsDiscretizer(5, encode="ordinal", strategy="uniform")
    for bend in (bins, QuantileTransformer(n_quantiles=40)):
        model = fitted(make_pipeline(bend, Ridge()), rows, amounts(rows))
        edges = getattr(bend, "quantiles_", None)
        points = np.stack(bend.bin_edges_).T if edges is None else edges
        near = np.vstack([points, np.nextafter(points, np.inf), np.nextafter(points, -np.inf)])

        assert_agree(model, compiled(model, rows), near)


def test_a_function_of_ones_own_is_not_exported():
    rows = matrix()
    model = make_pipeline(FunctionTransformer(lambda given: given), Ridge())
    model.fit(rows, amounts(rows))

    with pytest.raises(NotExportableError, match="a function of its own"):
        compiled(model, rows)
