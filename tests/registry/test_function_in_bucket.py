"""A function of AWS Lambda whose model is in S3, and whose answers go to a queue."""

import io
import json
import os
from pathlib import Path
from uuid import uuid4

import pytest
from tests.aws_lambda.conftest import Context
from tests.aws_lambda.events import queue
from tests.blobs.proxy import proxy_before
from tests.small_versions import SmallVersions

from golive.wiring.aws_lambda import open_function
from golive.wiring.function_answers import SinkUnavailableError
from golive.wiring.registries import open_registry

pytestmark = pytest.mark.requires("s3")

RECORD = {"a": 3.0, "b": -3.0, "c": 0.0}  # `yes` for the good version, `no` for the worse one


@pytest.fixture
def location() -> str:
    return f"s3://{os.environ['GOLIVE_TEST_S3_BUCKET']}/{uuid4().hex}"


@pytest.fixture
def registry(location, small_versions: SmallVersions):
    """A registry with two versions of `games`; `prod` is the good one."""
    from golive.bundle.reading import open_bundle

    opened = open_registry(location)
    opened.push(open_bundle(small_versions.good))
    opened.push(open_bundle(small_versions.worse))
    opened.move("games", "prod", 1)
    return opened


def opened(folder: Path, **environ: str):
    return open_function(folder, environ=environ, stream=io.StringIO())


def label(function) -> str:
    return function([RECORD], Context())["predictions"][0]["label"]


def test_it_starts_with_what_the_alias_names_and_takes_another_one(
    registry, location, tmp_path, monkeypatch
):
    monkeypatch.setenv("GOLIVE_CACHE_DIR", str(tmp_path / "cache"))
    function = opened(tmp_path, GOLIVE_BUNDLE=f"{location}/games@prod")
    before = label(function)
    registry.move("games", "prod", 2)

    answer = function({"golive": "refresh"}, Context())

    assert (before, answer["outcome"], label(function)) == ("yes", "taken", "no")


def test_a_bucket_that_is_away_costs_the_limit_and_nothing_else(
    registry, location, tmp_path, monkeypatch
):
    monkeypatch.setenv("GOLIVE_CACHE_DIR", str(tmp_path / "cache"))
    with proxy_before(os.environ["AWS_ENDPOINT_URL_S3"]) as proxy:
        monkeypatch.setenv("AWS_ENDPOINT_URL_S3", proxy.url)
        function = opened(
            tmp_path, GOLIVE_BUNDLE=f"{location}/games@prod", GOLIVE_REFRESH_LIMIT="1s"
        )
        registry.move("games", "prod", 2)
        proxy.is_away = True
        away = function({"golive": "refresh"}, Context())
        still = label(function)
        proxy.is_away = False
        back = function({"golive": "refresh"}, Context())

    assert (away["outcome"], still) == ("unavailable", "yes")
    assert (back["outcome"], label(function)) == ("taken", "no")


@pytest.fixture
def answers(monkeypatch):
    """A queue, and what takes its messages."""
    import boto3

    monkeypatch.setenv("AWS_ENDPOINT_URL_SQS", os.environ["AWS_ENDPOINT_URL_S3"])
    client = boto3.session.Session().client("sqs")
    url = client.create_queue(QueueName=uuid4().hex)["QueueUrl"]

    def take():
        found = client.receive_message(
            QueueUrl=url, MaxNumberOfMessages=10, MessageAttributeNames=["All"]
        )
        return {
            message["MessageAttributes"]["message_id"]["StringValue"]: json.loads(message["Body"])
            for message in found.get("Messages", ())
        }

    return url, take


def test_answers_go_to_the_queue_that_is_named(small_versions, answers, tmp_path):
    url, take = answers
    function = opened(tmp_path, GOLIVE_BUNDLE=str(small_versions.good), GOLIVE_ANSWERS_QUEUE=url)

    assert function(queue(RECORD, "no JSON"), Context()) == {"batchItemFailures": []}

    taken = take()
    assert taken["m1"]["predictions"][0]["label"] == "yes"
    assert taken["m2"]["code"] == "malformed_json"


def test_messages_whose_answers_are_not_taken_stay(small_versions, answers, tmp_path):
    url, _ = answers
    function = opened(
        tmp_path, GOLIVE_BUNDLE=str(small_versions.good), GOLIVE_ANSWERS_QUEUE=f"{url}-gone"
    )

    left = function(queue(RECORD), Context())

    assert left == {"batchItemFailures": [{"itemIdentifier": "m1"}]}
    assert SinkUnavailableError.code == "answer_not_sent"
