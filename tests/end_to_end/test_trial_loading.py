"""A new version that hangs, crashes or exits while it is loaded does not take the server down."""

import asyncio
import json
import signal

import httpx
import pytest
from tests.end_to_end.live_server import serving
from tests.end_to_end.test_hot_refresh import children, sample, until
from tests.wiring.dangerous import dangerous_bundle

from golive.wiring.registries import open_registry

OPTIONS = ("--refresh", "200ms", "--load-limit", "8s")


@pytest.fixture(scope="module")
def bundles(once_a_run):
    return dangerous_bundle(once_a_run, 1), dangerous_bundle(once_a_run, 2)


@pytest.fixture
def registry(bundles, tmp_path, monkeypatch):
    monkeypatch.setenv("GOLIVE_CACHE_DIR", str(tmp_path / "cache"))
    monkeypatch.setenv("DANGER_FOLDER", str(tmp_path))
    opened = open_registry(str(tmp_path / "registry"))
    for bundle in bundles:
        opened.push(bundle)
    opened.move("games", "prod", 1)
    return opened


async def asking(server, is_over):
    """Ask without a break until it is over, and a hundred times; counts answers, gives others."""
    number, others = 0, []
    reader, writer = await asyncio.open_connection("127.0.0.1", server.client.base_url.port)
    while not is_over() or number <= 100:
        body = json.dumps({"x": number}).encode()
        writer.write(
            b"POST /predict HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\n"
            b"content-length: %d\r\n\r\n%b" % (len(body), body)
        )
        lines = (await reader.readuntil(b"\r\n\r\n")).decode().lower().split("\r\n")
        headers = dict(line.split(": ", 1) for line in lines[1:] if line)
        answer = json.loads(await reader.readexactly(int(headers["content-length"])))
        if answer.get("predictions") != [{"value": number}]:
            others.append(answer)
        number += 1
        await asyncio.sleep(0.002)
    writer.close()
    return number, others


def refused(server):
    return httpx.get(f"{server.client.base_url}/readyz").json()["refresh"]["games"].get("refused")


@pytest.mark.slow
@pytest.mark.parametrize("workers", [pytest.param(1, marks=pytest.mark.soak), 2])
@pytest.mark.parametrize(
    ("danger", "message"),
    [
        ("import segfault", "The process in which games@2 was loaded first ended by SIGSEGV."),
        ("call abort", "The process in which games@2 was loaded first ended by SIGABRT."),
        ("import exit", "The process in which games@2 was loaded first ended with code 7."),
        ("call hang", "games@2 was not loaded within 8 seconds."),
    ],
)
def test_the_version_before_answers_all_the_while(registry, tmp_path, workers, danger, message):
    (tmp_path / "danger-2").write_text(danger)
    count = ("--workers", str(workers))
    with serving(tmp_path / "registry" / "games@prod", tmp_path, *OPTIONS, *count) as server:
        before = children(server.process.pid)

        def counted():
            return sample(server, "golive_refresh_failures_total", reason="refused")

        async def run():
            is_over = asyncio.Event()
            load = asyncio.create_task(asking(server, is_over.is_set))
            registry.move("games", "prod", 2)
            await asyncio.to_thread(until, lambda: counted() == workers, 60)
            is_over.set()
            return await load

        answered, others = asyncio.run(run())
        said = [refused(server) for _ in range(6)]
        (tmp_path / "danger-2").unlink()
        server.process.send_signal(signal.SIGHUP)
        until(lambda: sample(server, "golive_refreshes_total") == workers)
        healed = [refused(server) for _ in range(6)]
        answer = server.client.post("/predict", json={"x": 3}).json()["predictions"]
        log = server.log.read_text()
        after = children(server.process.pid)

    assert (answered > 100, others) == (True, [])
    assert {(one["version"], one["code"], one["message"]) for one in said} == {
        ("games@2", "model_not_loadable", message)
    }
    assert log.count("games@2 is not taken, games@1 goes on") == workers
    assert "died with exit code" not in log
    assert healed == [None] * 6
    assert answer == [{"value": 6}]
    assert before == after or workers == 1  # the same workers


@pytest.mark.slow
def test_one_worker_tries_a_version_for_all(registry, tmp_path):
    (tmp_path / "danger-2").write_text("import count")
    count = ("--workers", "3")
    with serving(tmp_path / "registry" / "games@prod", tmp_path, *OPTIONS, *count) as server:
        registry.move("games", "prod", 2)
        until(lambda: sample(server, "golive_refreshes_total") == 3)

    assert len((tmp_path / "told-2").read_text()) == 3 + 1  # in each worker, and in the trial
