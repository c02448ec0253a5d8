"""Models in processes of their own behind one port: the same answers, and crashes apart."""

from __future__ import annotations

import asyncio
import json
import os
import re
import signal
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from pathlib import Path

import httpx
import numpy as np
import pandas as pd
import pytest
from sklearn.compose import make_column_transformer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder
from tests.end_to_end.live_server import child_environment
from tests.two_environments import TwoEnvironments

import golive
from faults.ledger import Ledger
from faults.load import Load
from faults.questions import Question
from faults.server import Server

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(sys.platform != "linux", reason="processes are read from /proc"),
]

REQUEST_ID = re.compile(rb"[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12}")
JSON = {"content-type": "application/json"}
IN_HAND = b"golive_requests_in_flight 2"  # one, and the one that asks for this


@pytest.fixture(scope="module")
def environments(tmp_path_factory):
    return TwoEnvironments(tmp_path_factory.mktemp("isolated"))


@pytest.fixture(scope="module")
def linear(tmp_path_factory):
    """A compiled classifier of two columns, which stays where the port is."""
    return packed_classifier(tmp_path_factory.mktemp("linear") / "linear.bundle", is_compiled=True)


@pytest.fixture(scope="module")
def original(tmp_path_factory):
    """The same, not compiled."""
    return packed_classifier(
        tmp_path_factory.mktemp("original") / "original.bundle", is_compiled=False
    )


def packed_classifier(output, *, is_compiled):
    rng = np.random.default_rng(0)
    frame = pd.DataFrame({"x": rng.normal(size=80), "kind": rng.choice(["a", "b"], size=80)})
    truth = np.where(frame["x"] > 0, "yes", "no")
    encoder = make_column_transformer(
        (OneHotEncoder(handle_unknown="ignore"), ["kind"]), remainder="passthrough"
    )
    model = make_pipeline(encoder, LogisticRegression()).fit(frame, truth)
    golive.pack(model, frame, name=output.stem, output=output, compile=is_compiled)
    return output


def running(folder, *bundles, options=()):
    """A `golive serve` of several bundles that has started; see `faults.server`."""
    environment = {"PYTHONPATH": child_environment()["PYTHONPATH"]}
    return Server(bundles, options, log=folder / "serve.log", environment=environment)


@asynccontextmanager
async def started(folder, *bundles, options=()):
    server = running(folder, *bundles, options=options)
    await server.start()
    try:
        yield server
    finally:
        if server.is_running:
            code = await server.stop()
            assert code == 0, (folder / "serve.log").read_text()[-3000:]


def ready(server):
    return {m["name"]: m.get("backend") for m in json.loads(server.get("/readyz"))["models"]}


async def until(is_so, *, seconds=30):
    deadline = time.monotonic() + seconds
    while not await asyncio.to_thread(is_so):
        assert time.monotonic() < deadline, "it never was so"
        await asyncio.sleep(0.05)


def descendants(process):
    """The processes that a process has started, and those that these have."""
    found = []
    for children in Path(f"/proc/{process}/task").glob("*/children"):
        for child in children.read_text().split():
            found += [int(child), *descendants(int(child))]
    return found


def is_alive(process):
    try:
        return Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0] not in "ZX"
    except OSError:
        return False


def post(url, model, body, **headers):
    return httpx.post(
        f"{url}/models/{model}/predict", content=body, headers={**JSON, **headers}, timeout=30
    )


# What is asked of every model, on every path.

RECORDS = [
    b'{"n": 4}', b'{"x": 0.25, "kind": "a"}', b'[{"x": 1, "kind": "b"}, {"x": "one"}, {"n": 7}]',
    b'{"records": [{"n": 1}, {"n": "x"}, {"x": 1e300, "kind": null}], "ids": ["a", 2, "c"]}',
    b'{"n": 1, "fault": "raise"}', b'[{"n": 3, "fault": "raise"}, {"n": 3}]', b"[]", b"{", b"5",
    b'[{"x": 1, "kind": "unseen", "more": 1}]', b'{"records": [{"n": 1}], "threshold": 2}',
    b'{"records": [{"x": 1, "kind": "a"}], "threshold": 0.9}', b'{"n": 9007199254740993}',
    b'{"n": 99999999999999999999999999}', b'{"x": 1e400, "kind": "a"}', b"\xff", b"[" * 9999,
]  # fmt: skip


