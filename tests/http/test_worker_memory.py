"""Real workers that grow beyond their limit of memory, under load."""

import json
import os
import re
import signal
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import httpx
import pytest

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="memory is read from /proc")

MIB = 1024 * 1024
REPLACED = 'golive_workers_replaced_total{reason="memory"}'


def workers_of(server):
    process = server.process.pid
    children = Path(f"/proc/{process}/task/{process}/children").read_text().split()
    return {child for child in children if "Z" not in state_of(child)}


def state_of(process):
    try:
        return Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0]
    except OSError:
        return "Z"


def answering_of(server):
    """The workers; a process that helps Python to begin others is none."""
    return {
        process
        for process in workers_of(server)
        if b"resource_tracker" not in Path(f"/proc/{process}/cmdline").read_bytes()
    }


def until(is_so, seconds=30):
    deadline = time.monotonic() + seconds
    while not is_so():
        assert time.monotonic() < deadline
        time.sleep(0.02)


def sample(client, name):
    found = re.findall(rf"^{re.escape(name)} (\S+)$", client.get("/metrics").text, re.MULTILINE)
    return float(found[0]) if found else 0.0


def messages_of(log):
    lines = [json.loads(line) for line in log.splitlines()]
    return [line["message"] for line in lines if line["event"] == "log"]


def ask_until(server, is_over, *, clients=8, seconds=60):
    """Ask on several connections until it is over; the answers, and what was no answer."""
    deadline = time.monotonic() + seconds
    finished = []

    def ask(_):
        answers, failures = 0, []
        with server.client() as client:
            while not finished and time.monotonic() < deadline:
                try:
                    response = client.post("/predict", json={"x": 512})
                    answers += response.json()["predictions"] == [{"score": 512.0}]
                except (httpx.TransportError, KeyError) as error:
                    failures.append(repr(error))
                time.sleep(0.005)
        return answers, failures

    with ThreadPoolExecutor(clients) as pool, server.client() as own:
        asking = [pool.submit(ask, number) for number in range(clients)]
        while not is_over(own) and time.monotonic() < deadline:
            time.sleep(0.1)
        finished.append(True)
        found = [each.result() for each in asking]
    return sum(answers for answers, _ in found), [f for _, failures in found for f in failures]


@pytest.mark.slow
@pytest.mark.parametrize(("workers", "has_threads"), [(1, False), (2, False), (2, True)])
def test_workers_that_leak_are_replaced_and_no_request_is_lost(start_server, workers, has_threads):
    server = start_server(
        "load_leaking_model",
        workers=workers,
        worker_memory=150 * MIB,
        has_threads=has_threads,  # else they are copies of the process that starts them
    )
    assert server.url
    until(lambda: len(answering_of(server)) == workers)
    first = answering_of(server)

    def is_over(client):
        return sample(client, REPLACED) >= workers and not first & answering_of(server)

    answers, failures = ask_until(server, is_over)
    with server.client() as client:
        ready = client.get("/readyz")
        told = client.get("/metrics").text
    last = answering_of(server)
    server.signal()
    printed, log = server.end()

    assert failures == []
    assert answers > 100
    assert not first & last
    assert ready.status_code == 200
    assert ready.json()["memory"]["limit_mib"] == 150.0
    assert re.search(r'^golive_worker_memory_bytes{worker="0"} [1-9]', told, re.MULTILINE)
    assert (printed, server.process.returncode) == ("ended\n", 0)
    replaced = re.compile(
        r"worker (\d+) has \d+ MiB, more than the 150 MiB that it may \(worker-memory\): "
        r"worker \d+ has taken its place, and it leaves"
    )
    found = [match[1] for line in messages_of(log) if (match := replaced.fullmatch(line))]
    assert first <= set(found)
    assert [line for line in messages_of(log) if "exit code" in line or "killed" in line] == []


