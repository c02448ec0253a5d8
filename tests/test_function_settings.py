"""Settings of a function."""

from pathlib import Path

import pytest

from golive.errors import UsageError
from golive.function_settings import FunctionSettings, LambdaFacts, with_packed
from golive.settings import ServeSettings, cache_dir


def test_the_defaults_are_these():
    assert FunctionSettings.load({}) == FunctionSettings(
        bundle="bundle",
        base_path="",
        refresh_limit=5.0,
        keys_text=None,
        metrics_namespace="golive",
        answers_queue=None,
    )


def test_the_environment_stands_before_the_package_and_that_before_the_defaults():
    packed = {
        "max_records": 2,
        "max_text": 3,
        "allow_ips": ["10.0.0.0/8", "::1"],
        "no_pickle": True,
    }

    settings = ServeSettings.load(with_packed(packed, {"GOLIVE_MAX_TEXT": "4"}))

    assert (settings.max_records, settings.max_text) == (2, 4)
    assert (settings.allow_ips, settings.no_pickle) == (("10.0.0.0/8", "::1"), True)
    assert settings.allowed_hosts == ("*",)


def test_hosts_may_be_named():
    given = with_packed({"allowed_hosts": ["a.example.com"]}, {})

    assert ServeSettings.load(given).allowed_hosts == ("a.example.com",)


def test_a_name_that_is_no_setting_is_refused():
    with pytest.raises(UsageError, match="'colour', which is no setting"):
        with_packed({"colour": "red"}, {})


def test_what_lambda_tells():
    told = LambdaFacts.of(
        {
            "LAMBDA_TASK_ROOT": "/var/task",
            "AWS_LAMBDA_FUNCTION_NAME": "games",
            "AWS_LAMBDA_FUNCTION_VERSION": "7",
            "AWS_LAMBDA_INITIALIZATION_TYPE": "provisioned-concurrency",
        }
    )

    assert told == LambdaFacts(root=Path("/var/task"), name="games", version="7", is_warm=True)
    assert LambdaFacts.of({}).root is None


def test_a_function_keeps_what_can_be_made_again_where_it_may_write(monkeypatch):
    monkeypatch.delenv("GOLIVE_CACHE_DIR")
    monkeypatch.setenv("AWS_LAMBDA_FUNCTION_NAME", "games")

    assert cache_dir() == Path("/tmp/golive")
