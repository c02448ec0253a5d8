"""An application that follows a reference and has a candidate, as `golive serve` does."""

import asyncio
import subprocess
import sys
import threading
import time
from contextlib import ExitStack

import httpx
import pytest
from tests.end_to_end.misbehaving import LARGE, Misbehaving
from tests.end_to_end.versions import Versions, factor_bundles
from tests.wiring.dangerous import dangerous_bundle

import golive
from golive.errors import UsageError
from golive.service.refresh_hook import signature_of
from golive.wiring.registries import open_registry

SECRET = "a secret of these tests"


@pytest.fixture(scope="module")
def bundles(once_a_run):
    return factor_bundles(once_a_run)


@pytest.fixture
def versions(bundles, tmp_path, monkeypatch):
    monkeypatch.setenv("GOLIVE_CACHE_DIR", str(tmp_path / "cache"))
    monkeypatch.setenv("GOLIVE_REFRESH_SECRET", SECRET)
    return Versions(tmp_path / "registry", bundles)


def end(app):
    """Have an application end as a server ends it."""

    async def main():
        events = iter(["lifespan.startup", "lifespan.shutdown"])
        sent = []

        async def receive():
            return {"type": next(events)}

        async def send(message):
            sent.append(message["type"])

        await app({"type": "lifespan"}, receive, send)
        return sent

    assert asyncio.run(main()) == ["lifespan.startup.complete", "lifespan.shutdown.complete"]


@pytest.fixture
def application():
    """A function that makes applications, which end with the test: no thread is left behind."""
    with ExitStack() as stack:

        def make(*bundles, **settings):
            app = golive.asgi_app(*bundles, **settings)
            stack.callback(end, app)
            return app

        yield make


def ask(app, *requests):
    """The responses to pairs of path and JSON, one after the other; without JSON it is a GET."""

    async def main():
        transport = httpx.ASGITransport(app=app)
        async with httpx.AsyncClient(transport=transport, base_url="http://localhost") as client:
            return [
                await (client.get(path) if body is None else client.post(path, json=body))
                for path, body in requests
            ]

    return asyncio.run(main())


def predicted(app, *records):
    responses = ask(app, *[("/predict", record) for record in records])
    assert [response.status_code for response in responses] == [200] * len(records)
    return [response.json() for response in responses]


def ready(app):
    return ask(app, ("/readyz", None))[0].json()


def until(is_so, seconds=30):
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if is_so():
            return
        time.sleep(0.02)
    pytest.fail(f"It was not so within {seconds} seconds.")


def ask_to_refresh(app):
    now = str(int(time.time()))
    headers = {"golive-timestamp": now, "golive-signature": signature_of(SECRET, now, b"")}

    async def main():
        transport = httpx.ASGITransport(app=app)
        async with httpx.AsyncClient(transport=transport, base_url="http://localhost") as client:
            return await client.post("/admin/refresh", headers=headers)

    assert asyncio.run(main()).status_code == 202


def test_a_promoted_version_answers(versions, application):
    app = application(versions.folder / "games@prod", refresh=0.2)
    [before] = predicted(app, {"x": 3})

    versions.promote(2)
    until(lambda: predicted(app, {"x": 3})[0]["version"] == versions.version_of(2))

    assert before["version"] == versions.version_of(1)
    assert ready(app)["refresh"]["games"]["serves"] == "games@2"


def refreshers():
    return {thread for thread in threading.enumerate() if thread.name == "golive-refresh"}


def test_an_application_that_ends_looks_no_more(versions):
    """Other tests left theirs behind, and one that waited for the end of all waited for ever."""
    others = refreshers()
    app = golive.asgi_app(versions.folder / "games@prod", refresh=3600.0)
    [own] = refreshers() - others

    end(app)

    own.join(30)
    assert not own.is_alive()


def test_a_signed_request_has_it_look_at_once(versions, application):
    app = application(versions.folder / "games@prod", refresh=3600.0)
    versions.promote(2)

    ask_to_refresh(app)

    until(lambda: predicted(app, {"x": 3})[0]["version"] == versions.version_of(2))


def test_a_candidate_answers_its_share(versions, application):
    versions.promote(2, "candidate")
    app = application(versions.folder / "games@prod", canary="candidate=50")

    answers = predicted(app, *[{"x": x} for x in range(50)])

    for x, answer in enumerate(answers):
        expected = versions.factors[answer["version"]] * x
        assert answer["predictions"][0]["score"] == pytest.approx(expected, abs=1e-6)
    found = [answer["version"] for answer in answers]
    assert 10 <= found.count(versions.version_of(2)) <= 40


def test_a_candidate_that_fails_steps_back_until_somebody_asks(
    once_a_run, tmp_path, application, monkeypatch
):
    monkeypatch.setenv("GOLIVE_CACHE_DIR", str(tmp_path / "cache"))
    monkeypatch.setenv("GOLIVE_REFRESH_SECRET", SECRET)
    misbehaving = Misbehaving(once_a_run, only=("good", "fails"))
    misbehaving.registry_of("fails", tmp_path / "registry")
    good, bad = misbehaving.good.version, misbehaving.bad["fails"].version
    app = application(
        tmp_path / "registry" / "games@prod",
        refresh=3600.0,
        canary="candidate=50",
        canary_requests=10,
    )

    answers = predicted(app, *[[{"x": 1}, {"x": LARGE + n}] for n in range(100)])
    last = max(n for n, answer in enumerate(answers) if answer["version"] == bad)
    said = ready(app)["canary"]
    ask_to_refresh(app)
    again = {answer["version"] for answer in predicted(app, *[{"x": x} for x in range(40)])}

    assert last < 60
    assert {answer["version"] for answer in answers[last + 1 :]} == {good}
    assert said["stepped_back"]["reason"] == "errors"
    assert again == {good, bad}


