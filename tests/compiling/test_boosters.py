from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory

import lightgbm
import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
import xgboost
from tests.compiling.agreement import frame_columns, matrix_columns, records_of
from tests.compiling.pipelines_trees import frame, hostile, numbers, of_categories, three, two

from golive.compiling.compile import write_program
from golive.compiling.exporting import NotExportableError
from golive.scorer.loading import load_program
from golive.signature.model import Output, Signature

REFUSED = "refused"
ROWS = 60


def program_of(booster, data, kind):
    """The program of a booster that gives two or three classes, or a number."""
    is_matrix = isinstance(data, np.ndarray)
    columns = matrix_columns(data.shape[1]) if is_matrix else frame_columns(data)
    classes = {"binary": (0, 1), "multiclass": (0, 1, 2), "regression": ()}[kind]
    signature = Signature(
        form="matrix" if is_matrix else "frame", columns=columns,
        output=Output(kind=kind, classes=classes),
    )  # fmt: skip
    with TemporaryDirectory() as directory:
        write_program(booster, signature, Path(directory))
        return load_program(Path(directory))


def answers_of(program, data, kind):
    """What a program gives for each row, as the booster's `predict` writes it."""
    found = []
    for record in records_of(data):
        try:
            one = program.values([record])[0] if kind == "regression" else None
            one = program.probabilities([record])[0] if one is None else one
        except ValueError:
            found.append(REFUSED)
            continue
        found.append(np.ravel(one[1:] if kind == "binary" else one).tolist())
    return found


def xgboost_answers(booster, data):
    found = []
    for at in range(len(data)):
        try:
            matrix = xgboost.DMatrix(data[at : at + 1], enable_categorical=True)
            found.append(np.ravel(booster.predict(matrix)).tolist())
        except ValueError:
            found.append(REFUSED)
    return found


def assert_close(found, expected, tolerance):
    assert len(found) == len(expected)
    for one, other in zip(found, expected, strict=True):
        assert (one == REFUSED) == (other == REFUSED)
        if one != REFUSED:
            assert one == pytest.approx(other, rel=tolerance, abs=1e-12)


@pytest.mark.parametrize(
    ("params", "kind"),
    [
        ({"objective": "binary:logistic"}, "binary"),
        ({"objective": "binary:hinge"}, "binary"),
        ({"objective": "binary:logitraw"}, "regression"),
        ({"objective": "multi:softprob", "num_class": 3}, "multiclass"),
        ({"objective": "reg:squarederror", "booster": "dart", "rate_drop": 0.4}, "regression"),
        ({"objective": "count:poisson"}, "regression"),
        ({"objective": "rank:pairwise"}, "regression"),
    ],
)
def test_a_native_xgboost_booster_answers_as_the_original(params, kind):
    data = hostile()
    truths = three() if kind == "multiclass" else two()
    train = xgboost.DMatrix(np.where(np.abs(data) > 1e38, 0.0, data), truths)
    booster = xgboost.train({**params, "max_depth": 4, "nthread": 1}, train, 10)

    program = program_of(booster, data, kind)

    expected = xgboost_answers(booster, data[:ROWS])
    assert REFUSED in expected
    assert_close(answers_of(program, data[:ROWS], kind), expected, 1e-6)


def test_a_native_xgboost_booster_knows_its_categories():
    data, truths = frame(), of_categories()
    train = xgboost.DMatrix(data, truths, enable_categorical=True)
    booster = xgboost.train({"objective": "binary:logistic", "nthread": 1}, train, 10)

    program = program_of(booster, data, "binary")

    expected = xgboost_answers(booster, data[:ROWS])
    assert_close(answers_of(program, data[:ROWS], "binary"), expected, 1e-6)


