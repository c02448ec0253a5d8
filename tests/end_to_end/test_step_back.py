"""`golive serve games@prod --canary`: a candidate that does worse is asked no more."""

import asyncio
import json
import signal
import time
from collections import Counter

import httpx
import pytest
from tests.end_to_end.live_server import serving
from tests.end_to_end.misbehaving import LARGE, Misbehaving

HOUR = ("--refresh", "1h")
HALF = ("--canary", "prod=50,candidate=50", "--canary-requests", "20")


@pytest.fixture(scope="module")
def versions(once_a_run):
    return Misbehaving(once_a_run)


@pytest.fixture(autouse=True)
def cache(tmp_path, monkeypatch):
    monkeypatch.setenv("GOLIVE_CACHE_DIR", str(tmp_path / "cache"))


def until(is_so, seconds=30):
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if is_so():
            return
        time.sleep(0.02)
    pytest.fail(f"It was not so within {seconds} seconds.")


class Load:
    """Clients that each ask one question after the other on a connection of their own.

    Attributes:
        sent: Requests.
        versions: Answers of 200 by version, in the order in which they came.
        failed: Of those, how many say that the model failed, by version.
        lost: What else came.
    """

    def __init__(self, port, *, clients=16):
        self.sent = 0
        self.versions = []
        self.failed = Counter()
        self.wrong = []
        self.lost = []
        self._port = port
        self._clients = clients
        self._is_over = False

    async def run(self):
        await asyncio.gather(*(self._client(number) for number in range(self._clients)))

    def end(self):
        self._is_over = True

    async def _client(self, number):
        reader, writer = await asyncio.open_connection("127.0.0.1", self._port)
        x = LARGE + number
        while not self._is_over:
            x += self._clients
            self.sent += 1
            body = json.dumps([{"x": 1}, {"x": x}]).encode()
            writer.write(
                b"POST /predict HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\n"
                b"content-length: %d\r\n\r\n%b" % (len(body), body)
            )
            try:
                lines = (await reader.readuntil(b"\r\n\r\n")).decode().lower().split("\r\n")
                headers = dict(line.split(": ", 1) for line in lines[1:] if line)
                answer = await reader.readexactly(int(headers["content-length"]))
            except (OSError, asyncio.IncompleteReadError) as error:
                self.lost.append(repr(error))
                return
            self._take(lines[0], answer, x)
        writer.close()

    def _take(self, line, answer, x):
        if not line.startswith("http/1.1 200 "):
            self.lost.append(f"{line} {answer.decode()}")
            return
        body = json.loads(answer)
        first, second = body["predictions"]
        self.versions.append(body["version"])
        if "error" in second:
            self.failed[body["version"]] += 1
        if first["value"] != 1 or second.get("value", x) not in (x, -x):
            self.wrong.append(body)


def canary_of(server):
    """What a worker says: each new connection may reach another one."""
    return httpx.get(f"{server.client.base_url}/readyz").json()["canary"]


def sample(server, name, *labels):
    lines = server.client.get("/metrics").text.splitlines()
    found = [line for line in lines if line.startswith(f"{name}{{")]
    return sum(float(line.split()[-1]) for line in found if all(one in line for one in labels))


async def under_load(server, is_so, *, then_requests):
    """Load until it is so, and so many requests more; the load."""
    load = Load(server.client.base_url.port)
    asking = asyncio.create_task(load.run())

    async def wait_for(what):
        deadline = time.monotonic() + 60
        while not what() and not asking.done():
            assert time.monotonic() < deadline
            await asyncio.sleep(0.05)

    await wait_for(lambda: is_so(server))
    await asyncio.sleep(0.6)  # the other worker is told within a quarter of a second
    settled = len(load.versions)
    await wait_for(lambda: len(load.versions) >= settled + then_requests)
    load.end()
    await asking
    return load, load.versions[settled + 16 :]