def test_a_shadow_is_compared_and_never_answers(versions, application):
    versions.promote(2, "candidate")
    app = application(versions.folder / "games@prod", shadow="candidate")

    answers = predicted(app, *[{"x": x} for x in range(1, 21)])

    assert {answer["version"] for answer in answers} == {versions.version_of(1)}
    until(lambda: compared(app) == 20)


def metrics(app):
    return ask(app, ("/metrics", None))[0].text


def compared(app):
    lines = metrics(app).splitlines()
    found = [line for line in lines if line.startswith("golive_shadow_requests_total{")]
    return sum(float(line.split()[-1]) for line in found if 'outcome="compared"' in line)


def test_what_always_names_the_same_is_not_followed(bundles, versions):
    for reference in (versions.folder / "games@1", bundles[0].path):
        with pytest.raises(UsageError, match="nothing to follow"):
            golive.asgi_app(reference, refresh=30.0)


FORKING = """
import asyncio, os, sys, time, warnings
warnings.simplefilter("ignore")  # newer Pythons warn of forks where there are threads
import httpx
import golive

app = golive.asgi_app(sys.argv[1], refresh=0.2)

async def version():
    transport = httpx.ASGITransport(app=app)
    async with httpx.AsyncClient(transport=transport, base_url="http://localhost") as client:
        return (await client.post("/predict", json={"x": 3})).json()["version"]

if not os.fork():
    deadline = time.monotonic() + 60
    print(asyncio.run(version()), flush=True)
    while (found := asyncio.run(version())) != sys.argv[2] and time.monotonic() < deadline:
        time.sleep(0.05)
    print(found, flush=True)
    os._exit(0)
os.wait()
"""


def test_a_process_that_was_forked_afterwards_follows_by_itself(versions):
    program = [sys.executable, "-c", FORKING, str(versions.folder / "games@prod")]
    process = subprocess.Popen(
        [*program, versions.version_of(2)], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
    )
    first = process.stdout.readline().decode().strip()
    versions.promote(2)
    rest = process.communicate(timeout=90)[0].decode().split()

    assert (first, rest) == (versions.version_of(1), [versions.version_of(2)])


FORKING_WITH_SHADOW = """
import asyncio, os, sys, time, warnings
warnings.simplefilter("ignore")
import httpx
import golive

app = golive.asgi_app(sys.argv[1], shadow="candidate")

async def ask(method, path, **body):
    transport = httpx.ASGITransport(app=app)
    async with httpx.AsyncClient(transport=transport, base_url="http://localhost") as client:
        return (await client.request(method, path, **body)).text

def compared():
    lines = asyncio.run(ask("GET", "/metrics")).splitlines()
    return [l for l in lines if l.startswith("golive_shadow_requests") and 'compared"' in l]

if not os.fork():
    asyncio.run(ask("POST", "/predict", json={"x": 3}))
    deadline = time.monotonic() + 60
    while not compared() and time.monotonic() < deadline:
        time.sleep(0.05)
    print(*compared(), flush=True)
    os._exit(0)
os.wait()
"""


def test_a_process_that_was_forked_afterwards_has_a_shadow_of_its_own(versions):
    versions.promote(2, "candidate")
    program = [sys.executable, "-c", FORKING_WITH_SHADOW, str(versions.folder / "games@prod")]

    done = subprocess.run(program, capture_output=True, text=True, timeout=120, check=True)

    labels = f'model="games",outcome="compared",version="{versions.version_of(2)}"'
    assert done.stdout.strip() == f"golive_shadow_requests_total{{{labels}}} 1.0"


@pytest.mark.parametrize("settings", [{"canary": "candidate=50"}, {"shadow": "candidate"}])
def test_one_without_a_candidate_that_does_not_load_answers(
    once_a_run, tmp_path, monkeypatch, settings
):
    monkeypatch.setenv("GOLIVE_CACHE_DIR", str(tmp_path / "cache"))
    monkeypatch.setenv("DANGER_FOLDER", str(tmp_path))
    dangerous = dangerous_bundle(once_a_run, 1), dangerous_bundle(once_a_run, 2)
    registry = open_registry(str(tmp_path / "registry"))
    for number, (alias, bundle) in enumerate(zip(("prod", "candidate"), dangerous, strict=True), 1):
        registry.push(bundle)
        registry.move("games", alias, number)
    (tmp_path / "danger-2").write_text("import segfault")

    app = golive.asgi_app(tmp_path / "registry" / "games@prod", **settings)

    found = {answer["version"] for answer in predicted(app, *[{"x": x} for x in range(20)])}
    said = ready(app)["canary"]
    assert found == {dangerous[0].version}
    assert (said["answers"], said["refused"]["version"]) == ("nothing", "games@2")
    assert "ended by SIGSEGV" in said["refused"]["message"]