def requests(models):
    for model in models:
        for body in RECORDS:
            yield "POST", f"/models/{model}/predict", body, JSON
        yield "POST", f"/models/{model}/predict", b"n=1", {"content-type": "text/plain"}
        yield "POST", f"/models/{model}/predict", b"{}", {**JSON, "content-encoding": "gzip"}
        yield "POST", f"/models/{model}/predict", b"{}", {**JSON, "accept": "text/html"}
        for query in ("n=5", "n=five", "x=0.5&kind=a&_threshold=0.1", "_id=k&n=1", ""):
            yield "GET", f"/models/{model}/predict?{query}", b"", {}
        instances = b'{"instances": [{"n": 2}, {"x": 0.5, "kind": "b"}]}'
        yield "POST", f"/v1/models/{model}:predict", instances, JSON
        yield "GET", f"/v1/models/{model}", b"", {}
        tensors = (
            b'{"inputs": [{"name": "x", "shape": [2], "datatype": "FP64", "data": [0.5, -1]},'
            b' {"name": "kind", "shape": [2], "datatype": "BYTES", "data": ["a", "b"]}]}'
        )
        yield "POST", f"/v2/models/{model}/infer", tensors, JSON
        for path in ("", "/ready"):
            yield "GET", f"/v2/models/{model}{path}", b"", {}
        csv = {"content-type": "text/csv"}
        yield "POST", f"/models/{model}/invocations", b"x,kind\n1,a\nno,b\n", csv
        yield "GET", f"/models/{model}", b"", {}
    for path in ("/openapi.json", "/v1/models", "/models", "/v2", "/predict", "/"):
        yield "GET", path, b"", {"accept": "application/json"}


def answers(server, models):
    """Status, headers and body of everything that is asked, but for request ids."""
    found = []
    with httpx.Client(base_url=f"http://127.0.0.1:{server.port}", timeout=30) as client:
        for method, path, body, headers in requests(models):
            response = client.request(method, path, content=body, headers=headers)
            told = dict(response.headers.items())
            del told["golive-request-id"], told["date"]
            shown = REQUEST_ID.sub(b"ID", response.content)
            found.append((method, path, body[:80], response.status_code, told, shown))
    return found


def echo_bundle(folder):
    """A function model that needs nothing but the standard library."""
    (folder / "echo.py").write_text(
        "from dataclasses import dataclass\n"
        "@dataclass\nclass Question:\n    n: int\n    fault: str | None = None\n"
        "def echo(question: Question) -> dict:\n"
        "    if question.fault == 'raise':\n        raise ValueError('it was asked to')\n"
        "    return {'n': question.n, 'big': 10**30, 'float': question.n / 3, 'text': 'ß'}\n"
    )
    (folder / "requests.jsonl").write_text('{"n": 1}\n{"n": 2}\n{"n": 3}\n')
    golive.pack(f"{folder}/echo.py:echo", folder / "requests.jsonl", output=folder / "echo.bundle")
    return folder / "echo.bundle"


def test_answers_are_those_of_one_process_to_the_byte(original, linear, tmp_path):
    echo = echo_bundle(tmp_path)
    models = ["echo", "original", "linear"]

    async def ask(*options):
        async with started(tmp_path, echo, original, linear, options=options) as server:
            found = await asyncio.to_thread(answers, server, models)
            return found, len(descendants(server.pid))

    together, alone = asyncio.run(ask())
    apart, each = asyncio.run(ask("--isolate", "model"))
    sharing, shared = asyncio.run(ask("--isolate", "environment"))

    assert len(together) > 100
    assert {found[3] for found in together} >= {200, 400, 404, 406, 415, 422, 500}
    for one, *others in zip(together, apart, sharing, strict=True):
        assert others == [one, one]
    assert (alone, each, shared) == (0, 2, 1)  # processes beside the server


