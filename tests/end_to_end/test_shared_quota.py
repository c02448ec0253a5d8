"""`golive serve --limits-in`: servers of a real bundle share the quota of a key."""

import json
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor

import httpx
import pytest

from golive.cli.main import run

RECORD = {"a": 0.5, "b": -0.5}
PATIENT = "?socket_timeout=20&socket_connect_timeout=20"  # where a slow machine is no outage


@pytest.fixture
def keys(tmp_path, capsys):
    """Runs `golive keys` on one file, and gives what it prints."""

    def call(*arguments):
        assert run(["keys", *arguments, "--keys", str(tmp_path / "keys.json")]) == 0
        return capsys.readouterr().out.strip()

    return call


def ask_all(servers, text, *, times):
    """What came of so many requests, each on a connection of its own, spread over the servers."""
    limits = httpx.Limits(max_keepalive_connections=0)
    with httpx.Client(limits=limits, timeout=60) as client, ThreadPoolExecutor(16) as pool:

        def one(at):
            url = servers[at % len(servers)].client.base_url.join("/predict")
            answer = client.post(url, json=RECORD, headers={"x-api-key": text})
            return "answered" if answer.status_code == 200 else answer.json()["code"]

        return Counter(pool.map(one, range(times)))


def wait_for_redis(servers, *, seconds=30):
    """Wait until every worker has found out that it answers."""
    limits = httpx.Limits(max_keepalive_connections=0)
    deadline = time.monotonic() + seconds
    with httpx.Client(limits=limits, timeout=60) as client:
        while time.monotonic() < deadline:
            urls = [served.client.base_url.join("/readyz") for served in servers for _ in range(10)]
            told = [client.get(url).json()["limits"] for url in urls]
            if all(one == {"redis": "answers"} for one in told):
                return
    pytest.fail(f"Somebody does without Redis after {seconds} seconds: {told}")


@pytest.mark.slow
@pytest.mark.requires("redis")
def test_two_servers_with_two_workers_each_share_a_quota_and_go_on_without_redis(
    serve, small_versions, keys, redis_server, tmp_path, monkeypatch
):
    monkeypatch.setenv("GOLIVE_LIMITS_IN", redis_server.url + PATIENT)
    text = keys("create", "--name", "partner", "--quota", "300/month")
    options = ("--keys", str(tmp_path / "keys.json"), "--workers", "2")
    with serve(small_versions.good, *options) as one, serve(small_versions.good, *options) as two:
        shared = ask_all([one, two], text, times=700)
        usage = json.loads(keys("usage", "partner", "--json"))
        redis_server.kill()
        without = ask_all([one, two], text, times=100)
        redis_server.start()
        wait_for_redis([one, two])
        anew = ask_all([one, two], text, times=700)

    assert shared == {"answered": 300, "quota_exceeded": 400}
    [quota] = usage[0]["models"][0]["quotas"]
    assert (quota["limit"], quota["used"], quota["left"]) == (300, 300, 0)
    assert without == {"quota_exceeded": 100}  # every worker has heard that it is used up
    assert anew == {"answered": 300, "quota_exceeded": 400}  # Redis began with nothing


@pytest.mark.slow
def test_workers_without_redis_are_told_of_and_their_quota_outlives_them(
    serve, small_versions, keys, tmp_path
):
    text = keys("create", "--name", "partner", "--quota", "50/month")
    options = ("--keys", str(tmp_path / "keys.json"))
    with serve(small_versions.good, *options) as first:
        counted = ask_all([first], text, times=30)
    told = keys("usage")
    with serve(small_versions.good, *options, "--workers", "2") as second:
        rest = ask_all([second], text, times=100)

    assert counted == {"answered": 30}
    assert "  30 of 50 requests a month  20 left until " in told
    assert 20 <= rest["answered"] <= 40
    assert "Each of the 2 workers counts the limits of keys by itself" in second.log.read_text()
