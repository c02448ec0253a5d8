"""Packages run as Lambda runs them: unpacked, read-only, in a fresh process, by AWS's client."""

import json
import sys
import time
import zipfile
from datetime import UTC, datetime

import msgspec
import pytest
from tests.aws_lambda.cases import CASES, HEADERS, YES, body_of, told
from tests.aws_lambda.events import alb, url

from golive.access.key_desk import KeyDesk, KeyWish
from golive.access.key_file import KeyFile
from golive.building.function_process import (
    FunctionError,
    FunctionProcess,
    invoke_package,
    unpacked,
)
from golive.bundle.reading import open_bundle
from golive.errors import MissingExtraError, UsageError
from golive.wiring.registries import open_registry

OK = "def handler(event, context):\n    return event\n"
needs_client = pytest.mark.requires("awslambdaric")


def run(package, event=b"{}", *, python, seconds=20.0, **environ):
    return invoke_package(package, event, python=python, seconds=seconds, environ=environ)


@pytest.fixture(scope="module")
def process(package, lambda_python, tmp_path_factory):
    """The package of the small model, running."""
    log = tmp_path_factory.mktemp("log") / "log"
    with (
        log.open("wb") as logs,
        unpacked(package) as root,
        FunctionProcess(root, python=lambda_python, logs=logs) as running,
    ):
        running.log = log
        yield running


@needs_client
@pytest.mark.parametrize("case", [c for c in CASES if c.is_valid_json], ids=lambda case: case.name)
def test_every_event_is_answered_as_in_process(process, case):
    outcome = process.invoke(json.dumps(case.event).encode(), seconds=20)

    answer = msgspec.json.decode(outcome.body)
    status, labels, code = told(answer)
    assert outcome.kind == "answered"
    if case.status is not None:
        assert (status, labels, code) == (case.status, case.labels, case.code)
    assert {name: answer[name] for name in case.holds} == case.holds


@needs_client
def test_a_number_too_large_is_the_record_s_error(process):
    outcome = process.invoke(b'{"a": 1e400, "b": 1}', seconds=20)

    assert b'"non_finite"' in outcome.body.replace(b" ", b"")


@needs_client
def test_its_log_is_json_and_says_what_the_start_took(process):
    process.invoke(b'{"golive": "ping"}', seconds=20)
    lines = [json.loads(line) for line in process.log.read_text().splitlines()]

    [start] = [line for line in lines if line["event"] == "init"]
    assert start["load_milliseconds"] > 0
    assert [line["cold_start"] for line in lines if "cold_start" in line].count(1) == 1


@needs_client
def test_only_the_package_and_lambda_s_own_packages_are_there(zip_of, lambda_python):
    names = "['golive', 'numpy', 'msgspec', 'pip', 'awslambdaric']"
    handler = (
        "from importlib.util import find_spec\n"
        "def handler(event, context):\n"
        f"    return {{name: find_spec(name) is not None for name in {names}}}\n"
    )

    outcome = run(zip_of(handler), python=lambda_python)

    assert json.loads(outcome.body) == {
        "golive": False, "numpy": False, "msgspec": False, "pip": False, "awslambdaric": True
    }  # fmt: skip


@needs_client
def test_what_raises_has_failed_and_what_cannot_be_imported_does_not_start(zip_of, lambda_python):
    raising = "def handler(event, context):\n    raise ValueError('no')\n"

    failed = run(zip_of(raising), python=lambda_python)
    absent = run(zip_of("import numpy\n" + OK), python=lambda_python)

    assert (failed.kind, json.loads(failed.body)["errorType"]) == ("failed", "ValueError")
    assert absent.kind in ("not_started", "failed")
    assert "numpy" in json.loads(absent.body)["errorMessage"]


@needs_client
def test_an_answer_that_is_no_json_is_told(zip_of, lambda_python):
    handler = "def handler(event, context):\n    return {'score': float('nan')}\n"

    with pytest.raises(FunctionError, match="answer is no JSON"):
        run(zip_of(handler), python=lambda_python)


@needs_client
def test_a_function_that_takes_too_long_or_dies_is_told(zip_of, lambda_python):
    slow = "import time\ndef handler(event, context):\n    time.sleep(60)\n"
    dying = "import os\ndef handler(event, context):\n    os._exit(7)\n"
    begun = time.monotonic()

    with pytest.raises(FunctionError, match=r"did not answer within 0\.5 seconds"):
        run(zip_of(slow), python=lambda_python, seconds=0.5)
    with pytest.raises(FunctionError, match="ended with 7"):
        run(zip_of(dying), python=lambda_python)

    assert time.monotonic() - begun < 30


