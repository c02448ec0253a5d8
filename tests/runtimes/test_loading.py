import pytest
from msgspec.structs import replace

from golive.errors import ModelLoadError
from golive.runtimes.loading import load_estimator, load_model, model_for


def test_a_function_model_brings_its_request_type(make_case):
    case = make_case("function_file")

    loaded = load_model(case.root, case.spec, case.signature)

    assert loaded.request_type.__name__ == "Request"
    assert loaded.estimator.__name__ == "match"


def test_other_models_have_no_request_type(make_case):
    case = make_case("logistic")

    assert load_model(case.root, case.spec, case.signature).request_type is None


@pytest.mark.parametrize(
    "name", ["logistic", "xgboost_regression", "lightgbm_regression", "function_file"]
)
def test_an_estimator_in_memory_answers_as_the_loaded_one(make_case, name):
    case = make_case(name)
    estimator = load_estimator(case.root, case.spec)

    model = model_for(estimator, case.spec.kind, case.signature)

    if name != "function_file":  # the classes of its requests belong to one loading
        assert model.predict(case.batch) == case.load().predict(case.batch)


def test_a_missing_file_is_named(make_case):
    case = make_case("logistic")

    with pytest.raises(ModelLoadError, match=r"no file model/other\.joblib"):
        load_estimator(case.root, replace(case.spec, file="model/other.joblib"))


def test_a_function_model_needs_its_function(make_case):
    case = make_case("function_file")

    with pytest.raises(ModelLoadError, match="needs a source file under code/ and a function"):
        load_estimator(case.root, replace(case.spec, function=None))


def test_loading_writes_nothing_into_the_bundle(make_case):
    case = make_case("label_decoding")
    before = sorted(case.root.rglob("*"))

    case.load().predict(case.batch)

    assert sorted(case.root.rglob("*")) == before
