"""Models in processes of their own follow references: versions change, and nobody notices."""

from __future__ import annotations

import asyncio
import json
import os
import re
import shutil
import signal
import sys
import time

import httpx
import numpy as np
import pandas as pd
import pytest
from msgspec.structs import replace
from sklearn.linear_model import LinearRegression
from tests.end_to_end.live_server import serving
from tests.end_to_end.test_hot_refresh import children, sample
from tests.end_to_end.test_hot_refresh import until as until_soon
from tests.end_to_end.test_isolated_models import JSON, REQUEST_ID, descendants, is_alive, started
from tests.two_environments import TwoEnvironments
from tests.wiring.dangerous import dangerous_bundle

import golive
from faults.ledger import Ledger
from faults.load import Load
from faults.questions import Question
from golive.bundle.reading import open_bundle
from golive.signature.model import Lookup
from golive.signature.toml_format import dumps
from golive.wiring.registries import open_registry

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(sys.platform != "linux", reason="processes are read from /proc"),
]

APART = ("--isolate", "model", "--refresh", "200ms", "--load-limit", "60s")


@pytest.fixture(scope="module")
def bundles(once_a_run):
    return dangerous_bundle(once_a_run, 1), dangerous_bundle(once_a_run, 2)


@pytest.fixture
def registry(bundles, tmp_path, monkeypatch):
    """Version 1 of `games` answers x, version 2 answers 2x; `prod` is the first."""
    monkeypatch.setenv("GOLIVE_CACHE_DIR", str(tmp_path / "cache"))
    monkeypatch.setenv("DANGER_FOLDER", str(tmp_path))
    opened = open_registry(str(tmp_path / "registry"))
    for bundle in bundles:
        opened.push(bundle)
    opened.move("games", "prod", 1)
    return opened


def until(is_so, seconds=90):
    until_soon(is_so, seconds)


def asking(bundles):
    """Questions whose answers have to be those of the version that they name."""
    factors = {bundle.version: factor for factor, bundle in enumerate(bundles, 1)}

    def ask(number):
        def judge(reply):
            answer = json.loads(reply.body)
            if reply.status != 200:
                return f"refused {answer['code']}"
            expected = [{"value": factors[answer["version"]] * number}]
            return "answered" if answer["predictions"] == expected else f"wrong: {answer}"

        return Question("/predict", json.dumps({"x": number}).encode(), judge)

    return ask


def looks(server):
    return readiness(server)["refresh"]["games"]


def is_healed(server):
    """Whether every worker says so, as far as several connections tell."""
    return all("refused" not in looks(server) for _ in range(6))


def readiness(server):
    return json.loads(server.get("/readyz"))


def metric(server, name):
    found = re.findall(rf"^{name}{{.*}} (\S+)$", server.get("/metrics").decode(), re.MULTILINE)
    return sum(map(float, found))


@pytest.mark.parametrize("workers", [1, 2])
def test_swaps_under_load_lose_nothing_mix_nothing_and_leave_no_process(
    registry, bundles, tmp_path, workers
):
    options = (*APART, "--workers", str(workers), "--keep-previous", "0", "--time-limit", "5")
    ledger, swaps = Ledger(), 4

    async def run():
        folder = tmp_path / "registry" / "games@prod"
        async with started(tmp_path, folder, options=options) as server:
            supervised = 0 if workers == 1 else workers
            load = Load(server, ledger, seed=1)
            tasks = [asyncio.create_task(load.client(asking(bundles))) for _ in range(4)]
            for number in range(swaps):
                registry.move("games", "prod", 2 - number % 2)
                done = (number + 1) * workers
                await asyncio.to_thread(
                    until, lambda done=done: metric(server, "golive_refreshes_total") == done
                )
            load.end()
            await asyncio.gather(*tasks)
            expected = supervised + workers
            await asyncio.to_thread(until, lambda: len(descendants(server.pid)) == expected, 30)
            return readiness(server), metric(server, "golive_backends")

    ready, running = asyncio.run(run())
    ledger.close()

    assert ledger.is_clean, ledger.details
    assert ledger.answered == ledger.sent > 100
    assert ready["models"][0]["backend"] == {"state": "running", "ends": 0}
    assert running == workers