@pytest.mark.slow
def test_a_worker_that_is_too_large_from_its_start_is_not_replaced_again_and_again(start_server):
    server = start_server("load_heavy_model", worker_memory=120 * MIB)
    seen = set()

    def is_kept(client):
        seen.update(workers_of(server))
        is_waiting = client.get("/readyz").json()["memory"]["state"] == "waiting"
        return is_waiting and len(seen) == 2 and len(workers_of(server)) == 1

    with server.client() as client:
        until(lambda: client.get("/readyz").json()["memory"] is not None)
        until(lambda: is_kept(client), seconds=60)
        deadline = time.monotonic() + 3  # the next one is tried ten seconds after its start
        while time.monotonic() < deadline:
            assert client.post("/predict", json={"x": 1}).status_code == 200
            seen |= workers_of(server)
            time.sleep(0.05)
        ready, over = client.get("/readyz"), sample(client, "golive_workers_over_memory")
    server.signal()
    _, log = server.end()

    assert len(seen) == 2
    assert (ready.status_code, over) == (200, 1.0)
    facts = ready.json()["memory"]
    assert (facts["state"], facts["workers_over"]) == ("waiting", 1)
    assert 0 < facts["seconds_to_next_try"] <= 10
    assert [line for line in messages_of(log) if line.endswith("it is kept for now")]


@pytest.mark.slow
def test_a_request_that_takes_longer_than_the_grace_outlives_the_replacement(start_server):
    server = start_server("load_leaking_model", worker_memory=150 * MIB, grace=0)
    [first] = workers_of(server)

    with server.client() as patient, server.client() as client, ThreadPoolExecutor(1) as pool:
        slow = pool.submit(patient.post, "/predict", json={"x": -7})
        until(lambda: "golive_requests_in_flight 2.0" in client.get("/metrics").text)
        until(lambda: leaked(client) and len(workers_of(server)) == 2)
        until(lambda: leaked(client) and sample(client, REPLACED) == 1)
        is_still_open = not slow.done() and first in workers_of(server)
        answer = slow.result()
        until(lambda: first not in workers_of(server))

    assert is_still_open
    assert answer.json()["predictions"] == [{"score": -7.0}]


@pytest.mark.slow
def test_the_new_one_takes_over_where_the_old_one_dies_before_it_is_ready(start_server):
    server = start_server("load_leaking_model_slowly", worker_memory=150 * MIB)
    [first] = workers_of(server)

    with server.client() as client:
        until(lambda: leaked(client) and len(workers_of(server)) == 2)
    os.kill(int(first), signal.SIGKILL)
    [second] = workers_of(server) - {first}
    seen = set()
    with server.client() as client:  # who comes meanwhile waits for the new one
        answer = client.post("/predict", json={"x": 1})
        deadline = time.monotonic() + 2
        while time.monotonic() < deadline:
            seen |= workers_of(server)
            time.sleep(0.05)
        died = sample(client, 'golive_workers_replaced_total{reason="died"}')
    server.signal()
    printed, log = server.end()

    assert answer.json()["predictions"] == [{"score": 1.0}]
    assert (seen, died) == ({second}, 1.0)
    assert (printed, server.process.returncode) == ("ended\n", 0)
    assert messages_of(log) == [f"worker {first} died with exit code -9"]


def leaked(client):
    return client.post("/predict", json={"x": 20_000}).status_code == 200


@pytest.mark.slow
def test_a_server_that_is_told_to_end_while_it_replaces_a_worker_ends_cleanly(start_server):
    server = start_server("load_heavy_model", worker_memory=120 * MIB)

    until(lambda: len(workers_of(server)) == 2)
    server.signal()
    printed, log = server.end()

    assert (printed, server.process.returncode) == ("ended\n", 0)
    assert "Traceback" not in log


def test_a_lone_worker_without_a_limit_has_no_supervisor_and_tells_nothing_of_memory(start_server):
    server = start_server()

    with server.client() as client:
        ready = client.get("/readyz").json()

    assert workers_of(server) == set()
    assert "memory" not in ready
