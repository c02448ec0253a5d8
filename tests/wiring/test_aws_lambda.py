"""A function whose model is in a registry: how it finds another version."""

import io
import json
import time

import numpy as np
import pandas as pd
import pytest
from sklearn.linear_model import LogisticRegression

import golive
from golive.access.errors import KeysError
from golive.blobs.folder import FolderStore
from golive.errors import UsageError
from golive.wiring.aws_lambda import open_function
from golive.wiring.registries import open_registry

RECORD = {"a": 50.0, "b": 0.0}  # `yes` for the first version, `no` for the second


class Context:
    function_name, function_version, aws_request_id = "games", "7", "request-1"

    def __init__(self, seconds=30.0):
        self.seconds = seconds

    def get_remaining_time_in_millis(self):
        return int(self.seconds * 1000)


@pytest.fixture(scope="session")
def other_bundle(tmp_path_factory):
    """A packed model that answers otherwise than `bundle`."""
    frame = pd.DataFrame({"a": np.arange(60.0), "b": np.arange(60.0) % 7})
    model = LogisticRegression().fit(frame, np.where(frame["b"] > 3, "yes", "no"))
    folder = tmp_path_factory.mktemp("other")
    return golive.pack(model, frame, name="m", output=folder / "m.bundle")


@pytest.fixture
def place(tmp_path):
    return str(tmp_path / "registry")


@pytest.fixture
def registry(bundle, other_bundle, place, monkeypatch, tmp_path):
    """A registry with two versions of `games`; `prod` is the first."""
    monkeypatch.setenv("GOLIVE_REGISTRY", place)
    monkeypatch.setenv("GOLIVE_CACHE_DIR", str(tmp_path / "cache"))
    opened = open_registry(place)
    opened.push(bundle, model="games")
    opened.push(other_bundle, model="games")
    opened.move("games", "prod", 1)
    return opened


def opened(tmp_path, reference="games@prod", **environ):
    log = io.StringIO()
    function = open_function(tmp_path, environ={"GOLIVE_BUNDLE": reference} | environ, stream=log)
    return function, log


def label(function, **how):
    return function([RECORD], Context(**how))["predictions"][0]["label"]


def outcomes(log):
    lines = [json.loads(line) for line in log.getvalue().splitlines()]
    return [line["outcome"] for line in lines if line["event"] == "refresh"]


def test_a_trigger_takes_the_version_that_the_alias_names_now(registry, tmp_path):
    function, _ = opened(tmp_path)
    before = label(function)
    registry.move("games", "prod", 2)
    still = label(function)

    answer = function({"golive": "refresh"}, Context())

    assert (before, still, label(function)) == ("yes", "yes", "no")
    assert (answer["outcome"], answer["model"]) == ("taken", "games")


def test_an_interval_has_the_next_invocation_look(registry, tmp_path):
    function, log = opened(tmp_path, GOLIVE_REFRESH="0.1s")
    before, end = label(function), time.monotonic() + 20

    registry.move("games", "prod", 2)
    while label(function) == before and time.monotonic() < end:
        time.sleep(0.02)

    assert (before, label(function)) == ("yes", "no")
    assert "taken" in outcomes(log)


def test_an_invocation_that_is_about_to_end_does_not_look(registry, tmp_path):
    function, _ = opened(tmp_path)
    registry.move("games", "prod", 2)

    answer = function({"golive": "refresh"}, Context(seconds=2.0))

    assert answer["outcome"] == "no_time"
    assert label(function) == "yes"


@pytest.mark.parametrize("reference", ["games@1", "games@{id}"])
def test_a_version_or_an_id_is_fixed(registry, bundle, tmp_path, reference):
    function, _ = opened(tmp_path, reference.format(id=bundle.manifest.id))

    assert function({"golive": "refresh"}, Context())["outcome"] == "fixed"
    assert label(function) == "yes"


def test_a_version_whose_bytes_were_changed_is_refused(registry, place, tmp_path):
    function, _ = opened(tmp_path)
    registry.move("games", "prod", 2)
    version = registry.history("games").versions[2]
    [file] = [
        path for path in (tmp_path / "registry").rglob("*") if version.content.sha256 in path.name
    ]
    file.chmod(0o600)
    file.write_bytes(file.read_bytes()[:-1] + b"x")

    answer = function({"golive": "refresh"}, Context())

    assert answer["outcome"] == "refused"
    assert label(function) == "yes"


def test_a_registry_that_is_away_leaves_the_version_that_answers(registry, place, tmp_path):
    function, _ = opened(tmp_path)
    (tmp_path / "registry").rename(tmp_path / "elsewhere")
    (tmp_path / "registry").write_text("no folder")

    answer = function({"golive": "refresh"}, Context())

    assert answer["outcome"] == "unavailable"
    assert label(function) == "yes"
    assert FolderStore(tmp_path / "elsewhere").list("")


def test_a_package_without_a_bundle_names_both_ways(tmp_path):
    with pytest.raises(UsageError, match="There is no bundle at") as missing:
        open_function(tmp_path, environ={}, stream=io.StringIO())

    assert "golive build lambda" in missing.value.hint
    assert "GOLIVE_BUNDLE" in missing.value.hint


def test_what_is_no_setting_of_the_package_is_refused(tmp_path):
    (tmp_path / "golive-lambda.json").write_text('{"max_recrods": 2}')

    with pytest.raises(UsageError, match="'max_recrods', which is no setting"):
        open_function(tmp_path, environ={}, stream=io.StringIO())


def test_keys_that_are_not_there_let_nothing_start(bundle, tmp_path):
    environ = {"GOLIVE_BUNDLE": str(bundle.path), "GOLIVE_KEYS": "keys.json"}

    with pytest.raises(KeysError, match=r"keys\.json cannot be read"):
        open_function(tmp_path, environ=environ, stream=io.StringIO())


def test_tokens_are_for_the_front(bundle, tmp_path):
    environ = {"GOLIVE_BUNDLE": str(bundle.path), "GOLIVE_OIDC_ISSUER": "https://login.example.com"}

    with pytest.raises(UsageError, match="takes no tokens"):
        open_function(tmp_path, environ=environ, stream=io.StringIO())