@pytest.mark.parametrize(
    ("danger", "message"),
    [
        ("import segfault", "was ended by SIGSEGV before it was ready"),
        ("call exit", "ended with exit code 7 before it was ready"),
        ("import hang", "games@2 was not loaded within 8 seconds."),
    ],
)
def test_a_version_that_does_not_load_is_refused_and_the_one_before_goes_on(
    registry, bundles, tmp_path, danger, message
):
    (tmp_path / "danger-2").write_text(danger)
    ledger = Ledger()
    options = (*APART[:-1], "8s", "--workers", "2")

    async def run():
        folder = tmp_path / "registry" / "games@prod"
        async with started(tmp_path, folder, options=options) as server:
            before = sorted(descendants(server.pid))
            load = Load(server, ledger, seed=1)
            tasks = [asyncio.create_task(load.client(asking(bundles))) for _ in range(4)]
            registry.move("games", "prod", 2)
            await asyncio.to_thread(
                until, lambda: metric(server, "golive_refresh_failures_total") == 2
            )
            load.end()
            await asyncio.gather(*tasks)
            refused = looks(server)
            after = sorted(descendants(server.pid))
            (tmp_path / "danger-2").unlink()
            server.signal(signal.SIGHUP)
            await asyncio.to_thread(until, lambda: metric(server, "golive_refreshes_total") == 2)
            await asyncio.to_thread(until, lambda: is_healed(server))
            return refused, before, after

    refused, before, after = asyncio.run(run())
    ledger.close()

    assert ledger.is_clean, ledger.details
    assert ledger.answered == ledger.sent > 100
    assert (refused["serves"], refused["refused"]["version"]) == ("games@1", "games@2")
    assert refused["refused"]["code"] == "model_not_loadable"
    assert message in refused["refused"]["message"]
    assert before == after
    log = (tmp_path / "serve.log").read_text()
    assert log.count("games@2 is not taken, games@1 goes on") == 2
    assert "died with exit code" not in log


@pytest.fixture(scope="module")
def environments(tmp_path_factory):
    return TwoEnvironments(tmp_path_factory.mktemp("environments"))


def test_an_environment_is_made_while_the_version_before_goes_on(
    registry, bundles, environments, tmp_path, monkeypatch
):
    """A stand-in for uv takes its time, then fails, then gives an environment."""
    home = environments.python_of_games.parents[1]
    script = tmp_path / "bin" / "uv"
    script.parent.mkdir()
    script.write_text(
        "#!/bin/sh\n"
        f"echo . >> {tmp_path}/installs\n"
        f"test -e {tmp_path}/works || {{ sleep 2; echo nobody has that package; exit 1; }}\n"
        f"case $1 in venv) shift 3; cp -r {home} $1;; esac\n"
    )
    script.chmod(0o755)
    monkeypatch.setenv("PATH", f"{script.parent}{os.pathsep}{os.environ['PATH']}")
    registry.push(open_bundle(environments.games), model="games")
    options = (*APART, "--workers", "2")
    with serving(tmp_path / "registry" / "games@prod", tmp_path, *options) as server:
        registry.move("games", "prod", 3)
        until((tmp_path / "installs").exists)
        meanwhile = [server.client.post("/predict", json={"x": 3}) for _ in range(20)]
        is_installing = sample(server, "golive_refresh_failures_total", reason="refused") == 0
        until(lambda: sample(server, "golive_refresh_failures_total", reason="refused") == 2)
        refused = server.client.get("/readyz").json()["refresh"]["games"]
        still = server.client.post("/predict", json={"x": 3}).json()["predictions"]
        (tmp_path / "works").touch()
        server.process.send_signal(signal.SIGHUP)
        until(lambda: sample(server, "golive_refreshes_total") == 2)
        answer = server.client.post("/predict", json={"n": 4}).json()["predictions"]
        log = server.log.read_text()

    assert {response.json()["predictions"][0]["value"] for response in meanwhile} == {3}
    assert is_installing
    assert (refused["serves"], refused["refused"]["code"]) == ("games@1", "environment_not_made")
    assert "nobody has that package" in refused["refused"]["message"]
    assert still == [{"value": 3}]
    assert answer == [{"value": 12}]
    assert (tmp_path / "installs").read_text().count(".") == 3  # one that failed, and two commands
    assert "Installing 2 packages for games" in log


