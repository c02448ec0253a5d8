"""`golive serve games@prod --refresh`: versions change under load, and nobody notices."""

import asyncio
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import time
from datetime import UTC, datetime
from pathlib import Path

import httpx
import numpy as np
import pandas as pd
import pytest
from sklearn.ensemble import RandomForestRegressor
from tests.end_to_end.hot_swaps import Load
from tests.end_to_end.live_server import child_environment, serving
from tests.end_to_end.versions import Versions, factor_bundles

import golive
from golive.access.key_desk import KeyDesk, KeyWish
from golive.access.key_file import KeyFile
from golive.service.refresh_hook import signature_of

SECRET = "a secret of these tests"
HOUR = ("--refresh", "1h")


@pytest.fixture(scope="module")
def bundles(once_a_run):
    return factor_bundles(once_a_run)


@pytest.fixture
def versions(bundles, tmp_path, monkeypatch):
    monkeypatch.setenv("GOLIVE_CACHE_DIR", str(tmp_path / "cache"))
    monkeypatch.setenv("GOLIVE_REFRESH_SECRET", SECRET)
    return Versions(tmp_path / "registry", bundles)


def until(is_so, seconds=30):
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if is_so():
            return
        time.sleep(0.02)
    pytest.fail(f"It was not so within {seconds} seconds.")


def versions_now(server, times=20):
    """The versions that answer on so many new connections."""
    found = set()
    for _ in range(times):
        response = httpx.post(f"{server.client.base_url}/predict", json={"x": 3})
        found.add(response.json()["version"])
    return found


def sample(server, name, **labels):
    """The sum of a metric's samples."""
    pattern = re.compile(rf"^{name}{{(.*)}} (\S+)$", re.MULTILINE)
    wanted = {f'{key}="{value}"' for key, value in labels.items()}
    found = pattern.findall(server.client.get("/metrics").text)
    return sum(float(value) for text, value in found if wanted <= set(text.split(",")))


def ask_in_three_ways(server):
    yield server.process.send_signal(signal.SIGHUP)
    command = [sys.executable, "-m", "golive", "refresh", "--pid", str(server.process.pid)]
    yield subprocess.run(command, env=child_environment(), check=True, capture_output=True)
    timestamp = str(int(time.time()))
    headers = {
        "golive-timestamp": timestamp,
        "golive-signature": signature_of(SECRET, timestamp, b"{}"),
    }
    response = server.client.post("/admin/refresh", content=b"{}", headers=headers)
    assert response.status_code == 202
    yield


def children(process):
    listing = Path(f"/proc/{process}/task/{process}/children").read_text()
    return [int(child) for child in listing.split()]


@pytest.mark.slow
@pytest.mark.parametrize("workers", [1, 2])
def test_a_promoted_version_answers_and_a_rollback_goes_back(versions, tmp_path, workers):
    options = ("--refresh", "200ms", "--workers", str(workers))
    with serving(versions.folder / "games@prod", tmp_path, *options) as server:
        before = versions_now(server)
        versions.promote(2)
        until(lambda: versions_now(server) == {versions.version_of(2)})
        readiness = server.client.get("/readyz").json()
        described = server.client.get("/metrics").text.count("golive_model_info{")
        versions.registry.rollback("games", "prod")
        until(lambda: versions_now(server) == {versions.version_of(1)})

    assert before == {versions.version_of(1)}
    assert readiness["models"] == [{"name": "games", "version": versions.version_of(2)}]
    assert readiness["refresh"]["games"]["serves"] == "games@2"
    assert described == 1


@pytest.mark.slow
@pytest.mark.parametrize("workers", [1, 2])
def test_every_way_to_ask_reaches_every_worker(versions, tmp_path, workers):
    options = (*HOUR, "--workers", str(workers))
    with serving(versions.folder / "games@prod", tmp_path, *options) as server:
        for turn, _ in enumerate(_asked_after_each(versions, server), 1):
            served = {versions.version_of(1 + turn % 2)}
            until(lambda served=served: versions_now(server) == served)
            until(lambda turn=turn: sample(server, "golive_refreshes_total") == turn * workers)


def _asked_after_each(versions, server):
    ways = ask_in_three_ways(server)
    for version in (2, 1, 2):
        versions.promote(version)
        yield next(ways)


