"""Signatures of XGBoost and LightGBM, as estimators and as native boosters."""

import numpy as np
import pandas as pd
import pytest

import golive
from golive.errors import SignatureError

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


CITIES = ["北京", "Zürich", "Bern", "Žilina", "Genève"]


def of_cities(random):
    city = pd.Series(pd.Categorical(random.choice(CITIES, 200), CITIES))
    frame = pd.DataFrame({"city": city, "x": random.normal(size=200)})
    return frame, (frame["x"] + city.cat.codes > 2).astype(int)


def as_text(frame, _):
    return frame.assign(city=frame["city"].astype(str)), None


def as_it_is(frame, _):
    return frame, None


def as_file(frame, as_csv):
    return as_csv(frame)


@pytest.mark.parametrize("given", [as_it_is, as_text, as_file])
@pytest.mark.parametrize("kind", ["sklearn", "xgboost"])
def test_categories_outside_ascii_are_those_of_training(random, prove, as_csv, kind, given):
    frame, truths = of_cities(random)
    model = xgboost.XGBClassifier(n_estimators=4, enable_categorical=True, n_jobs=1)
    model.fit(frame, truths)
    sample, texts = given(frame.assign(y=truths), as_csv)

    proven = prove(
        model if kind == "sklearn" else model.get_booster(), sample, kind, target="y",
        text_frame=texts,
    )  # fmt: skip

    assert proven.column("city").categories == tuple(CITIES)
    assert {answer.label for answer in proven.answers} == {0, 1}


def test_a_sample_that_does_not_tell_lost_categories_is_refused(random, prove):
    frame, truths = of_cities(random)
    matrix = xgboost.DMatrix(frame, truths, enable_categorical=True)
    booster = xgboost.train({"objective": "binary:logistic", "nthread": 1}, matrix, 3)
    some = frame[~frame["city"].isin(["Genève"])]
    sample = some.assign(city=some["city"].astype(str))

    with pytest.raises(SignatureError) as caught:
        prove(booster, sample, "xgboost")

    assert caught.value.message == (
        "XGBoost holds the 5 categories of column 'city' without their last bytes, since some are"
        " outside ASCII, and the sample does not tell what they were."
    )


def test_a_bundle_of_categories_outside_ascii_answers_as_the_booster(random, tmp_path):
    frame, truths = of_cities(random)
    frame.loc[::20, "city"] = None
    matrix = xgboost.DMatrix(frame, truths, enable_categorical=True)
    booster = xgboost.train({"objective": "binary:logistic", "nthread": 1}, matrix, 10)
    path = tmp_path / "model.ubj"
    booster.save_model(path)

    packed = golive.pack(
        path, frame.assign(y=truths), target="y", name="cities", output=tmp_path / "b"
    )

    expected = booster.predict(matrix)[:50]
    assert packed.proof.is_chosen, packed.proof.reason
    assert packed.manifest.answers == "compiled"
    for original in (False, True):
        model = golive.load(packed.path, original=original)
        found = [answer["score"] for answer in model.predict(frame.head(50))]
        assert found == pytest.approx(expected.tolist(), rel=1e-6)