def asking(model, factor, fault=None):
    """Questions to a model whose answers are known."""

    def ask(number):
        n = number % 1000
        asked = {"n": n} if fault is None else {"n": n, "fault": fault}

        def judge(reply):
            answer = json.loads(reply.body)
            if reply.status != 200:
                return f"refused {answer['code']}"
            right = answer["predictions"] == [{"value": factor * n}] and answer["model"] == model
            return "answered" if right else f"wrong: {answer}"

        return Question(f"/models/{model}/predict", json.dumps(asked).encode(), judge)

    return ask


def asking_linear(number):
    x = number % 50 + 1

    def judge(reply):
        answer = json.loads(reply.body)
        if reply.status != 200:
            return f"refused {answer['code']}"
        return "answered" if answer["predictions"][0]["label"] == "yes" else f"wrong: {answer}"

    body = json.dumps({"x": float(x), "kind": "a"}).encode()
    return Question("/models/linear/predict", body, judge)


def test_a_crash_of_one_costs_the_others_nothing(environments, linear, tmp_path):
    others, theirs, crashes = Ledger(), Ledger(), []

    async def run():
        bundles = (environments.games, environments.chess, linear)
        async with started(tmp_path, *bundles, options=environments.options) as server:
            load = Load(server, others, seed=1)
            hurt = Load(server, theirs, seed=2)
            clients = [load.client(asking("chess", 5)) for _ in range(6)]
            clients += [load.client(asking_linear) for _ in range(6)]
            clients += [hurt.client(asking("games", 3)) for _ in range(4)]
            tasks = [asyncio.create_task(client) for client in clients]
            for fault in ("abort", "exit", "abort"):
                await asyncio.sleep(0.5)
                ends = ready_ends(server)
                await hurt.once(asking("games", 3, fault))
                await until(lambda ends=ends: ready_ends(server) == ends + 1)
                await until(lambda: ready(server)["games"]["state"] == "running")
                crashes.append(fault)
            await asyncio.sleep(0.5)
            load.end()
            hurt.end()
            await asyncio.gather(*tasks)
            return server.get("/metrics").decode()

    def ready_ends(server):
        return ready(server)["games"]["ends"]

    metrics = asyncio.run(run())
    others.close()
    theirs.close()

    assert crashes == ["abort", "exit", "abort"]
    assert others.is_clean, others.details
    assert others.answered == others.sent > 100
    assert theirs.is_clean, theirs.details
    assert theirs.answered > 10
    assert set(theirs.refused) <= {"backend_crashed", "backend_unavailable"}
    assert theirs.refused["backend_crashed"] >= 3
    assert 'golive_backend_ends_total{model="games",reason="crashed"} 3' in metrics
    assert 'golive_backends{model="games"} 1' in metrics
    assert 'golive_backends{model="chess"} 1' in metrics
    assert 'golive_backends{model="linear"}' not in metrics
    log = (tmp_path / "serve.log").read_text()
    assert "was ended by SIGABRT" in log
    assert "ended with exit code 7" in log


def test_one_that_cannot_start_leaves_the_others_serving_and_says_why(environments, tmp_path):
    options = ("--isolate", "model", "--python", f"games={environments.python_of_games}")
    options += ("--python", f"chess={sys.executable}")

    async def run():
        bundles = (environments.games, environments.chess)
        async with started(tmp_path, *bundles, options=options) as server:
            return await asyncio.to_thread(look, server)

    def look(server):
        url = f"http://127.0.0.1:{server.port}"
        return (
            post(url, "games", b'{"n": 2}'),
            post(url, "chess", b'{"n": 2}'),
            ready(server)["chess"],
            httpx.get(f"{url}/v2/models/chess/ready").status_code,
            httpx.get(f"{url}/v2/models/games/ready").status_code,
            httpx.get(f"{url}/v2/health/ready").status_code,
            server.get("/metrics").decode(),
        )

    games, chess, about, chess_ready, games_ready, server_ready, metrics = asyncio.run(run())

    assert games.json()["predictions"] == [{"value": 6}]
    assert (chess.status_code, chess.json()["code"]) == (503, "backend_unavailable")
    assert chess.headers["retry-after"] == "1"
    assert about["state"] in ("restarting", "starting")
    assert "tiny_rules" in about["why"]
    assert (chess_ready, games_ready, server_ready) == (503, 200, 200)
    assert re.search(r'golive_backend_ends_total\{model="chess",reason="not_started"\} \d', metrics)
    assert 'golive_backends{model="chess"} 0' in metrics