@needs_client
def test_it_has_lambda_s_environment_and_what_is_given(zip_of, lambda_python):
    handler = (
        "import os\n"
        "def handler(event, context):\n"
        "    names = ('GOLIVE_BUNDLE', 'AWS_LAMBDA_FUNCTION_NAME', 'PYTHONPATH')\n"
        "    left = context.get_remaining_time_in_millis()\n"
        "    return [*(os.environ.get(name) for name in names), 0 < left <= 20000]\n"
    )

    outcome = run(zip_of(handler), python=lambda_python, GOLIVE_BUNDLE="elsewhere")

    assert json.loads(outcome.body) == ["elsewhere", "golive-invoke", None, True]


def test_a_package_is_read_only_and_a_change_is_told(zip_of):
    def write():
        with unpacked(zip_of(OK)) as root:
            assert (root / "handler.py").stat().st_mode & 0o222 == 0
            root.chmod(0o755)
            (root / "more").write_text("")

    with pytest.raises(FunctionError, match="wrote into its package"):
        write()


def test_what_is_no_zip_no_json_or_no_python_is_misused(zip_of, tmp_path):
    (tmp_path / "no.zip").write_text("no")

    with pytest.raises(UsageError, match=r"no\.zip is no zip file"):
        run(tmp_path / "no.zip", python=sys.executable)
    with pytest.raises(UsageError, match="The event is no JSON"):
        run(zip_of(OK), b"{", python=sys.executable)
    with pytest.raises(UsageError, match="/nowhere/python is no Python that runs"):
        run(zip_of(OK), python="/nowhere/python")


def test_without_the_client_the_extra_is_named(zip_of, tmp_path):
    bare = tmp_path / "python"
    bare.write_text(f'#!/bin/sh\nshift\nexec {sys.executable} -I -S "$@"\n')
    bare.chmod(0o755)

    with pytest.raises(MissingExtraError, match="'awslambdaric'") as missing:
        run(zip_of(OK), python=str(bare))

    assert missing.value.hint.endswith("pip install 'golive[lambda]'")


def test_the_package_of_the_small_model_has_its_parts(package):
    names = set(zipfile.ZipFile(package).namelist())

    assert {"handler.py", "bundle/manifest.json", "golive/entry/aws_lambda.py"} <= names


# What is more than an answer, under the real client.


def answer_of(process, event, *, seconds=20.0):
    outcome = process.invoke(json.dumps(event).encode(), seconds=seconds)
    assert outcome.kind == "answered"
    return msgspec.json.decode(outcome.body)


@needs_client
def test_what_there_is_no_time_for_says_so(process):
    answer = answer_of(process, [YES] * 3, seconds=0.15)

    assert (answer["status"], answer["code"]) == (504, "deadline_exceeded")


@needs_client
def test_an_answer_that_is_too_large_says_how_many_records_fit(process):
    def event(count):
        return alb({"records": [YES] * count, "ids": ["x" * 500] * count})

    refused = body_of(answer_of(process, event(3000)))
    fitting = answer_of(process, event(refused["records_that_fit"]))

    assert refused["code"] == "answer_too_large"
    assert fitting["statusCode"] == 200


@needs_client
def test_a_function_url_needs_a_key_where_there_are_some(package, lambda_python, tmp_path):
    keys = KeyFile(tmp_path / "keys.json")
    _, text = KeyDesk(keys, clock=lambda: datetime.now(UTC)).create(KeyWish(name="shop"))
    environ = {"GOLIVE_KEYS_TEXT": (tmp_path / "keys.json").read_text()}
    with (
        (tmp_path / "log").open("wb") as logs,
        unpacked(package) as root,
        FunctionProcess(root, python=lambda_python, environ=environ, logs=logs) as locked,
    ):
        without = answer_of(locked, url([YES]))
        with_key = answer_of(locked, url([YES], headers=HEADERS | {"x-api-key": text}))

    assert (without["statusCode"], with_key["statusCode"]) == (401, 200)


@needs_client
def test_a_model_of_a_registry_is_followed(package, lambda_python, small_versions, tmp_path):
    place = str(tmp_path / "registry")
    registry = open_registry(place)
    for path in (small_versions.good, small_versions.worse):
        registry.push(open_bundle(path))
    registry.move("games", "prod", 1)
    record = {"a": 3.0, "b": -3.0}
    environ = {"GOLIVE_BUNDLE": f"{place}/games@prod"}
    with (
        (tmp_path / "log").open("wb") as logs,
        unpacked(package) as root,
        FunctionProcess(root, python=lambda_python, environ=environ, logs=logs) as following,
    ):
        before = answer_of(following, [record])
        registry.move("games", "prod", 2)
        refreshed = answer_of(following, {"golive": "refresh"})
        after = answer_of(following, [record])

    assert refreshed["outcome"] == "taken"
    labels = [answer["predictions"][0]["label"] for answer in (before, after)]
    assert labels == ["yes", "no"]
