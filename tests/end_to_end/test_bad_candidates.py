"""`golive serve games@prod` with a candidate that crashes or hangs: nobody is answered worse."""

import asyncio
import json
import os
import signal
from collections import Counter
from pathlib import Path

import httpx
import pytest
from tests.end_to_end.live_server import serving
from tests.end_to_end.misbehaving import LARGE, Misbehaving
from tests.end_to_end.test_step_back import canary_of, sample, until
from tests.wiring.dangerous import pack_dangerous

from golive.wiring.registries import open_registry

HOUR = ("--refresh", "1h")
HALF = ("--canary", "prod=50,candidate=50")
COPIES = ("--shadow", "candidate")


@pytest.fixture(scope="module")
def versions(tmp_path_factory):
    only = ("good", "differs", "crashes", "aborts", "exits", "holds")
    return Misbehaving(tmp_path_factory.mktemp("versions"), only=only)


@pytest.fixture(scope="module")
def dangerous(tmp_path_factory):
    folder = tmp_path_factory.mktemp("dangerous")
    return pack_dangerous(folder, 1), pack_dangerous(folder, 2)


@pytest.fixture(autouse=True)
def cache(tmp_path, monkeypatch):
    monkeypatch.setenv("GOLIVE_CACHE_DIR", str(tmp_path / "cache"))
    monkeypatch.setenv("DANGER_FOLDER", str(tmp_path))


def children(process, name="python"):
    """The children of a process and all its threads, by the name of their program."""
    found = []
    for listing in Path(f"/proc/{process}/task").glob("*/children"):
        found += [int(child) for child in listing.read_text().split()]
    return [each for each in found if _name(each) != "" and (name in _name(each))]


def _name(process):
    try:
        return Path(f"/proc/{process}/comm").read_text().strip()
    except OSError:
        return ""


def shadows(server):
    """The processes in which copies are answered."""
    workers = children(server.process.pid, "")
    return [each for worker in workers for each in children(worker, "golive-shadow")]


class Clients:
    """Clients that go on with a new connection where theirs is cut.

    Attributes:
        sent: Requests.
        versions: Answers by version.
        cut: Requests whose connection ended before the answer.
        wrong: What else came.
    """

    def __init__(self, port, *, clients=8):
        self.sent = self.cut = 0
        self.versions = Counter()
        self.wrong = []
        self._port = port
        self._clients = clients
        self._is_over = False

    async def until(self, is_so, *, then_requests):
        """Ask until it is so, and so many requests more; what is answered then, by version."""
        asking = [asyncio.create_task(self._ask(number)) for number in range(self._clients)]
        async with asyncio.timeout(90):
            while not await asyncio.to_thread(is_so):  # noqa: ASYNC110 - the server makes it so
                await asyncio.sleep(0.05)
            await asyncio.sleep(1.0)  # every worker is told within a quarter of a second
            cut, before = self.cut, Counter(self.versions)
            while (self.versions - before).total() < then_requests:  # noqa: ASYNC110
                await asyncio.sleep(0.05)
        self._is_over = True
        await asyncio.gather(*asking)
        assert self.cut == cut  # afterwards, none
        return self.versions - before

    async def _ask(self, number):
        x = LARGE + number
        while not self._is_over:
            try:
                reader, writer = await asyncio.open_connection("127.0.0.1", self._port)
            except OSError:
                await asyncio.sleep(0.02)
                continue
            try:
                while not self._is_over:
                    x += self._clients
                    await self._ask_once(reader, writer, x)
            except (OSError, asyncio.IncompleteReadError):
                self.cut += 1
            writer.close()

    async def _ask_once(self, reader, writer, x):
        self.sent += 1
        body = json.dumps({"x": x}).encode()
        writer.write(
            b"POST /predict HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\n"
            b"content-length: %d\r\n\r\n%b" % (len(body), body)
        )
        head = (await reader.readuntil(b"\r\n\r\n")).decode().lower().split("\r\n")
        headers = dict(line.split(": ", 1) for line in head[1:] if line)
        answer = json.loads(await reader.readexactly(int(headers["content-length"])))
        if answer.get("predictions") != [{"value": x}]:
            self.wrong.append(answer)
        else:
            self.versions[answer["version"]] += 1


def status_of(server, wanted):
    headers = {"golive-version": wanted}
    return server.client.post("/predict", json={"x": 1}, headers=headers).status_code


def has_stepped_back(server):
    """Whether every worker says so; one that has just died says nothing."""
    try:
        return all("stepped_back" in canary_of(server) for _ in range(8))
    except httpx.TransportError:
        return False


