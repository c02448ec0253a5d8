"""Limits that several servers and workers count together, over HTTP and in a real Redis."""

import json
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from threading import Event, Thread

import httpx
import pytest

from golive.access.key_desk import KeyDesk, KeyWish
from golive.access.key_file import KeyFile
from golive.access.redis_ledger import RedisLedger
from golive.access.usage_file import UsageFile, usage_path

pytestmark = pytest.mark.requires("redis")

PATIENT = "?socket_timeout=20&socket_connect_timeout=20"  # where a slow machine is no outage


class Caller:
    """Asks servers, on a connection of its own each time, so that all workers get some."""

    def __init__(self):
        limits = httpx.Limits(max_keepalive_connections=0)
        self._client = httpx.Client(limits=limits, timeout=30)

    def close(self):
        self._client.close()

    def ask(self, server, text, *, body=None):
        headers = {"x-api-key": text}
        return self._client.post(f"{server.url}/predict", json=body or {"x": 2}, headers=headers)

    def outcome(self, server, text, **given):
        answer = self.ask(server, text, **given)
        return str(answer.status_code) if answer.status_code == 200 else answer.json()["code"]

    def ask_all(self, servers, text, *, times, threads=16, **given):
        """What came of so many requests, spread over the servers."""

        def one(at):
            return self.outcome(servers[at % len(servers)], text, **given)

        with ThreadPoolExecutor(threads) as pool:
            return Counter(pool.map(one, range(times)))

    def ready(self, server):
        return self._client.get(f"{server.url}/readyz").json()["limits"]

    def metric(self, server, name):
        lines = self._client.get(f"{server.url}/metrics").text.splitlines()
        return sum(float(line.rpartition(" ")[2]) for line in lines if line.startswith(name))


@pytest.fixture
def caller():
    caller = Caller()
    yield caller
    caller.close()


@pytest.fixture
def path(tmp_path):
    return tmp_path / "keys.json"


@pytest.fixture
def create(path):
    desk = KeyDesk(KeyFile(path), clock=lambda: datetime.now(UTC))
    return lambda **wish: desk.create(KeyWish(**wish))[1]


@pytest.fixture
def start(start_server, path, redis_server):
    def start(*, patience=PATIENT, **flags):
        given = {"keys": str(path), "limits_in": redis_server.url + patience, "metrics_open": True}
        return start_server(**(given | flags))

    return start


def wait_until(check, *, patience=20.0):
    deadline = time.monotonic() + patience
    while not check():
        assert time.monotonic() < deadline, "It did not come to pass."
        time.sleep(0.05)


def used(redis_server):
    ledger = RedisLedger(redis_server.url, patience=20.0)
    [standing] = ledger.standings().values()
    ledger.close()
    return standing.used["month"].count


def end(server):
    """What it logged beside requests, once it has ended."""
    server.signal()
    _, log = server.end()
    return [json.loads(line)["message"] for line in log.splitlines() if '"event":"log"' in line]


def test_two_servers_with_two_workers_each_share_a_quota_to_the_request(
    start, create, caller, redis_server
):
    text = create(name="partner", quotas=["150/month"])
    servers = [start(workers=2), start(workers=2)]

    counted = caller.ask_all(servers, text, times=400)

    assert counted == {"200": 150, "quota_exceeded": 250}
    assert used(redis_server) == 150
    assert [caller.ready(server) for server in servers] == [{"redis": "answers"}] * 2


def test_records_are_counted_together_to_the_record(start, create, caller, redis_server):
    text = create(name="partner", quotas=["100/month"], per="record")
    servers = [start(workers=2), start(workers=2)]

    counted = caller.ask_all(servers, text, times=80, body=[{"x": 1}, {"x": 2}, {"x": 3}])

    assert counted == {"200": 33, "quota_exceeded": 47}
    assert used(redis_server) == 99


def test_a_rate_is_one_for_all(start, create, caller):
    text = create(name="partner", rate="1/h", burst=20)
    servers = [start(workers=2), start(workers=2)]

    assert caller.ask_all(servers, text, times=60) == {"200": 20, "rate_limited": 40}


def test_open_each_process_counts_by_itself_while_redis_is_gone_and_together_afterwards(
    start, create, caller, redis_server
):
    text = create(name="partner", quotas=["40/month"])
    servers = [start(), start()]
    assert caller.ask_all(servers, text, times=20, threads=1) == {"200": 20}

    redis_server.kill()
    without = caller.ask_all(servers, text, times=200)
    told = [caller.ready(server) for server in servers]
    alone = [caller.metric(server, "golive_limits_unshared_total") for server in servers]
    outages = [caller.metric(server, "golive_limits_outages_total") for server in servers]
    redis_server.start()
    wait_until(lambda: all(caller.ready(server) == {"redis": "answers"} for server in servers))
    after = caller.ask_all(servers, text, times=60)
    logs = [end(server) for server in servers]

    # one had heard of 19 requests last, the other of 20
    assert without == {"200": 21 + 20, "quota_exceeded": 159}
    assert [(one["redis"], one["meanwhile"]) for one in told] == [
        ("unreachable", "counted_by_each_process")
    ] * 2
    assert (sum(alone), outages) == (200, [1.0, 1.0])
    assert after == {"200": 40, "quota_exceeded": 20}  # this Redis has forgotten what it counted
    for log in logs:
        assert len([line for line in log if "Redis does not answer" in line]) == 1
        assert len([line for line in log if "Redis answers again" in line]) == 1


