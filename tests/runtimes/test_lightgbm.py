import pytest
from msgspec.structs import replace

from golive.errors import ModelLoadError
from golive.runtimes.lightgbm import LightgbmModel, booster_facts, load_booster
from golive.runtimes.protocols import Batch


@pytest.fixture
def reload(make_case):
    def load(name):
        case = make_case(name)
        return load_booster(case.root / case.spec.file)

    return load


def test_facts_of_a_booster_with_categories(reload):
    facts = booster_facts(reload("lightgbm_binary"))

    assert facts.objective == "binary"
    assert (facts.kind, facts.n_classes, facts.has_probabilities) == ("binary", 2, True)
    assert facts.feature_names == ("age", "income", "member", "city")
    assert facts.categorical == ("city",)
    assert facts.categories == {"city": ("Berne", "Lyon", "Turin")}


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("lightgbm_multiclass", ("multiclass", "multiclass", 3, True)),
        ("lightgbm_regression", ("regression", "regression", 0, False)),
    ],
)
def test_facts_follow_from_the_objective(reload, name, expected):
    facts = booster_facts(reload(name))

    assert (facts.objective, facts.kind, facts.n_classes, facts.has_probabilities) == expected


def test_scores_are_those_of_the_booster_in_process(make_case, table):
    case = make_case("lightgbm_binary")
    rows = table.head(100).assign(city=table.city.head(100).astype("category"))

    found = case.load().predict(Batch(tuple(rows[c].tolist() for c in rows.columns), 100))

    assert [row[1] for row in found.probabilities] == case.estimator.predict(rows).tolist()


def test_columns_in_another_order_are_refused(make_case):
    case = make_case("lightgbm_regression")
    swapped = replace(case.signature, columns=case.signature.columns[::-1])

    with pytest.raises(ModelLoadError, match="trained with the columns age, income, member"):
        LightgbmModel(case.estimator, swapped)


def test_a_file_that_is_no_booster_is_refused(tmp_path):
    path = tmp_path / "model.txt"
    path.write_text("hello")

    with pytest.raises(ModelLoadError, match=r"cannot read model\.txt"):
        load_booster(path)
