"""The Runtime API, asked as a runtime client asks it."""

import http.client
import json
import threading

import pytest

from golive.building.runtime_api import Outcome, RuntimeApi

PREFIX = "/2018-06-01/runtime"


@pytest.fixture
def api():
    with RuntimeApi(name="games") as opened:
        yield opened


@pytest.fixture
def client(api):
    connection = http.client.HTTPConnection(api.address, timeout=10)
    yield connection
    connection.close()


def ask(client, method, path, body=None, **how):
    client.request(method, PREFIX + path, body, **how)
    response = client.getresponse()
    return response.status, response.headers, response.read()


def test_an_event_is_handed_over_and_its_answer_taken(api, client):
    invocation = api.begin(b'{"a": 1}', seconds=3)

    status, headers, event = ask(client, "GET", "/invocation/next")
    name = headers["Lambda-Runtime-Aws-Request-Id"]
    taken, _, _ = ask(client, "POST", f"/invocation/{name}/response", b'{"b": 2}')

    assert (status, event, taken) == (200, b'{"a": 1}', 202)
    assert headers["Lambda-Runtime-Invoked-Function-Arn"].endswith(":function:games")
    assert int(headers["Lambda-Runtime-Deadline-Ms"]) > 1_700_000_000_000
    assert api.outcome(invocation, seconds=1) == Outcome(kind="answered", body=b'{"b": 2}')


def test_a_client_waits_for_the_next_event(api, client):
    threading.Timer(0.1, lambda: api.begin(b"1", seconds=3)).start()

    assert ask(client, "GET", "/invocation/next")[2] == b"1"


def test_an_answer_in_chunks_is_put_together(api, client):
    invocation = api.begin(b"1", seconds=3)
    path = f"/invocation/{invocation.id}/response"

    ask(client, "POST", path, iter([b'{"b"', b": 2}"]), encode_chunked=True,
        headers={"Transfer-Encoding": "chunked"})  # fmt: skip

    assert api.outcome(invocation, seconds=1).body == b'{"b": 2}'


def test_an_error_is_what_came_of_it(api, client):
    invocation = api.begin(b"1", seconds=3)
    error = json.dumps({"errorType": "ValueError", "errorMessage": "no", "stackTrace": []}).encode()

    ask(client, "POST", f"/invocation/{invocation.id}/error", error)

    assert api.outcome(invocation, seconds=1) == Outcome(kind="failed", body=error)


@pytest.mark.parametrize("order", ["before", "after"])
def test_a_function_that_does_not_start_fails_every_invocation(api, client, order):
    begun = [api.begin(b"1", seconds=3)] if order == "before" else []
    ask(client, "POST", "/init/error", b"{}")
    begun += [] if order == "before" else [api.begin(b"1", seconds=3)]

    assert api.outcome(begun[0], seconds=1) == Outcome(kind="not_started", body=b"{}")


def test_nothing_comes_of_it_until_something_does(api):
    assert api.outcome(api.begin(b"1", seconds=3), seconds=0) is None


@pytest.mark.parametrize(
    ("method", "path"),
    [("GET", "/elsewhere"), ("POST", "/invocation/none/response"), ("POST", "/elsewhere")],
)
def test_other_paths_are_not_there(client, method, path):
    assert ask(client, method, path, b"{}")[0] == 404


def test_a_function_has_started_when_it_asks_for_its_first_event(api, client):
    before = api.wait(0.01)
    client.request("GET", f"{PREFIX}/invocation/next")

    assert not before
    assert api.wait(10)


def test_a_function_that_fails_in_its_start_has_not_started(api, client):
    ask(client, "POST", "/init/error", b"{}")

    assert not api.wait(10)