def test_a_worker_that_is_replaced_serves_what_the_others_serve(registry, tmp_path):
    options = (*APART, "--workers", "2")
    with serving(tmp_path / "registry" / "games@prod", tmp_path, *options) as server:
        registry.move("games", "prod", 2)
        until(lambda: sample(server, "golive_refreshes_total") == 2)
        shutil.rmtree(tmp_path / "registry")
        os.kill(children(server.process.pid)[-1], signal.SIGKILL)
        until(lambda: "died with exit code" in server.log.read_text())
        until(lambda: len(children(server.process.pid)) == 2)
        time.sleep(1)
        url = f"{server.client.base_url}/predict"
        values = {
            httpx.post(url, json={"x": 3}).json()["predictions"][0]["value"] for _ in range(40)
        }

    assert values == {6}


def test_a_candidate_answers_in_a_process_of_its_own_and_a_crash_there_is_its_own(
    registry, tmp_path
):
    registry.move("games", "next", 2)
    options = (*APART, "--canary", "next=50", "--canary-errors", "off")
    with serving(tmp_path / "registry" / "games@prod", tmp_path, *options) as server:
        processes = descendants(server.process.pid)
        answers = [server.client.post("/predict", json={"x": x}).json() for x in range(1, 41)]
        pinned = server.client.post("/predict", json={"x": 3}, headers={"golive-version": "next"})
        (tmp_path / "danger-2").write_text("call abort")
        wanted = {"golive-version": "next"}
        crashed = server.client.post("/predict", json={"x": 3}, headers=wanted)
        usual = server.client.post("/predict", json={"x": 3}, headers={"golive-version": "prod"})

    factors = [answer["predictions"][0]["value"] // x for x, answer in enumerate(answers, 1)]
    assert set(factors) == {1, 2}
    assert len(processes) == 1 + 2  # the worker, and those of both versions
    assert pinned.json()["predictions"] == [{"value": 6}]
    assert (crashed.status_code, crashed.json()["code"]) == (503, "backend_crashed")
    assert usual.json()["predictions"] == [{"value": 3}]
    assert not any(map(is_alive, processes))


def test_a_candidate_that_moves_takes_its_process_with_it(registry, tmp_path):
    registry.move("games", "next", 2)
    options = (*APART, "--shadow", "next", "--time-limit", "3")
    with serving(tmp_path / "registry" / "games@prod", tmp_path, *options) as server:
        before = descendants(server.process.pid)
        for x in range(20):
            server.client.post("/predict", json={"x": x})
        until(lambda: sample(server, "golive_shadow_requests_total", outcome="compared") > 3)
        differed = sample(server, "golive_shadow_records_total", outcome="differed")
        registry.move("games", "next", 1)
        until(lambda: sample(server, "golive_refreshes_total") == 1)
        until(lambda: len(descendants(server.process.pid)) == 1 + 2)
        after = descendants(server.process.pid)

    assert differed > 0
    assert len(before) == 1 + 2  # the worker, and those of both versions
    assert len(set(before) & set(after)) == 2  # the worker, and that of the usual version


def looking_bundle(folder):
    """A model that is not compiled and gives the sum of `a` and of `b`, which is looked up."""
    rng = np.random.default_rng(0)
    frame = pd.DataFrame({"a": rng.normal(size=60), "b": rng.normal(size=60)})
    model = LinearRegression().fit(frame, frame["a"] + frame["b"])
    bundle = golive.pack(model, frame, name="sums", output=folder / "sums.bundle", compile=False)
    a, b = bundle.signature.columns
    edited = folder / "edited.toml"
    edited.write_text(
        dumps(
            replace(
                bundle.signature,
                columns=(a, replace(b, on_missing="default", default=-1.0)),
                lookups=(Lookup(name="users", key="user_id", columns=("b",)),),
            )
        )
    )
    return golive.repack(bundle.path, signature=edited, output=folder / "looking.bundle").path


def looking_requests():
    records = [
        {"a": 0.5, "user_id": 7}, {"a": 0.5, "user_id": 8}, {"a": 0.5, "user_id": None},
        {"a": 0.5}, {"a": 0.5, "b": 2.0}, {"a": "x", "user_id": 9}, {"a": 1, "user_id": 10},
        {"a": 1, "user_id": 11}, {"a": 1, "user_id": True},
    ]  # fmt: skip
    for record in [*records, records]:
        body = json.dumps(record).encode()
        yield "POST", "/predict", body, JSON
        yield "POST", "/v1/models/sums:predict", b'{"instances": %b}' % body, JSON
    yield "GET", "/predict?a=1&user_id=8", b"", {}
    yield "POST", "/invocations", b"a,user_id\n1,7\n2,8\n", {"content-type": "text/csv"}
    tensors = (
        b'{"inputs": [{"name": "a", "shape": [2], "datatype": "FP64", "data": [0.5, -1]},'
        b' {"name": "user_id", "shape": [2], "datatype": "INT64", "data": [7, 8]}]}'
    )
    yield "POST", "/v2/models/sums/infer", tensors, JSON
    for path in ("/openapi.json", "/models", "/schema.json"):
        yield "GET", path, b"", {}


def test_answers_of_a_model_that_looks_columns_up_are_those_of_one_process_to_the_byte(tmp_path):
    looking = looking_bundle(tmp_path)
    rows = {"7": {"b": 2.5}, "9": {"b": 1.0}, "10": {"b": "no number"}, "11": {}}
    (tmp_path / "users.json").write_text(json.dumps(rows))
    lookup = ("--lookup", f"users={tmp_path / 'users.json'}")

    def answers(*options):
        found = []
        with serving(looking, tmp_path, *lookup, *options) as server:
            for method, path, body, headers in looking_requests():
                response = server.client.request(method, path, content=body, headers=headers)
                told = dict(response.headers)
                del told["golive-request-id"], told["date"]
                shown = REQUEST_ID.sub(b"ID", response.content)
                found.append((method, path, response.status_code, told, shown))
            defaults = sample(server, "golive_lookup_defaults_total")
            return found, defaults, len(descendants(server.process.pid))

    together, counted, alone = answers()
    apart, counted_apart, processes = answers("--isolate", "model")

    for one, other in zip(together, apart, strict=True):
        assert other == one
    assert counted == counted_apart > 10
    assert (alone, processes) == (0, 1)
    reasons = {b"key_not_found", b"key_is_null", b"column_not_found"}
    assert all(any(reason in found[-1] for found in apart) for reason in reasons)
    assert any("golive-defaults" in found[3] for found in apart)


def test_a_version_that_looks_columns_up_is_followed_apart(tmp_path, monkeypatch):
    monkeypatch.setenv("GOLIVE_CACHE_DIR", str(tmp_path / "cache"))
    looking = looking_bundle(tmp_path)
    opened = open_registry(str(tmp_path / "registry"))
    opened.push(open_bundle(tmp_path / "sums.bundle"), model="sums")
    opened.push(open_bundle(looking), model="sums")
    opened.move("sums", "prod", 1)
    (tmp_path / "users.json").write_text('{"7": {"b": 2.5}}')
    options = (*APART, "--lookup", f"users={tmp_path / 'users.json'}")
    with serving(tmp_path / "registry" / "sums@prod", tmp_path, *options) as server:
        before = server.client.post("/predict", json={"a": 1.0, "user_id": 7})
        opened.move("sums", "prod", 2)
        until(lambda: sample(server, "golive_refreshes_total") == 1)
        after = server.client.post("/predict", json={"a": 1.0, "user_id": 7})

    assert before.status_code == 422
    assert after.json()["predictions"][0]["score"] == pytest.approx(3.5)
