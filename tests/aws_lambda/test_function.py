"""What a function does beside answering: logs, metrics, limits, time, keys and warm-up."""

import base64
import gzip
import json
from datetime import UTC, datetime

import pytest
from tests.aws_lambda.cases import NO, TENSORS, YES, body_of
from tests.aws_lambda.events import alb, http, queue, rest, schedule, url

from golive.access.key_desk import KeyDesk, KeyWish
from golive.access.key_file import KeyFile

HEADERS = {"Content-Type": "application/json"}


def test_the_start_is_a_line_with_its_time_as_a_metric(open_package):
    [line] = open_package().lines

    assert line.pop("time")
    assert line.pop("load_milliseconds") > 0
    timestamp = line["_aws"].pop("Timestamp")
    assert timestamp > 1_700_000_000_000
    version = line.pop("version")
    assert len(version) == 12
    assert line == {
        "level": "info",
        "event": "init",
        "function": "games",
        "function_version": "7",
        "model": "m",
        "_aws": {
            "CloudWatchMetrics": [
                {
                    "Namespace": "golive",
                    "Dimensions": [
                        ["function"], ["function", "function_version"], ["function", "model"]
                    ],
                    "Metrics": [{"Name": "load_milliseconds", "Unit": "Milliseconds"}],
                }
            ]
        },
    }  # fmt: skip


def test_a_request_is_one_line_that_is_a_metric_too(open_package):
    opened = open_package()
    opened(rest([YES, {"a": "x", "b": 1}]))
    opened(http(YES, path="/nowhere"))

    _, first, second = opened.lines

    assert first["event"] == "request"
    assert (first["records"], first["failed"], first["codes"]) == (2, 1, {"wrong_type": 1})
    assert (first["front"], first["front_request_id"]) == ("rest", "front-1")
    assert first["aws_request_id"] == "11111111-2222-3333-4444-555555555555"
    assert (first["function"], first["function_version"]) == ("games", "7")
    assert [first["cold_start"], second["cold_start"]] == [1, 0]
    assert [first["client_errors"], second["client_errors"]] == [0, 1]
    assert first["_aws"]["CloudWatchMetrics"][0]["Metrics"] == [
        {"Name": "records", "Unit": "Count"},
        {"Name": "failed", "Unit": "Count"},
        {"Name": "client_errors", "Unit": "Count"},
        {"Name": "server_errors", "Unit": "Count"},
        {"Name": "cold_start", "Unit": "Count"},
        {"Name": "milliseconds", "Unit": "Milliseconds"},
    ]
    for line in (first, second):
        directive = line["_aws"]["CloudWatchMetrics"][0]
        named = [metric["Name"] for metric in directive["Metrics"]]
        assert all(isinstance(line[name], int | float) for name in named)
        assert all(
            isinstance(line[name], str) for names in directive["Dimensions"] for name in names
        )


def test_lines_hold_no_records_unless_that_is_wanted(open_package):
    usual, telling = open_package(), open_package(GOLIVE_LOG_INPUTS="1")
    usual(http(YES))
    telling(http(YES))

    assert "body" not in usual.lines[-1]
    assert json.loads(telling.lines[-1]["body"]) == YES


def test_a_namespace_of_ones_own(open_package):
    opened = open_package(GOLIVE_METRICS_NAMESPACE="shop/models")

    assert opened.lines[0]["_aws"]["CloudWatchMetrics"][0]["Namespace"] == "shop/models"


def test_a_function_that_was_started_before_anybody_asked_has_no_cold_start(open_package):
    opened = open_package(AWS_LAMBDA_INITIALIZATION_TYPE="provisioned-concurrency")

    assert opened({"golive": "ping"})["cold_start"] is False


def test_a_ping_warms_and_says_so(open_package):
    opened = open_package()

    first, second = opened(schedule()), opened({"golive": "ping"})

    assert (first["cold_start"], second["cold_start"]) == (True, False)
    assert [line["event"] for line in opened.lines] == ["init", "ping", "ping"]


def test_the_console_s_sample_is_explained_with_a_record_that_works(opened):
    answer = opened({"key1": "value1", "key2": "value2", "key3": "value3"})

    assert "the function works" in answer["message"]
    assert opened(answer["event"])["predictions"][0]["label"] in ("yes", "no")


def test_a_base_path_is_no_part_of_the_path(open_package):
    opened = open_package(GOLIVE_BASE_PATH="/games")

    assert opened(url(YES, path="/games/predict"))["statusCode"] == 200
    assert opened.lines[-1]["path"] == "/predict"


def test_settings_of_the_package_stand_behind_the_environment(package, open_package):
    file = package / "golive-lambda.json"
    file.write_text('{"max_records": 2, "metrics_namespace": "packed"}')
    try:
        packed, overruled = open_package(), open_package(GOLIVE_MAX_RECORDS="3")
    finally:
        file.unlink()

    assert packed([YES] * 3)["code"] == "too_many_records"
    assert len(overruled([YES] * 3)["predictions"]) == 3
    assert packed.lines[0]["_aws"]["CloudWatchMetrics"][0]["Namespace"] == "packed"


# Time.