@pytest.mark.parametrize("is_frame", [True, False], ids=["pandas", "arrow"])
def test_a_native_xgboost_booster_knows_categories_outside_ascii(is_frame):
    data, truths = of_cities()
    train = xgboost.DMatrix(data if is_frame else arrow(data), truths, enable_categorical=True)
    booster = xgboost.train({"objective": "reg:squarederror", "nthread": 1}, train, 10)

    program = program_of(booster, data, "regression")

    expected = [[value] for value in booster.predict(train).tolist()]
    assert_close(answers_of(program, data, "regression"), expected, 1e-6)


def test_categories_outside_ascii_in_another_order_are_not_exported():
    data, truths = of_cities()
    train = xgboost.DMatrix(data, truths, enable_categorical=True)
    booster = xgboost.train({"objective": "reg:squarederror", "nthread": 1}, train, 10)
    other = data.assign(city=data["city"].cat.reorder_categories(["Bern", "Zürich", "北京"]))

    with pytest.raises(NotExportableError, match="other categories, outside ASCII, than training"):
        program_of(booster, other, "regression")


def of_cities():
    cities = pd.Categorical(["Zürich", "北京", "Bern", "北京"] * 15, ["Zürich", "北京", "Bern"])
    data = pd.DataFrame({"city": cities, "x": np.arange(60.0) % 7})
    return data, data["x"] + 3.0 * cities.codes


def arrow(data):
    codes = pa.array(data["city"].cat.codes.to_numpy(), pa.int32())
    dictionary = pa.DictionaryArray.from_arrays(codes, pa.array(data["city"].cat.categories))
    return pa.table({"city": dictionary, "x": data["x"].to_numpy()})


@pytest.mark.parametrize(
    ("params", "kind"),
    [
        ({"objective": "binary"}, "binary"),
        ({"objective": "multiclass", "num_class": 3}, "multiclass"),
        ({"objective": "tweedie"}, "regression"),
        ({"objective": "cross_entropy"}, "regression"),
    ],
)
def test_a_native_lightgbm_booster_answers_as_the_original(params, kind):
    data = hostile()
    truths = three() if kind == "multiclass" else two()
    settings = {**params, "verbose": -1, "num_threads": 1}
    booster = lightgbm.train(settings, lightgbm.Dataset(data, truths), 10)

    program = program_of(booster, data, kind)

    expected = [np.ravel(booster.predict(data[at : at + 1])).tolist() for at in range(ROWS)]
    assert_close(answers_of(program, data[:ROWS], kind), expected, 1e-12)


def test_early_stopping_of_lightgbm_cuts_the_trees():
    data, truths = hostile(), two()
    train = lightgbm.Dataset(data[:800], truths[:800])
    booster = lightgbm.train(
        {"objective": "binary", "verbose": -1, "num_threads": 1, "learning_rate": 0.9}, train, 40,
        valid_sets=[train.create_valid(data[800:], truths[800:])],
        callbacks=[lightgbm.early_stopping(2, verbose=False)], keep_training_booster=True,
    )  # fmt: skip

    program = program_of(booster, data, "binary")

    assert 0 < booster.best_iteration < booster.current_iteration()
    expected = [np.ravel(booster.predict(data[at : at + 1])).tolist() for at in range(ROWS)]
    assert_close(answers_of(program, data[:ROWS], "binary"), expected, 1e-12)


def test_linear_trees_are_not_exported():
    settings = {"objective": "regression", "linear_tree": True, "verbose": -1, "num_threads": 1}
    booster = lightgbm.train(settings, lightgbm.Dataset(hostile()[50:], numbers()[50:]), 3)

    with pytest.raises(NotExportableError, match="linear trees"):
        program_of(booster, hostile(), "regression")


def test_several_outputs_a_tree_are_not_exported():
    truths = np.column_stack([numbers(), numbers() ** 2])
    train = xgboost.DMatrix(hostile()[50:], truths[50:])
    booster = xgboost.train({"multi_strategy": "multi_output_tree", "nthread": 1}, train, 3)

    with pytest.raises(NotExportableError, match="several outputs a tree"):
        program_of(booster, hostile(), "regression")
