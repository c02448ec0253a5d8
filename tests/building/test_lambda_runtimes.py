from datetime import date

import pytest

from golive.building.lambda_runtimes import RUNTIMES, RUNTIMES_AS_OF, choose_runtime
from golive.deploying.aws.setting_table import RUNTIMES as OFFERED
from golive.errors import UsageError

TODAY = date(2026, 11, 28)


def chosen(**given):
    standard = {"trained_with": "3.12.1", "is_compiled": False, "wanted": None, "today": TODAY}
    return choose_runtime(**{**standard, **given}).runtime.python


def test_an_original_model_gets_the_python_that_packed_it():
    assert chosen(trained_with="3.12.1") == (3, 12)
    assert chosen(trained_with="3.14.0") == (3, 14)


@pytest.mark.parametrize("trained_with", ["3.11.7", "3.15.0"])
def test_where_lambda_has_not_that_python_it_is_the_newest_that_it_has(trained_with):
    choice = choose_runtime(trained_with=trained_with, is_compiled=False, wanted=None, today=TODAY)

    assert choice.runtime.python == (3, 14)
    assert trained_with in choice.because


def test_a_compiled_bundle_gets_3_13_whatever_packed_it():
    assert chosen(is_compiled=True, trained_with="3.11.7") == (3, 13)


def test_what_was_asked_for_counts_first():
    assert chosen(wanted="3.12", is_compiled=True) == (3, 12)
    assert chosen(wanted="python3.14") == (3, 14)


@pytest.mark.parametrize("wanted", ["3.11", "2.7", "pypy"])
def test_a_python_that_lambda_has_not_is_refused_with_those_that_it_has(wanted):
    with pytest.raises(UsageError, match=wanted.replace(".", r"\.")) as caught:
        chosen(wanted=wanted)

    assert caught.value.hint == "Choose one of 3.12, 3.13, 3.14."


def test_a_deprecated_python_is_taken_only_where_it_was_asked_for():
    later = date(2028, 11, 1)

    assert chosen(trained_with="3.12.1", today=later) == (3, 14)
    assert chosen(wanted="3.12", today=later) == (3, 12)


def test_when_all_are_deprecated_the_newest_is_taken():
    assert chosen(today=date(2040, 1, 1)) == (3, 14)


def test_the_table_is_in_order_and_was_true_when_it_was_written():
    assert [r.python for r in RUNTIMES] == sorted(r.python for r in RUNTIMES)
    assert all(RUNTIMES_AS_OF < r.deprecated < r.create_blocked for r in RUNTIMES)


def test_a_package_and_a_deployment_know_the_same_pythons():
    assert tuple(f"python{major}.{minor}" for major, minor in (r.python for r in RUNTIMES)) == (
        OFFERED
    )
