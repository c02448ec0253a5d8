"""Keys of running servers, over HTTP."""

import json
import time

import httpx
import pytest

from golive.access.key_desk import KeyDesk, KeyWish
from golive.access.key_file import KeyFile


@pytest.fixture
def path(tmp_path):
    return tmp_path / "keys.json"


@pytest.fixture
def desk(path):
    from datetime import UTC, datetime

    return KeyDesk(KeyFile(path), clock=lambda: datetime.now(UTC))


def asked(server, text, *, times=1):
    """The statuses of so many requests, each on a connection of its own."""
    headers = {} if text is None else {"x-api-key": text}
    answers = [
        httpx.post(f"{server.url}/predict", json={"x": 2}, headers=headers, timeout=30)
        for _ in range(times)
    ]
    return [answer.status_code for answer in answers]


def seconds_until(check, *, patience=10.0):
    began = time.monotonic()
    while time.monotonic() - began < patience:
        if check():
            return time.monotonic() - began
        time.sleep(0.05)
    raise AssertionError("It did not come to pass.")


def test_every_worker_notices_a_key_that_is_revoked_rotated_or_new(start_server, path, desk):
    _, first = desk.create(KeyWish(name="first"))
    server = start_server(keys=str(path), workers=2)
    assert asked(server, first, times=20) == [200] * 20
    assert asked(server, None) == [401]

    _, second = desk.create(KeyWish(name="second"))
    seconds_until(lambda: asked(server, second, times=10) == [200] * 10)

    _, rotated = desk.rotate("first", overlap="1h")
    seconds_until(lambda: asked(server, rotated, times=10) == [200] * 10)
    assert asked(server, first, times=10) == [200] * 10

    desk.revoke("first")
    seconds_until(lambda: asked(server, first, times=10) == [401] * 10)
    assert asked(server, rotated, times=10) == [401] * 10
    assert asked(server, second, times=10) == [200] * 10


def test_a_known_connection_is_refused_once_its_key_is_revoked(start_server, path, desk):
    _, text = desk.create(KeyWish(name="a"))
    server = start_server(keys=str(path))

    with server.client() as client:
        client.headers["authorization"] = f"Bearer {text}"
        before = client.post("/predict", json={"x": 2}).status_code
        desk.revoke("a")
        seconds_until(lambda: client.post("/predict", json={"x": 2}).status_code == 401)

    assert before == 200


def test_a_key_ends_when_it_expires(start_server, path, desk):
    _, text = desk.create(KeyWish(name="a", expires="3s"))
    server = start_server(keys=str(path))
    assert asked(server, text) == [200]

    seconds_until(lambda: asked(server, text) == [401])


def test_a_file_that_goes_missing_opens_nothing(start_server, path, desk):
    _, text = desk.create(KeyWish(name="a"))
    server = start_server(keys=str(path))
    assert asked(server, text) == [200]
    path.rename(path.with_suffix(".away"))

    seconds_until(lambda: asked(server, text) == [503])
    assert asked(server, None) == [503]
    assert httpx.get(f"{server.url}/healthz").status_code == 200

    path.with_suffix(".away").rename(path)
    seconds_until(lambda: asked(server, text) == [200])
    server.signal()
    _, log = server.end()
    assert "every request that needs a key is refused: There is no file of keys" in log


def test_over_the_rate_it_is_429_until_the_seconds_have_passed(start_server, path, desk):
    key, text = desk.create(KeyWish(name="partner", rate="1/s", burst=2))
    server = start_server(keys=str(path))

    with server.client() as client:
        client.headers["x-api-key"] = text
        answers = [client.post("/predict", json={"x": 2}) for _ in range(4)]
        refused = next(answer for answer in answers if answer.status_code == 429)
        time.sleep(int(refused.headers["retry-after"]))
        after = client.post("/predict", json={"x": 2})
    server.signal()
    _, log = server.end()

    assert [answer.status_code for answer in answers[:2]] == [200, 200]
    assert refused.json()["code"] == "rate_limited"
    assert refused.headers["ratelimit-policy"] == '"rate";q=2;w=2'
    assert after.status_code == 200
    lines = [json.loads(line) for line in log.splitlines()]
    assert {(line["key"], line["key_id"]) for line in lines} == {("partner", key.id)}
    assert text[16:] not in log


def test_an_empty_file_of_keys_lets_nobody_in_until_there_is_a_key(start_server, path, desk):
    KeyFile(path).change(lambda keys: keys)
    server = start_server(keys=str(path))

    assert asked(server, None) == [401]
    _, text = desk.create(KeyWish(name="first"))
    seconds_until(lambda: asked(server, text) == [200])


def test_a_worker_that_begins_when_the_keys_are_gone_lets_nobody_in(start_server, path, desk):
    desk.create(KeyWish(name="a"))
    server = start_server(keys=str(path))
    KeyFile(path).change(lambda _: ())
    later = start_server(keys=str(path))

    assert (asked(server, None), asked(later, None)) == ([401], [401])
