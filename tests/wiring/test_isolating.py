from __future__ import annotations

import sys

import pytest
from msgspec.structs import replace

from golive.errors import UsageError
from golive.http.plan import Placement, ServePlan
from golive.settings import ServeSettings
from golive.signature.model import FeatureSource
from golive.wiring.isolating import isolate, placement_of


@pytest.fixture
def plan_of(bundle):
    """A plan of the bundle `m`, and what `isolate` makes of it."""

    def run(*, original=True, canary=None, bundle=bundle, **settings):
        plan = ServePlan(
            bundles=(str(bundle.path),),
            settings=ServeSettings.load({}, **settings),
            original=original,
            canary=canary,
        )
        return isolate(plan, {"m": bundle}, tell=[].append)

    return run


def test_a_model_whose_packages_are_here_runs_with_this_python(plan_of):
    plan = plan_of(isolate="environment")

    assert plan.placements == (Placement(models=("m",), python=sys.executable),)


def test_a_compiled_model_stays(plan_of):
    assert plan_of(isolate="model", original=False).placements == ()


def test_a_chosen_python_runs_the_model(plan_of, tmp_path):
    python = tmp_path / "python"
    python.touch()

    plan = plan_of(isolate="environment", pythons=(f"m={python}",), original=False)

    assert plan.placements == (Placement(models=("m",), python=str(python)),)


def test_without_the_setting_nothing_changes(plan_of):
    assert plan_of().placements == ()


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"isolate": "models"}, "neither environment nor model"),
        ({"pythons": ("m=/x",)}, "--python is for models that are served apart"),
        ({"isolate": "model", "pythons": ("m=/no/such/python",)}, "there is no file"),
        ({"isolate": "model", "pythons": ("z=/no/such/python",)}, "z is not served"),
    ],
)
def test_what_cannot_be_is_misuse(plan_of, settings, message):
    with pytest.raises(UsageError, match=message) as caught:
        plan_of(**settings)
    assert caught.value.hint


def test_a_version_that_comes_has_a_process_of_its_own(bundle):
    settings = ServeSettings.load({}, isolate="environment", refresh=30.0)
    plan = ServePlan(bundles=("games@prod",), settings=settings, original=True)

    placement = placement_of(plan, "games", bundle, tell=[].append)

    assert placement == Placement(models=("games",), python=sys.executable)


def test_a_version_that_is_compiled_has_none(bundle):
    plan = ServePlan(bundles=("m@prod",), settings=ServeSettings.load({}, isolate="model"))

    assert placement_of(plan, "m", bundle, tell=[].append) is None


def test_a_version_runs_with_the_python_that_was_chosen_for_its_model(bundle, tmp_path):
    python = tmp_path / "python"
    python.touch()
    pythons = ("other=/no/such/python", f"m={python}")
    settings = ServeSettings.load({}, isolate="model", pythons=pythons)
    plan = ServePlan(bundles=("m@prod", "other@prod"), settings=settings)

    assert placement_of(plan, "m", bundle, tell=[].append).python == str(python)


@pytest.mark.parametrize(
    ("parts", "message"),
    [
        ({"features": (FeatureSource(model="z", outputs={"a": "score"}),)}, "takes features"),
        ({"features": (FeatureSource(model="m", outputs={"a": "score"}),)}, "takes features"),
    ],
)
def test_what_a_model_needs_beside_it_keeps_it_from_being_served_apart(
    plan_of, bundle, parts, message
):
    other = replace(bundle)
    vars(other)["signature"] = replace(bundle.signature, **parts)

    with pytest.raises(UsageError, match=message) as caught:
        plan_of(isolate="model", bundle=other)
    assert caught.value.hint