@pytest.mark.slow
def test_a_key_of_administration_asks_where_there_is_no_secret(versions, tmp_path, monkeypatch):
    monkeypatch.delenv("GOLIVE_REFRESH_SECRET")
    desk = KeyDesk(KeyFile(tmp_path / "keys.json"), clock=lambda: datetime.now(UTC))
    _, scoring = desk.create(KeyWish(name="scoring"))
    _, admin = desk.create(KeyWish(name="deployer", is_admin=True))
    options = (*HOUR, "--keys", str(tmp_path / "keys.json"))
    with serving(versions.folder / "games@prod", tmp_path, *options) as server:
        command = [sys.executable, "-m", "golive", "refresh", "--url", str(server.client.base_url)]

        def ask(key):
            environment = {**child_environment(), "GOLIVE_ADMIN_KEY": key}
            return subprocess.run(
                command, env=environment, check=False, capture_output=True, text=True
            )

        refused = ask(scoring)
        versions.promote(2)
        accepted = ask(admin)
        server.client.headers["x-api-key"] = scoring
        wanted = versions.version_of(2)
        until(lambda: server.client.post("/predict", json={"x": 3}).json()["version"] == wanted)

    assert (refused.returncode, accepted.returncode) == (1, 0)
    assert "answers 403: not_allowed" in refused.stderr
    assert admin not in accepted.stdout + accepted.stderr


@pytest.mark.slow
def test_a_damaged_version_is_never_switched_to(versions, tmp_path):
    bundles = versions.folder / "games" / "bundles"
    sha256 = versions.registry.history("games").versions[2].content.sha256
    file = bundles / f"{sha256}.zip"
    content = file.read_bytes()
    file.write_bytes(content[:100] + bytes([content[100] ^ 1]) + content[101:])
    with serving(versions.folder / "games@prod", tmp_path, "--refresh", "200ms") as server:
        versions.promote(2)
        until(lambda: sample(server, "golive_refresh_failures_total", reason="refused") == 1)
        time.sleep(1)  # several periods: it is not tried again
        refused = server.client.get("/readyz").json()["refresh"]["games"]["refused"]
        failures = sample(server, "golive_refresh_failures_total", reason="refused")
        answers = versions_now(server)
        file.write_bytes(content)
        server.process.send_signal(signal.SIGHUP)
        until(lambda: versions_now(server) == {versions.version_of(2)})
        healed = server.client.get("/readyz").json()["refresh"]["games"]
        log = server.log.read_text()

    assert answers == {versions.version_of(1)}
    assert (refused["version"], refused["code"]) == ("games@2", "content_corrupt")
    assert failures == 1
    assert "refused" not in healed
    assert log.count("games@2 is not taken, games@1 goes on") == 1


@pytest.mark.slow
def test_a_worker_that_is_replaced_serves_what_the_others_serve(versions, tmp_path):
    options = (*HOUR, "--workers", "2")
    with serving(versions.folder / "games@prod", tmp_path, *options) as server:
        versions.promote(2)
        server.process.send_signal(signal.SIGHUP)
        until(lambda: sample(server, "golive_refreshes_total") == 2)
        shutil.rmtree(versions.folder)
        os.kill(children(server.process.pid)[-1], signal.SIGKILL)
        until(lambda: "died with exit code" in server.log.read_text())
        until(lambda: len(children(server.process.pid)) == 2)
        time.sleep(1)

        assert versions_now(server, 40) == {versions.version_of(2)}


@pytest.mark.slow
def test_without_refresh_a_replaced_worker_serves_what_was_named_at_the_start(versions, tmp_path):
    with serving(versions.folder / "games@prod", tmp_path, "--workers", "2") as server:
        versions.promote(2)
        for child in children(server.process.pid):
            os.kill(child, signal.SIGKILL)
            time.sleep(2)
        until(lambda: len(children(server.process.pid)) == 2)
        until(lambda: _answers(server))

        assert versions_now(server, 40) == {versions.version_of(1)}


def _answers(server):
    try:
        return server.client.get("/readyz").status_code == 200
    except httpx.TransportError:
        return False


def swap_under_load(versions, folder, *, swaps, workers):
    """Promote and roll back under 64 connections; the account of all requests."""
    options = (*HOUR, "--workers", str(workers))
    with serving(versions.folder / "games@prod", folder, *options) as server:
        load = Load(server.client.base_url.port, versions.factors, connections=64)

        def swap():
            for number in range(swaps):
                if number % 2:
                    versions.registry.rollback("games", "prod")
                else:
                    versions.promote(2)
                server.process.send_signal(signal.SIGHUP)
                done = (number + 1) * workers
                until(lambda done=done: sample(server, "golive_refreshes_total") == done)

        async def run():
            asking = asyncio.create_task(load.run())
            try:
                await asyncio.to_thread(swap)
            finally:
                load.end()
                await asking

        asyncio.run(run())
    return load.account


def assert_nothing_lost_and_nothing_wrong(account, versions):
    assert account.failed == []
    assert account.wrong == []
    assert account.answered == account.sent > 1000
    assert set(account.versions) == set(versions.factors)


@pytest.mark.slow
@pytest.mark.parametrize("workers", [1, 2])
def test_ten_swaps_under_64_connections_lose_nothing_and_mix_nothing(versions, tmp_path, workers):
    account = swap_under_load(versions, tmp_path, swaps=10, workers=workers)

    assert_nothing_lost_and_nothing_wrong(account, versions)