def test_where_none_can_start_the_server_says_why_and_ends(environments, tmp_path):
    command = [sys.executable, "-m", "golive", "serve", str(environments.games), "--port", "0"]
    options = ["--isolate", "model", "--python", f"games={sys.executable}"]

    done = subprocess.run(
        [*command, *options],
        cwd=tmp_path,
        env=child_environment(),
        capture_output=True,
        check=False,
        text=True,
        timeout=60,
    )

    assert done.returncode == 1
    assert "tiny_rules" in done.stderr
    assert "Traceback" not in done.stderr


def test_the_time_limit_and_the_queue_are_each_models_own(environments, linear, tmp_path):
    options = (*environments.options, "--time-limit", "4", "--threads", "1", "--queue", "1")

    async def run():
        bundles = (environments.games, environments.chess, linear)
        async with started(tmp_path, *bundles, options=options) as server:
            return await asyncio.to_thread(ask, f"http://127.0.0.1:{server.port}")

    def ask(url):
        hang = b'{"n": 200, "fault": "hang"}'
        with ThreadPoolExecutor(4) as threads:
            asked = [threads.submit(post, url, "games", hang) for _ in range(4)]
            time.sleep(0.2)
            chess = post(url, "chess", b'{"n": 2}')
            line = post(url, "linear", b'{"x": 1.0, "kind": "a"}')
            codes = sorted(future.result().json()["code"] for future in asked)
        return codes, chess.status_code, line.status_code

    codes, chess, line = asyncio.run(run())

    assert codes == ["overloaded", "overloaded", "time_limit", "time_limit"]
    assert (chess, line) == (200, 200)  # neither waited for those that hang


def test_a_request_that_a_backend_has_in_hand_is_answered_before_the_end(environments, tmp_path):
    async def run():
        server = running(tmp_path, environments.games, options=("--isolate", "model",
            "--python", f"games={environments.python_of_games}"))  # fmt: skip
        await server.start()
        processes = [server.pid, *descendants(server.pid)]
        url = f"http://127.0.0.1:{server.port}"
        slow = asyncio.create_task(
            asyncio.to_thread(httpx.post, f"{url}/predict", json={"n": 4, "fault": "hang"})
        )
        await until(lambda: IN_HAND in server.get("/metrics"))
        for process in processes[::-1]:  # as a service manager does
            os.kill(process, signal.SIGTERM)
        answer = await slow
        code = await server.stop()
        return answer, code, processes

    answer, code, processes = asyncio.run(run())

    assert answer.json()["predictions"] == [{"value": 12}]
    assert code == 0
    assert len(processes) == 2
    assert not any(map(is_alive, processes))


@pytest.mark.parametrize("workers", [1, 2])
def test_no_process_outlives_a_server_that_is_killed(environments, tmp_path, workers):
    options = (*environments.options, "--workers", str(workers))

    async def run():
        server = running(tmp_path, environments.games, environments.chess, options=options)
        await server.start()
        found = descendants(server.pid)
        if workers > 1:
            await until(lambda: len(descendants(server.pid)) == 6)
            found = descendants(server.pid)
        url = f"http://127.0.0.1:{server.port}"
        asked = asyncio.create_task(asyncio.to_thread(hold, url))
        await until(lambda: IN_HAND in server.get("/metrics"))
        server.signal(signal.SIGKILL)
        await server.stop()
        await until(lambda: not any(map(is_alive, found)))
        await asked
        return found

    def hold(url):
        with pytest.raises(httpx.TransportError):  # the request is cut with its server
            post(url, "games", b'{"n": 300, "fault": "hold"}')

    found = asyncio.run(run())

    assert len(found) == (2 if workers == 1 else 6)