def test_no_request_is_lost_while_redis_goes_and_comes(start, create, caller, redis_server):
    text = create(name="partner", quotas=["100000/month"])
    servers = [start(workers=2), start(workers=2)]
    over, counted = Event(), []

    def ask_on(at):
        while not over.is_set():
            counted.append(caller.outcome(servers[at % 2], text))

    asking = [Thread(target=ask_on, args=(at,)) for at in range(8)]
    for thread in asking:
        thread.start()
    for _ in range(3):
        wait_until(lambda before=len(counted): len(counted) > before + 50)
        redis_server.kill()
        wait_until(lambda before=len(counted): len(counted) > before + 50)
        redis_server.start()
    over.set()
    for thread in asking:
        thread.join()

    assert set(counted) == {"200"}


def test_closed_keys_with_limits_are_refused_while_redis_is_gone_and_others_are_not(
    start, create, caller, redis_server
):
    limited = create(name="partner", quotas=["40/month"])
    free = create(name="own")
    server = start(limits_fail="closed")
    assert caller.outcome(server, limited) == "200"

    redis_server.kill()
    refused = [caller.ask(server, limited) for _ in range(20)]
    passed = [caller.ask(server, free).status_code for _ in range(20)]
    told = caller.ready(server)
    counted = caller.metric(server, 'golive_limits_unshared_total{outcome="refused"}')
    redis_server.start()
    wait_until(lambda: caller.outcome(server, limited) == "200")

    assert {(answer.status_code, answer.json()["code"]) for answer in refused} == {
        (503, "limits_unavailable")
    }
    assert {answer.headers["retry-after"] for answer in refused} == {"1"}
    assert not any("ratelimit" in answer.headers for answer in refused)
    assert passed == [200] * 20
    assert (told["redis"], told["meanwhile"]) == ("unreachable", "refused")
    assert counted == 20
    assert caller.ready(server) == {"redis": "answers"}


def test_a_redis_that_hangs_costs_few_requests_a_tenth_of_a_second(
    start, create, caller, redis_server
):
    limited = create(name="partner", quotas=["1000/month"])
    server = start(patience="")
    assert caller.outcome(server, limited) == "200"

    redis_server.halt()
    counted = caller.ask_all([server], limited, times=160, threads=8)
    told = caller.ready(server)
    redis_server.go_on()
    wait_until(lambda: caller.ready(server) == {"redis": "answers"})

    assert counted == {"200": 160}
    assert told["redis"] == "unreachable"
    assert caller.metric(server, "golive_limits_unshared_total") == 160


def test_a_redis_that_has_begun_anew_without_anybody_noticing_is_told_the_script_again(
    start, create, caller, redis_server
):
    text = create(name="partner", quotas=["1000/month"])
    server = start()
    assert caller.outcome(server, text) == "200"

    redis_server.kill()
    redis_server.start()

    assert caller.ask_all([server], text, times=20) == {"200": 20}
    assert used(redis_server) == 20
    assert caller.metric(server, "golive_limits_outages_total") == 0


def test_no_password_is_in_any_log(start_server, create, caller, path, tmp_path):
    from tests.redis_server import RedisServer

    redis = RedisServer(tmp_path, password="its-password")
    text = create(name="partner", quotas=["3/month"])
    redis.start()
    try:
        server = start_server(keys=str(path), limits_in=redis.url + PATIENT)
        wrong_url = redis.url.replace("its-password", "another-secret")
        wrong = start_server(keys=str(path), limits_in=wrong_url + PATIENT)
        counted = caller.ask_all([server], text, times=5)
        refused = caller.outcome(wrong, text)
    finally:
        redis.kill()
    caller.ask(server, text)
    logs = [" ".join(end(one)) for one in (server, wrong)]

    assert (counted, refused) == ({"200": 3, "quota_exceeded": 2}, "200")
    assert ["Redis does not answer" in log for log in logs] == [True, True]
    assert "password" not in logs[0]
    assert "another-secret" not in logs[1]


def test_without_redis_the_workers_of_a_server_put_their_quotas_together_in_a_file(
    start_server, create, caller, path
):
    text = create(name="partner", quotas=["60/month"])
    key_id = text.split("_")[1]
    server = start_server(keys=str(path), workers=2)

    def saved():
        found = UsageFile(usage_path(path)).read().get((key_id, "sum", "month"))
        return 0 if found is None else found.count

    first = caller.ask_all([server], text, times=30)
    wait_until(lambda: saved() == 30)
    time.sleep(3)  # until both workers have looked
    second = caller.ask_all([server], text, times=100)
    end(server)
    again = start_server(keys=str(path))

    assert first == {"200": 30}
    assert 30 <= second["200"] <= 60  # each worker knew of 30
    assert saved() == 30 + second["200"]
    assert caller.outcome(again, text) == "quota_exceeded"
