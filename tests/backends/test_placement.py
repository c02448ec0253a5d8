from __future__ import annotations

import pytest

from golive.backends.placement import Candidate, Group, are_met, chosen_pythons, place
from golive.errors import UsageError

OLD = ("numpy==1.26.4", "scikit-learn==1.5.2")
NEW = ("numpy==2.1.0", "scikit-learn==1.6.0")


def candidate(name, requirements=(), *, is_compiled=False):
    return Candidate(name=name, requirements=requirements, is_compiled=is_compiled)


def placed(*candidates, manner="environment", pythons=None, here=()):
    return place(
        candidates, manner=manner, pythons=pythons or {}, is_here=lambda wanted: wanted in here
    )


def test_models_with_the_same_requirements_share_a_process_in_any_order_of_these():
    groups = placed(candidate("a", OLD), candidate("b", NEW), candidate("c", OLD[::-1]))

    assert groups == (
        Group(models=("a", "c"), requirements=OLD),
        Group(models=("b",), requirements=NEW),
    )


def test_what_this_environment_has_needs_no_other():
    groups = placed(candidate("a", OLD), candidate("b", NEW), candidate("c"), here=(NEW, ()))

    assert groups == (
        Group(models=("a",), requirements=OLD),
        Group(models=("b", "c")),
    )


def test_compiled_models_stay_where_the_port_is():
    groups = placed(candidate("a", OLD, is_compiled=True), candidate("b", NEW))

    assert groups == (Group(models=("b",), requirements=NEW),)


def test_each_model_has_a_process_where_that_was_asked_for():
    groups = placed(candidate("a", OLD), candidate("b", OLD), candidate("c"), manner="model")

    assert [group.models for group in groups] == [("a",), ("b",), ("c",)]


def test_models_with_the_same_chosen_python_share_a_process_whatever_they_require():
    pythons = {"a": "/x/bin/python", "b": "/x/bin/python", "c": "/y/bin/python"}

    groups = placed(
        candidate("a", OLD), candidate("b", NEW), candidate("c", OLD, is_compiled=True),
        candidate("d", OLD), pythons=pythons,
    )  # fmt: skip

    assert groups == (
        Group(models=("a", "b"), python="/x/bin/python"),
        Group(models=("c",), python="/y/bin/python"),
        Group(models=("d",), requirements=OLD),
    )


@pytest.mark.parametrize(
    ("requirement", "is_met"),
    [
        ("torch==2.6.0", True),  # the installed one is 2.6.0+cpu
        ("torch==2.5.0", False),
        ("jax==1.0", False),
        ("torch>=2.0", False),
        ("torch==2.6.0; python_version < '3.12'", False),
        ("git+https://example.com/torch", False),
    ],
)
def test_a_requirement_is_met_by_the_version_that_it_pins(requirement, is_met):
    assert are_met([requirement], {"torch": "2.6.0+cpu"}.get) is is_met


def test_a_python_is_chosen_by_model():
    texts = ["a=/x/bin/python", "b=/y=z/bin/python"]

    assert chosen_pythons(texts, ["a", "b", "c"]) == {
        "a": "/x/bin/python",
        "b": "/y=z/bin/python",
    }


@pytest.mark.parametrize(
    ("texts", "message"),
    [
        (["/x/bin/python"], "names no model"),
        (["=/x/bin/python"], "names no model"),
        (["a="], "names no model"),
        (["z=/x/bin/python"], "z is not served"),
        (["a=/x", "a=/y"], "a is named twice"),
    ],
)
def test_what_chooses_no_python_is_refused(texts, message):
    with pytest.raises(UsageError, match=message):
        chosen_pythons(texts, ["a"])
