"""Signatures of XGBoost and LightGBM, as estimators and as native boosters."""

import numpy as np
import pandas as pd
import pytest

xgboost = pytest.importorskip("xgboost")
lightgbm = pytest.importorskip("lightgbm")

QUIET = {"verbose": -1, "n_estimators": 5, "num_threads": 1, "min_child_samples": 2}


@pytest.fixture
def table(random):
    size = 150
    frame = pd.DataFrame(
        {
            "floor area": random.normal(80, 20, size),
            "zone": random.choice(["10", "20", "30"], size),
            "rooms": random.integers(1, 6, size),
        }
    )
    return frame.assign(zone=frame["zone"].astype("category"))


@pytest.fixture
def label(table):
    return np.digitize(table["floor area"], [70, 90])


def test_a_lightgbm_booster_keeps_its_pandas_categories(table, label, prove, as_csv, tmp_path):
    model = lightgbm.LGBMClassifier(**QUIET).fit(table, label)
    path = tmp_path / "model.txt"
    model.booster_.save_model(path)
    sample, texts = as_csv(table)

    proven = prove(
        lightgbm.Booster(model_file=path), sample.assign(y=label), "lightgbm", target="y",
        text_frame=texts,
    )  # fmt: skip

    zone = proven.column("zone")
    assert (zone.type, zone.dtype, zone.on_unseen) == ("category", "category", "error")
    assert zone.categories == ("10", "20", "30")
    assert proven.signature.column_names == ("floor area", "zone", "rooms")
    assert proven.signature.output.classes == (0, 1, 2)


def test_a_lightgbm_estimator_does_likewise(table, label, prove, as_csv):
    model = lightgbm.LGBMClassifier(**QUIET).fit(table, label)
    sample, _ = as_csv(table)

    proven = prove(model, sample)

    assert proven.column("zone").dtype == "category"


@pytest.mark.parametrize("objective", ["binary", "multiclass"])
def test_an_xgboost_booster_has_the_classes_of_the_target(table, label, prove, objective, tmp_path):
    truth = label if objective == "multiclass" else (label > 0).astype(int)
    names = np.array(["low", "mid", "top"])[truth]
    model = xgboost.XGBClassifier(n_estimators=4, enable_categorical=True, n_jobs=1)
    model.fit(table, truth)
    path = tmp_path / "model.json"
    model.get_booster().save_model(path)
    booster = xgboost.Booster(model_file=path)

    proven = prove(booster, table.assign(y=names), "xgboost", target="y")

    assert proven.signature.output.kind == objective
    assert proven.signature.output.classes == tuple(sorted(set(names)))
    assert proven.column("zone").categories == ("10", "20", "30")


def test_an_xgboost_estimator_takes_a_csv(table, label, prove, as_csv):
    model = xgboost.XGBClassifier(n_estimators=4, enable_categorical=True, n_jobs=1)
    model.fit(table, label)
    sample, texts = as_csv(table)

    proven = prove(model, sample, text_frame=texts)

    assert proven.column("zone").dtype == "category"
    assert proven.signature.output.kind == "multiclass"


def test_class_numbers_become_the_given_classes(table, label, prove):
    numbers = table.drop(columns="zone")
    booster = xgboost.train(
        {"objective": "multi:softmax", "num_class": 3, "nthread": 1},
        xgboost.DMatrix(numbers, label), 3,
    )  # fmt: skip

    proven = prove(booster, numbers, "xgboost", classes=["low", "mid", "top"])

    assert proven.signature.output.has_probabilities is False
    assert {answer.label for answer in proven.answers} == {"low", "mid", "top"}


def test_a_booster_without_names_takes_a_matrix(random, prove):
    values = random.normal(size=(80, 2))
    booster = lightgbm.train(
        {"objective": "regression", "verbose": -1, "num_threads": 1},
        lightgbm.Dataset(values, values[:, 0]), 3,
    )  # fmt: skip

    proven = prove(booster, pd.DataFrame(values, columns=["a", "b"]), "lightgbm")

    assert proven.signature.form == "matrix"
    assert proven.signature.output.kind == "regression"
