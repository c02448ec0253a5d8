import dataclasses

import msgspec
import numpy as np
import pyarrow as pa
import pytest
import xgboost

from golive.errors import ModelLoadError, ModelOutputError
from golive.runtimes.protocols import Batch
from golive.runtimes.xgboost import XgboostModel, booster_facts, load_booster
from golive.signature.model import Column, Output, Signature


def test_facts_of_a_booster_with_categories(make_case):
    facts = booster_facts(make_case("xgboost_binary_json").estimator)

    assert facts.objective == "binary:logistic"
    assert (facts.kind, facts.n_classes, facts.has_probabilities) == ("binary", 2, True)
    assert facts.feature_names == ("age", "income", "member", "city")
    assert facts.categorical == ("city",)
    assert facts.categories == {"city": ("Berne", "Lyon", "Turin")}


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("xgboost_multiclass_ubj", ("multi:softprob", "multiclass", 3, True)),
        ("xgboost_labels", ("multi:softmax", "multiclass", 3, False)),
        ("xgboost_regression", ("reg:squarederror", "regression", 0, False)),
    ],
)
def test_facts_follow_from_the_objective(make_case, name, expected):
    facts = booster_facts(make_case(name).estimator)

    assert (facts.objective, facts.kind, facts.n_classes, facts.has_probabilities) == expected


def test_a_linear_booster_has_facts_without_categories(make_case):
    facts = booster_facts(make_case("xgboost_linear").estimator)

    assert (facts.kind, facts.categories) == ("regression", {})


def test_a_booster_trained_on_a_matrix_knows_no_names(make_case):
    facts = booster_facts(make_case("xgboost_matrix").estimator)

    assert facts.feature_names is None
    assert facts.n_features == 3


def test_scores_are_those_of_the_booster_in_process(make_case, table):
    case = make_case("xgboost_binary_json")
    rows = table.head(100).assign(city=table.city.head(100).astype("category"))
    direct = case.estimator.predict(xgboost.DMatrix(rows, enable_categorical=True))

    found = case.load().predict(Batch(tuple(rows[c].tolist() for c in rows.columns), 100))

    assert [row[1] for row in found.probabilities] == direct.tolist()
    assert {sum(row) for row in found.probabilities} == {1.0}


def test_a_frame_suits_a_booster_without_names(make_case):
    case = make_case("xgboost_matrix")
    framed = dataclasses.replace(
        case, signature=msgspec.structs.replace(case.signature, form="frame")
    )

    assert framed.load().predict(case.batch) == case.load().predict(case.batch)


def early_stopped(tmp_path):
    rows = np.arange(40.0).reshape(-1, 1)
    truth = (rows[:, 0] > 20).astype(int)
    model = xgboost.XGBClassifier(n_estimators=30, early_stopping_rounds=3, n_jobs=1)
    model.fit(rows, truth, eval_set=[(rows, 1 - truth)], verbose=False)
    model.save_model(tmp_path / "model.json")
    return model, rows


def test_an_early_stopped_classifiers_file_is_cut_where_the_classifier_cuts(tmp_path):
    model, rows = early_stopped(tmp_path)
    signature = Signature(
        form="matrix",
        columns=(Column(name="x", type="number", dtype="float64"),),
        output=Output(kind="binary", classes=(0, 1), positive=1),
    )

    loaded = XgboostModel(load_booster(tmp_path / "model.json"), signature)
    found = loaded.predict(Batch((rows[:, 0].tolist(),), 40))

    expected = model.predict_proba(rows)[:, 1].tolist()
    assert [row[1] for row in found.probabilities] == expected


def test_a_class_number_without_a_class_is_the_models_fault(make_case):
    case = make_case("xgboost_labels")
    output = msgspec.structs.replace(case.signature.output, classes=("auto",))
    model = XgboostModel(case.estimator, msgspec.structs.replace(case.signature, output=output))

    with pytest.raises(ModelOutputError, match="outside the 1 classes"):
        model.predict(case.batch)


def test_a_file_that_is_no_booster_is_refused(tmp_path):
    path = tmp_path / "model.json"
    path.write_text('{"a": 1}')

    with pytest.raises(ModelLoadError, match=r"cannot read model\.json"):
        load_booster(path)


def test_a_booster_of_arrow_tables_answers_categories_outside_ascii():
    cities = ("Zürich", "北京", "Bern")
    codes = [at % 3 for at in range(90)]
    dictionary = pa.DictionaryArray.from_arrays(pa.array(codes, pa.int32()), pa.array(cities))
    table = pa.table({"city": dictionary, "x": np.arange(90.0)})
    matrix = xgboost.DMatrix(table, label=np.array(codes) * 5.0, enable_categorical=True)
    booster = xgboost.train({"nthread": 1}, matrix, 5)
    signature = Signature(
        form="frame",
        columns=(
            Column(name="city", type="category", dtype="category", categories=cities),
            Column(name="x", type="number", dtype="float64"),
        ),
        output=Output(kind="regression"),
    )

    found = XgboostModel(booster, signature).predict(
        Batch(([cities[code] for code in codes], [float(at) for at in range(90)]), 90)
    )

    assert found.values == booster.predict(matrix).tolist()
