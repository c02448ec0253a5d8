"""The application that others mount or run."""

import asyncio
import json
import socket
import subprocess
import sys
import threading

import httpx
import msgspec
import pytest
import uvicorn

import golive
from golive.errors import UsageError

RECORD = {"a": 3.0, "b": 0.0}


@pytest.fixture(scope="module")
def app(bundle):
    return golive.asgi_app(bundle.path, threads=2)


def mounted(app, prefix, *, strips):
    """A plain ASGI router that has the application below a prefix, in either way there is."""

    async def router(scope, receive, send):
        assert scope["path"].startswith(prefix)
        path = scope["path"].removeprefix(prefix) if strips else scope["path"]
        await app({**scope, "path": path, "root_path": prefix}, receive, send)

    return router


def ask(app, *args, **kwargs):
    async def main():
        transport = httpx.ASGITransport(app=app)
        async with httpx.AsyncClient(transport=transport, base_url="http://localhost") as client:
            return await client.request(*args, **kwargs)

    return asyncio.run(main())


def test_it_answers_without_lifespan_events(app):
    response = ask(app, "POST", "/predict", json=RECORD)

    [prediction] = response.json()["predictions"]
    assert (response.status_code, prediction["label"]) == (200, "yes")


@pytest.mark.parametrize("strips", [False, True], ids=["whole path", "rest of the path"])
def test_it_answers_below_the_path_at_which_it_is_mounted(app, strips):
    router = mounted(app, "/models/churn", strips=strips)

    answer = ask(router, "POST", "/models/churn/predict", json=RECORD)
    ready = ask(router, "GET", "/models/churn/readyz")
    page = ask(router, "GET", "/models/churn/", headers={"accept": "text/html"})
    unknown = ask(router, "GET", "/models/churn/nowhere")

    assert answer.json()["predictions"][0]["label"] == "yes"
    assert [r.status_code for r in (ready, page, unknown)] == [200, 200, 404]
    assert "http" not in page.text.partition("<head>")[2].partition("</head>")[0]


def test_it_answers_the_same_under_uvicorn(app):
    listener = socket.create_server(("127.0.0.1", 0))
    server = uvicorn.Server(uvicorn.Config(app, log_config=None, lifespan="off"))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True)
    thread.start()
    url = f"http://127.0.0.1:{listener.getsockname()[1]}"
    with httpx.Client(base_url=url, timeout=30) as client:
        over_http = client.post("/predict", json=RECORD)
        metrics = client.get("/metrics").text
    server.should_exit = True
    thread.join(30)
    listener.close()

    in_process = ask(app, "POST", "/predict", json=RECORD)
    assert over_http.json()["predictions"] == in_process.json()["predictions"]
    assert 'golive_requests_total{method="POST",route="/predict",status="200"}' in metrics


def test_a_setting_that_is_none_is_refused_before_anything_is_loaded(bundle):
    with pytest.raises(UsageError, match="no setting 'threds'"):
        golive.asgi_app(bundle.path, threds=2)


def test_an_application_has_no_process_but_its_own(bundle):
    with pytest.raises(UsageError, match="in its own process"):
        golive.asgi_app(bundle.path, isolate="model")


def test_settings_are_those_of_the_server(bundle):
    app = golive.asgi_app(bundle.path, body_limit=10)

    response = ask(app, "POST", "/predict", json=RECORD)

    assert (response.status_code, response.json()["code"]) == (413, "body_too_large")
    assert msgspec.json.decode(response.content)["request_id"]


FORKING = """
import asyncio, os, sys, warnings
warnings.simplefilter("ignore")  # newer Pythons warn of forks where there are threads
import httpx
import golive

app = golive.asgi_app(sys.argv[1], threads=2)
LARGE = [{"a": 3.0, "b": 0.0}] * 1000  # is read by a thread

async def ask():
    transport = httpx.ASGITransport(app=app)
    async with httpx.AsyncClient(transport=transport, base_url="http://localhost") as client:
        for body in (LARGE[0], LARGE, LARGE[0]):
            assert (await client.post("/predict", json=body)).status_code == 200

for _ in range(2):
    asyncio.run(asyncio.wait_for(ask(), 30))  # so that there are threads, and ids to come
    if not os.fork():
        asyncio.run(asyncio.wait_for(ask(), 30))
        sys.exit(0)
    _, status = os.wait()
    assert status == 0
"""


def test_an_application_made_before_a_fork_answers_and_logs_in_every_process(bundle):
    done = subprocess.run(
        [sys.executable, "-c", FORKING, str(bundle.path)],
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )

    assert done.returncode == 0, done.stderr
    lines = [json.loads(line) for line in done.stderr.splitlines()]
    assert len({line["request_id"] for line in lines}) == len(lines) == 12


def test_an_answer_that_is_too_large_is_refused_by_the_shortcut_s_way_too(bundle):
    app = golive.asgi_app(bundle.path, max_answer=100)

    response = ask(app, "POST", "/predict", json=RECORD)

    assert (response.status_code, response.json()["code"]) == (413, "answer_too_large")
    assert response.json()["records_that_fit"] == 0