@pytest.mark.slow
@pytest.mark.soak
@pytest.mark.timeout(900)
@pytest.mark.parametrize("workers", [1, 2])
def test_200_swaps_under_64_connections_lose_nothing_and_mix_nothing(versions, tmp_path, workers):
    account = swap_under_load(versions, tmp_path, swaps=200, workers=workers)

    print(json.dumps({"sent": account.sent, "answered": account.answered}))
    assert_nothing_lost_and_nothing_wrong(account, versions)


def pack_forest(folder, factor):
    rows = pd.DataFrame({"x": np.linspace(0, 50, 6000)})
    model = RandomForestRegressor(10, random_state=factor, n_jobs=1).fit(rows, rows["x"] * factor)
    output = folder / f"forest-{factor}.bundle"
    return golive.pack(model, rows, name="games", output=output, compile=False)


@pytest.mark.slow
@pytest.mark.soak
@pytest.mark.timeout(600)
def test_memory_does_not_grow_over_50_swaps(tmp_path, monkeypatch):
    monkeypatch.setenv("GOLIVE_CACHE_DIR", str(tmp_path / "cache"))
    forests = (pack_forest(tmp_path, 1), pack_forest(tmp_path, 2))
    model_bytes = (forests[0].path / forests[0].manifest.model.file).stat().st_size
    versions = Versions(tmp_path / "registry", forests)
    with serving(versions.folder / "games@prod", tmp_path, *HOUR) as server:
        for number in range(60):
            versions.promote(2 - number % 2)
            server.process.send_signal(signal.SIGHUP)
            until(lambda n=number: sample(server, "golive_refreshes_total") == n + 1)
            server.client.post("/predict", json={"x": 3}).raise_for_status()
            if number == 9:
                before = resident_bytes(server.process.pid)
        time.sleep(4)  # what answered before is freed
        after = resident_bytes(server.process.pid)

    assert model_bytes > 5_000_000
    assert after - before < 3 * model_bytes  # 50 of them, were none freed


def resident_bytes(process):
    pages = int(Path(f"/proc/{process}/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE")


@pytest.mark.slow
def test_a_client_can_ask_for_the_version_before(versions, tmp_path):
    def asked(server, wanted):
        headers = {"golive-version": wanted}
        return server.client.post("/predict", json={"x": 3}, headers=headers).json()

    with serving(versions.folder / "games@prod", tmp_path, *HOUR) as server:
        unknown = asked(server, "2")
        versions.promote(2)
        server.process.send_signal(signal.SIGHUP)
        until(lambda: versions_now(server) == {versions.version_of(2)})
        before, now, alias = asked(server, "1"), asked(server, "2"), asked(server, "prod")

    assert unknown["code"] == "version_not_served"
    assert unknown["served"] == [[versions.version_of(1), "1", "prod"]]
    assert before["predictions"][0]["score"] == pytest.approx(3)
    assert [now["version"], alias["version"]] == [versions.version_of(2)] * 2


@pytest.mark.slow
@pytest.mark.parametrize("workers", [1, 2])
def test_a_candidate_answers_its_share_and_follows_its_alias(versions, tmp_path, workers):
    versions.promote(2, "candidate")
    options = (*HOUR, "--workers", str(workers), "--canary", "prod=50,candidate=50")

    def scores(server):
        responses = [server.client.post("/predict", json={"x": x}).json() for x in range(50)]
        for x, response in enumerate(responses):
            expected = versions.factors[response["version"]] * x
            assert response["predictions"][0]["score"] == pytest.approx(expected, abs=1e-6)
        return [response["version"] for response in responses]

    with serving(versions.folder / "games@prod", tmp_path, *options) as server:
        first, second = scores(server), scores(server)
        counted = sample(server, "golive_split_requests_total", version=versions.version_of(2))
        described = server.client.get("/metrics").text.count("golive_model_info{")
        versions.promote(1, "candidate")
        server.process.send_signal(signal.SIGHUP)
        until(lambda: set(scores(server)) == {versions.version_of(1)})
        log = server.log.read_text()

    assert first == second
    assert 10 <= first.count(versions.version_of(2)) <= 40
    assert counted == 2 * first.count(versions.version_of(2))
    assert described == 2
    assert "games@2 answers 50% of the requests instead." in log


@pytest.mark.slow
def test_a_shadow_is_compared_and_never_answers(versions, tmp_path):
    versions.promote(2, "candidate")
    options = ("--shadow", "candidate", "--workers", "2")
    with serving(versions.folder / "games@prod", tmp_path, *options) as server:
        answers = [server.client.post("/predict", json={"x": x}).json() for x in range(1, 21)]
        until(lambda: sample(server, "golive_shadow_requests_total", outcome="compared") == 20)
        differed = sample(server, "golive_shadow_records_total", outcome="differed")

    assert {answer["version"] for answer in answers} == {versions.version_of(1)}
    assert differed == 20
