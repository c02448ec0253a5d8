"""Models whose loading runs code can be refused, and are then not loaded."""

import pytest

import golive
from golive.errors import PickleRefusedError
from golive.http.plan import ServePlan
from golive.settings import ServeSettings
from golive.wiring.models import load_models


def test_a_pickle_is_refused_and_its_compiled_program_is_not(bundle):
    assert golive.load(bundle.source, no_pickle=True).predict({"a": 1.0, "b": 0.0})
    with pytest.raises(PickleRefusedError, match=r"model of m is a pickle \(model/model\.pkl\)"):
        golive.load(bundle.source, original=True, no_pickle=True)


def test_a_server_refuses_it_too(bundle):
    def load(**settings):
        loaded = ServeSettings.load({}, **settings)
        plan = ServePlan(bundles=(str(bundle.source),), settings=loaded, original=True)
        return load_models(plan)

    assert load()
    with pytest.raises(PickleRefusedError):
        load(no_pickle=True)


def test_the_environment_says_it_for_all_servers(bundle):
    assert ServeSettings.load({"GOLIVE_NO_PICKLE": "1"}).no_pickle