def test_without_time_every_record_says_so_and_the_answer_is_504(opened):
    answer = opened(http([YES, NO]), seconds=0.1)

    body = body_of(answer)
    assert (answer["statusCode"], body["code"]) == (504, "deadline_exceeded")
    assert [entry["error"]["code"] for entry in body["predictions"]] == ["deadline_exceeded"] * 2


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("/v2/models/m/infer", TENSORS),
        ("/invocations", {"dataframe_records": [YES]}),
        ("/v1/models/m:predict", {"instances": [YES]}),
    ],
)
def test_other_protocols_say_so_too(opened, path, body):
    answer = opened(http(body, path=path), seconds=0.1)

    assert (answer["statusCode"], body_of(answer)["code"]) == (504, "deadline_exceeded")


def test_messages_that_there_is_no_time_for_stay_in_the_queue(open_package):
    opened = open_package()

    answer = opened(queue(YES, NO), seconds=0.1)

    assert answer == {"batchItemFailures": [{"itemIdentifier": "m1"}, {"itemIdentifier": "m2"}]}
    assert opened.lines[-1]["messages"] == {"m1": "deadline_exceeded", "m2": "deadline_exceeded"}


# Size.


def many(count):
    return {"records": [YES] * count, "ids": ["x" * 500] * count}


def test_an_answer_that_is_too_large_for_a_load_balancer_says_how_many_records_fit(opened):
    answer = opened(alb(many(3000)))

    body = body_of(answer)
    fits = body["records_that_fit"]
    assert (answer["statusCode"], body["code"], body["records"]) == (413, "answer_too_large", 3000)
    assert 500 < fits < 3000
    assert body["detail"].endswith(f"send at most {fits} of these records in a request.")
    assert opened(alb(many(fits)))["statusCode"] == 200
    assert len(json.dumps(opened(alb(many(fits))))) <= 1_000_000


def test_what_is_compressed_may_be_larger(opened):
    answer = opened(alb(many(3000), headers=HEADERS | {"Accept-Encoding": "gzip"}))

    assert answer["statusCode"] == 200
    assert len(json.loads(gzip.decompress(base64.b64decode(answer["body"])))["predictions"]) == 3000


def test_lambda_s_own_limit_counts_for_the_others(opened):
    for event in (rest(many(10_000)), many(10_000)):
        body = body_of(opened(event))
        assert body["code"] == "answer_too_large"
        assert 5000 < body["records_that_fit"] < 10_000


# Keys.


@pytest.fixture
def key(tmp_path):
    """A file of keys, and the text of its one key."""
    file = tmp_path / "keys.json"
    desk = KeyDesk(KeyFile(file), clock=lambda: datetime.now(UTC))
    _, text = desk.create(KeyWish(name="shop"))
    return file, text


@pytest.mark.parametrize("place", ["package", "environment"])
def test_a_front_needs_a_key_and_whom_iam_lets_in_needs_none(package, open_package, key, place):
    file, text = key
    packed = package / "keys.json"
    packed.write_bytes(file.read_bytes())
    packed.chmod(0o644)  # as in a package, which holds no secrets
    try:
        opened = open_package(
            **({"GOLIVE_KEYS": "keys.json"} if place == "package"
               else {"GOLIVE_KEYS_TEXT": file.read_text()})
        )  # fmt: skip
    finally:
        packed.unlink()

    refused = opened(url(YES))
    wrong = opened(url(YES, headers=HEADERS | {"x-api-key": text[:-1] + "_"}))
    let_in = opened(url(YES, headers=HEADERS | {"Authorization": f"Bearer {text}"}))

    assert (refused["statusCode"], body_of(refused)["code"]) == (401, "key_required")
    assert refused["headers"]["www-authenticate"] == 'Bearer realm="golive"'
    assert body_of(wrong)["code"] == "bad_key"
    assert let_in["statusCode"] == 200
    assert opened(url(method="GET", path="/healthz"))["statusCode"] == 200
    assert opened(YES)["predictions"][0]["label"] == "yes"
    assert opened(queue(YES)) == {"batchItemFailures": []}
    assert [line["key"] for line in opened.lines if "key" in line] == ["shop"]


def test_a_key_of_the_environment_is_good_from_its_networks_alone(open_package, tmp_path):
    texts = {}
    for name, network in (("here", "192.0.2.0/24"), ("elsewhere", "198.51.100.0/24")):
        desk = KeyDesk(KeyFile(tmp_path / "keys.json"), clock=lambda: datetime.now(UTC))
        _, texts[name] = desk.create(KeyWish(name=name, networks=[network]))
    opened = open_package(GOLIVE_KEYS_TEXT=(tmp_path / "keys.json").read_text())

    let_in = opened(url(YES, headers=HEADERS | {"x-api-key": texts["here"]}))
    refused = opened(url(YES, headers=HEADERS | {"x-api-key": texts["elsewhere"]}))

    assert let_in["statusCode"] == 200
    assert refused["statusCode"] == 403


# Queues.


def test_answers_to_messages_are_written_and_faulty_ones_are_done(open_package):
    opened = open_package()

    answer = opened(queue(YES, {"a": "x", "b": 1}, "no JSON"))

    answers = [line for line in opened.lines if line["event"] == "answer"]
    assert answer == {"batchItemFailures": []}
    assert [line["message_id"] for line in answers] == ["m1", "m2", "m3"]
    assert answers[0]["answer"]["predictions"][0]["label"] == "yes"
    assert [line["answer"].get("code") for line in answers] == [
        None, "invalid_records", "malformed_json"
    ]  # fmt: skip
    requests = [line for line in opened.lines if line["event"] == "request"]
    assert [line["message_id"] for line in requests] == ["m1", "m2", "m3"]