@pytest.mark.slow
@pytest.mark.parametrize(
    ("how", "code", "workers"),
    [
        ("crashes", "was ended by SIGSEGV", 2),
        ("aborts", "was ended by SIGABRT", 1),
        pytest.param("exits", "ended with exit code 7", 2, marks=pytest.mark.soak),
    ],
)
def test_a_canary_that_ends_its_worker_steps_back_at_once(versions, tmp_path, how, code, workers):
    versions.registry_of(how, tmp_path / "registry")
    good = versions.good.version
    options = (*HOUR, *HALF, "--workers", str(workers))
    with serving(tmp_path / "registry" / "games@prod", tmp_path, *options) as server:
        load = Clients(server.client.base_url.port)
        after = asyncio.run(load.until(lambda: has_stepped_back(server), then_requests=300))
        said = [canary_of(server) for _ in range(8)]
        with httpx.Client(base_url=server.client.base_url, timeout=60) as server.client:
            asked = {wanted: status_of(server, wanted) for wanted in ("1", "2", "candidate")}
            died = sample(server, "golive_workers_replaced_total", 'reason="died"')
            back = sample(server, "golive_canary_stepped_back")
            counted = sample(server, "golive_canary_step_backs_total", 'reason="crashed"')
        log = server.log.read_text()
        found = len(children(server.process.pid, ""))

    assert load.wrong == []
    assert load.cut + load.versions.total() == load.sent
    assert 1 <= load.cut <= 8 * workers  # at most what each worker had in hand when it died
    assert set(load.versions) == set(after) == {good}
    assert 1 <= died <= workers
    assert (counted, back) == (died, 1)
    assert {one["answers"] for one in said} == {"nothing"}
    assert {one["stepped_back"]["reason"] for one in said} == {"crashed"}
    assert all(code in one["stepped_back"]["message"] for one in said)
    assert asked == {"1": 200, "2": 409, "candidate": 409}
    assert "games@2 steps back, the usual version answers everything: worker " in log
    assert found == workers


@pytest.mark.slow
def test_who_asks_gives_one_that_crashed_another_chance_and_a_good_one_is_taken(versions, tmp_path):
    registry = versions.registry_of("crashes", tmp_path / "registry")
    good = versions.good.version
    with serving(tmp_path / "registry" / "games@prod", tmp_path, *HOUR, *HALF) as server:

        def crash():
            """Ask until its worker is ended, and has been replaced."""
            for x in range(LARGE, LARGE + 100):
                try:
                    answer = httpx.post(f"{server.client.base_url}/predict", json={"x": x})
                except httpx.TransportError:
                    break
                assert answer.json()["version"] == good
            until(lambda: has_stepped_back(server))

        crash()
        os.kill(server.process.pid, signal.SIGHUP)
        until(lambda: "stepped_back" not in canary_of(server))
        until(lambda: "refused" not in ask_and_look(server))
        crash()
        registry.push(versions.bad["differs"])
        registry.move("games", "candidate", 3)
        os.kill(server.process.pid, signal.SIGHUP)
        better = versions.bad["differs"].version
        until(lambda: better in versions_of(server))
        log = server.log.read_text()

    assert log.count("died with exit code -11") == 2


def ask_and_look(server):
    versions_of(server)
    return canary_of(server)


def versions_of(server, number=30):
    with httpx.Client(base_url=server.client.base_url, timeout=60) as client:
        return {client.post("/predict", json={"x": x}).json()["version"] for x in range(number)}


@pytest.mark.slow
def test_a_shadow_that_crashes_ends_no_worker_and_gets_no_more_copies(versions, tmp_path):
    versions.registry_of("crashes", tmp_path / "registry")
    options = (*HOUR, *COPIES, "--workers", "2")
    with serving(tmp_path / "registry" / "games@prod", tmp_path, *options) as server:
        workers = sorted(children(server.process.pid, ""))
        load = Clients(server.client.base_url.port)
        after = asyncio.run(load.until(lambda: has_stepped_back(server), then_requests=300))
        said = canary_of(server)
        failed = sample(server, "golive_shadow_requests_total", 'outcome="failed"')
        ends = sample(server, "golive_candidate_process_ends_total", 'reason="crashed"')
        until(lambda: sample(server, "golive_candidate_processes") == 2)
        nice = {os.getpriority(os.PRIO_PROCESS, each) for each in shadows(server)}
        same = sorted(children(server.process.pid, ""))
        log = server.log.read_text()

    assert (load.cut, load.wrong) == (0, [])
    assert load.versions.total() == load.sent
    assert set(load.versions) == set(after) == {versions.good.version}
    assert (said["answers"], said["stepped_back"]["reason"]) == ("nothing", "crashed")
    assert "was ended by SIGSEGV" in said["stepped_back"]["message"]
    assert 1 <= failed <= 2
    assert 1 <= ends <= 2
    assert nice == {19}
    assert same == workers
    assert "games@2 steps back, gets no more copies: the process that holds the shadow" in log
    assert "died with exit code" not in log