@pytest.mark.slow
@pytest.mark.parametrize("workers", [pytest.param(1, marks=pytest.mark.soak), 2])
@pytest.mark.parametrize("how", ["fails", "slows", "differs"])
def test_a_candidate_that_does_worse_steps_back_in_every_worker(versions, tmp_path, how, workers):
    registry = versions.registry_of(how, tmp_path / "registry")
    reference = tmp_path / "registry" / "games@prod"
    options = (*HOUR, *HALF, "--canary-disagreement", "10%", "--workers", str(workers))
    reason = {"fails": "errors", "slows": "latency", "differs": "disagreement"}[how]
    with serving(reference, tmp_path, *options) as server:
        load, after = asyncio.run(
            under_load(
                server,
                lambda server: sample(server, "golive_canary_stepped_back"),
                then_requests=400,
            )
        )
        said = [canary_of(server) for _ in range(10)]
        counted = sample(server, "golive_canary_step_backs_total", f'reason="{reason}"')
        failed = sample(server, "golive_split_requests_total", 'outcome="failed"')
        split = sample(server, "golive_split_requests_total")
        answers = {wanted: ask(server, wanted) for wanted in ("1", "2", "candidate")}
        log = server.log.read_text()

    good, bad = versions.good.version, versions.bad[how].version
    assert (load.lost, load.wrong) == ([], [])
    assert len(load.versions) == load.sent
    assert set(load.versions) == {good, bad}
    assert set(after) == {good}
    assert {one["answers"] for one in said} == {"nothing"}
    assert {one["stepped_back"]["reason"] for one in said} == {reason}
    assert {one["stepped_back"]["version"] for one in said} == {"games@2"}
    assert 1 <= counted <= workers
    assert failed == load.failed[bad]
    assert split <= load.sent
    assert (load.failed[bad] > 0) == (how == "fails")
    assert load.failed[good] == 0
    assert 1 <= log.count("games@2 steps back, games@1 answers everything") <= workers
    assert answers == {"1": good, "2": bad, "candidate": bad}
    assert registry.history("games").versions.keys() == {1, 2}


@pytest.mark.slow
def test_one_that_hangs_steps_back_and_leaves_a_thread_to_the_usual_version(versions, tmp_path):
    versions.registry_of("hangs", tmp_path / "registry")
    options = (*HALF, "--time-limit", "1")
    with serving(tmp_path / "registry" / "games@prod", tmp_path, *options) as server:
        load, after = asyncio.run(
            under_load(
                server,
                lambda server: sample(server, "golive_canary_stepped_back"),
                then_requests=400,
            )
        )
        said = canary_of(server)["stepped_back"]

    assert {line.split()[1] for line in load.lost} == {"504"}
    assert len(load.lost) >= 20
    assert len(load.versions) + len(load.lost) == load.sent
    assert set(load.versions) == set(after) == {versions.good.version}
    assert (said["version"], said["reason"]) == ("games@2", "errors")


def ask(server, wanted):
    headers = {"golive-version": wanted}
    response = server.client.post("/predict", json={"x": 1}, headers=headers)
    assert response.status_code == 200
    return response.json()["version"]


def step_back(server):
    """Ask until the candidate has stepped back."""
    for x in range(LARGE, LARGE + 2000):
        server.client.post("/predict", json=[{"x": 1}, {"x": x}]).raise_for_status()
        if x % 20 == 0 and "stepped_back" in canary_of(server):
            return
    pytest.fail("The candidate did not step back.")


def versions_of(server, number=60):
    return {server.client.post("/predict", json={"x": x}).json()["version"] for x in range(number)}


@pytest.mark.slow
def test_it_stays_back_until_somebody_asks_or_another_version_is_the_candidate(versions, tmp_path):
    registry = versions.registry_of("fails", tmp_path / "registry")
    good, bad = versions.good.version, versions.bad["fails"].version
    with serving(tmp_path / "registry" / "games@prod", tmp_path, *HOUR, *HALF) as server:
        step_back(server)
        back = versions_of(server)
        server.process.send_signal(signal.SIGHUP)
        until(lambda: "stepped_back" not in canary_of(server))
        asked = versions_of(server)
        step_back(server)
        registry.push(versions.bad["differs"])
        registry.move("games", "candidate", 3)
        server.process.send_signal(signal.SIGHUP)
        until(lambda: versions.bad["differs"].version in versions_of(server))
        log = server.log.read_text()

    assert back == {good}
    assert asked == {good, bad}
    assert "games@2 is asked again." in log


@pytest.mark.slow
def test_switched_off_a_candidate_goes_on_whatever_it_does(versions, tmp_path):
    versions.registry_of("fails", tmp_path / "registry")
    options = (*HALF, "--canary-errors", "off", "--canary-latency", "off")
    with serving(tmp_path / "registry" / "games@prod", tmp_path, *options) as server:
        for x in range(LARGE, LARGE + 200):
            server.client.post("/predict", json=[{"x": 1}, {"x": x}]).raise_for_status()
        said = canary_of(server)

    assert said["answers"] == "50% of the requests"
    assert said["seen"]["candidate"]["failed"] == said["seen"]["candidate"]["requests"] > 50
    assert "stepped_back" not in said