@pytest.mark.slow
def test_a_shadow_that_holds_the_interpreter_delays_no_answer(versions, tmp_path):
    versions.registry_of("holds", tmp_path / "registry")
    with serving(tmp_path / "registry" / "games@prod", tmp_path, *COPIES) as server:
        until(lambda: sample(server, "golive_candidate_processes") == 1)
        for x in range(LARGE, LARGE + 100):
            server.client.post("/predict", json={"x": x}).raise_for_status()
        seen = sample(server, "golive_shadow_requests_total")
        [shadow] = shadows(server)

    assert seen == 0  # the first copy is still in hand, which takes it 20 seconds
    assert not Path(f"/proc/{shadow}").exists()


@pytest.mark.slow
def test_a_shadow_that_does_not_come_back_is_ended_and_gets_no_more_copies(versions, tmp_path):
    versions.registry_of("holds", tmp_path / "registry")
    options = (*COPIES, "--time-limit", "1")
    with serving(tmp_path / "registry" / "games@prod", tmp_path, *options) as server:
        server.client.post("/predict", json={"x": LARGE}).raise_for_status()
        until(lambda: "stepped_back" in canary_of(server))
        said = canary_of(server)["stepped_back"]

    assert said["reason"] == "crashed"
    assert said["message"] == ("the process that holds the shadow games@2 gave no answer for 1 s")


@pytest.mark.slow
def test_a_shadow_follows_its_alias_into_another_process(versions, tmp_path):
    registry = versions.registry_of("crashes", tmp_path / "registry")
    registry.push(versions.bad["differs"])
    with serving(tmp_path / "registry" / "games@prod", tmp_path, *HOUR, *COPIES) as server:
        until(lambda: sample(server, "golive_candidate_processes") == 1)
        before = shadows(server)
        registry.move("games", "candidate", 3)
        os.kill(server.process.pid, signal.SIGHUP)
        until(lambda: sample(server, "golive_refreshes_total") == 1)
        server.client.post("/predict", json={"x": LARGE}).raise_for_status()
        until(lambda: sample(server, "golive_shadow_records_total", 'outcome="differed"') == 1)
        until(lambda: before[0] not in shadows(server))  # what it had in hand is over
        after = shadows(server)
        ends = sample(server, "golive_candidate_process_ends_total", 'reason="crashed"')

    assert len(before) == len(after) == 1
    assert before != after
    assert ends == 0


@pytest.mark.slow
@pytest.mark.parametrize(
    ("options", "danger", "message"),
    [
        (
            HALF,
            "import segfault",
            "The process in which games@2 was loaded first ended by SIGSEGV.",
        ),
        (COPIES, "call exit", "The process in which games@2 was loaded first ended with code 7."),
    ],
)
def test_a_server_starts_without_a_candidate_that_does_not_load_and_takes_it_later(
    dangerous, tmp_path, options, danger, message
):
    registry = open_registry(str(tmp_path / "registry"))
    for number, (alias, bundle) in enumerate(zip(("prod", "candidate"), dangerous, strict=True), 1):
        registry.push(bundle)
        registry.move("games", alias, number)
    (tmp_path / "danger-2").write_text(danger)
    with serving(tmp_path / "registry" / "games@prod", tmp_path, *HOUR, *options) as server:
        answers = versions_of(server)
        said, followed = canary_of(server), server.client.get("/readyz").json()["refresh"]
        refused = sample(server, "golive_canary_refused", 'candidate="games@2"')
        asked = status_of(server, "2")
        started = server.log.read_text()
        (tmp_path / "danger-2").unlink()
        os.kill(server.process.pid, signal.SIGHUP)
        until(lambda: sample(server, "golive_refreshes_total") == 1)
        later = versions_of(server)
        until(lambda: "refused" not in ask_and_look(server))
        healed = sample(server, "golive_canary_refused", 'candidate="games@2"')

    good, bad = (bundle.version for bundle in dangerous)
    assert answers == {good}
    assert (said["candidate"], said["answers"]) == ("games@2", "nothing")
    assert (said["refused"]["code"], said["refused"]["message"]) == ("model_not_loadable", message)
    assert followed["games.candidate"]["serves"] is None
    assert followed["games.candidate"]["refused"]["message"] == message
    assert (refused, asked) == (1, 409)
    assert f"games@2 is not asked, games@1 answers alone: {message}" in started
    assert later == ({good, bad} if options is HALF else {good})
    assert healed == 0
