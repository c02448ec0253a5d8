"""Real servers on real sockets."""

import json
import os
import signal
import socket
import ssl
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from http import HTTPStatus
from pathlib import Path

import httpx
import msgspec
import pytest
from prometheus_client.parser import text_string_to_metric_families
from tests.http.conftest import SERVER

JSON = {"content-type": "application/json"}


def raw(url, sent):
    """Send bytes and read until the server closes."""
    host, port = httpx.URL(url).host, httpx.URL(url).port
    with socket.create_connection((host, port), timeout=30) as connection:
        connection.sendall(sent)
        answer = b""
        while received := connection.recv(65536):
            answer += received
    return answer


def lines_of(log):
    return [json.loads(line) for line in log.splitlines()]


def test_a_server_answers_and_ends_cleanly_on_sigterm(start_server):
    server = start_server()

    with server.client() as client:
        response = client.post("/predict", json={"x": 2})
    server.signal()
    printed, log = server.end()

    assert msgspec.json.decode(response.content)["predictions"] == [{"score": 2.0}]
    assert (printed, server.process.returncode) == ("ended\n", 0)
    assert [line["route"] for line in lines_of(log)] == ["/predict"]


def test_a_server_ends_cleanly_on_ctrl_c(start_server):
    server = start_server()

    server.signal(signal.SIGINT)
    printed, log = server.end()

    assert (printed, log, server.process.returncode) == ("ended\n", "", 0)


def test_a_connection_serves_many_requests(start_server):
    server = start_server()

    with server.client() as client:
        bodies = [client.post("/predict", json={"x": n}).json() for n in range(20)]
        connections = client._transport._pool.connections

    assert [body["predictions"][0]["score"] for body in bodies] == list(range(20))
    assert len(connections) == 1


def test_64_clients_get_each_their_own(start_server):
    server = start_server(threads=2)
    limits = httpx.Limits(max_connections=64)

    with (
        httpx.Client(base_url=server.url, timeout=60, limits=limits) as client,
        ThreadPoolExecutor(64) as pool,
    ):

        def ask(number):
            records = [{"x": number}, {}, {"x": -number}]
            body = {"records": records, "ids": [f"{number}-{i}" for i in range(3)]}
            return msgspec.json.decode(client.post("/predict", json=body).content)

        bodies = list(pool.map(ask, range(256)))

    assert [[p["id"] for p in b["predictions"]] for b in bodies] == [
        [f"{number}-{i}" for i in range(3)] for number in range(256)
    ]
    assert [b["predictions"][0]["score"] for b in bodies] == list(range(256))
    assert len({b["request_id"] for b in bodies}) == 256


def test_a_slow_body_is_408(start_server):
    server = start_server(read_limit=0.2)
    head = b"POST /predict HTTP/1.1\r\nHost: localhost\r\nContent-Length: 10\r\n"

    answer = raw(server.url, head + b"Content-Type: application/json\r\n\r\n[")

    assert answer.startswith(b"HTTP/1.1 408 ")
    assert b'"code":"read_time_limit"' in answer


def test_a_big_body_is_413_that_the_client_can_read(start_server):
    server = start_server(body_limit=100_000)

    with server.client() as client:
        response = client.post("/predict", content=b" " * 200_000, headers=JSON)

    assert response.status_code == 413
    assert response.json()["code"] == "body_too_large"


def test_a_big_body_without_a_length_is_413(start_server):
    server = start_server(body_limit=100_000)

    with server.client() as client:
        response = client.post("/predict", content=iter([b" " * 150_000]), headers=JSON)

    assert response.status_code == 413


def test_a_model_that_takes_too_long_is_504(start_server):
    server = start_server("load_slow_model", time_limit=0.2)

    with server.client() as client:
        response = client.post("/predict", json={"x": 1})

    assert (response.status_code, response.json()["code"]) == (504, "time_limit")


def test_an_open_request_is_answered_before_the_end(start_server):
    server = start_server("load_slow_model")

    with server.client() as client, ThreadPoolExecutor(1) as pool:
        answer = pool.submit(client.post, "/predict", json={"x": 1})
        with server.client() as other:
            while "golive_requests_in_flight 2.0" not in other.get("/metrics").text:
                pass
        server.signal()
        response = answer.result()
    server.end()

    assert response.json()["predictions"] == [{"score": 1.0}]
    assert server.process.returncode == 0


def test_a_draining_server_is_unready_and_still_answers(start_server):
    server = start_server(drain=1.0)

    with server.client() as client:
        server.signal()
        while (ready := client.get("/readyz")).status_code == 200:
            pass
        answer = client.post("/predict", json={"x": 2})
    server.end()

    assert (ready.status_code, ready.json()["code"]) == (503, "draining")
    assert answer.status_code == 200
    assert server.process.returncode == 0


@pytest.mark.parametrize("workers", [1, 2])
def test_a_second_signal_does_not_wait_for_the_draining(start_server, workers):
    server = start_server(drain=300, workers=workers)

    with server.client() as client:
        server.signal()
        while client.get("/readyz").status_code == 200:
            pass
        time.sleep(1.2)  # sooner, it could be the first one, passed on to the workers
        server.signal()
        printed, _ = server.end()

    assert (printed, server.process.returncode) == ("ended\n", 0)


@pytest.mark.parametrize("workers", [1, 2])
def test_a_model_that_does_not_load_ends_the_server(start_server, workers):
    server = start_server("load_corrupt_model", workers=workers)
    server.end()

    assert server.first_line == (
        "failed|bundle_corrupt|sum: the file model/model.joblib is not the one that was packed."
        "|Pack it again."
    )
    assert server.process.returncode == 1


def test_workers_share_a_port_and_their_metrics(start_server):
    server = start_server(workers=2)

    for number in range(20):
        with server.client() as client:
            assert client.post("/predict", json={"x": number}).status_code == 200
    with server.client() as client:
        text = client.get("/metrics").text
    server.signal()
    printed, log = server.end()

    counted = [
        sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
        if sample.labels.get("route") == "/predict" and sample.name == "golive_requests_total"
    ]
    assert counted == [20]
    assert 'golive_model_info{drifted="false",model="sum",version="0123456789ab"} 1.0' in text
    assert (printed, server.process.returncode) == ("ended\n", 0)
    assert len([line for line in lines_of(log) if line["event"] == "request"]) == 21


def test_auto_takes_a_worker_for_each_processor(start_server):
    server = start_server(workers="auto")

    with server.client() as client:
        assert client.post("/predict", json={"x": 1}).status_code == 200
    server.signal()
    printed, log = server.end()

    assert (printed, server.process.returncode) == ("ended\n", 0)
    assert [line["route"] for line in lines_of(log)] == ["/predict"]


def test_https_is_spoken_with_a_certificate(start_server):
    files = Path(__file__).parent / "conformance" / "tls"
    trust = ssl.create_default_context(cafile=files / "certificate.pem")
    server = start_server(
        workers=2,
        tls_certificate=str(files / "certificate.pem"),
        tls_key=str(files / "key.pem"),
    )

    with httpx.Client(base_url=server.url, verify=trust, timeout=30) as client:
        bodies = [client.post("/predict", json={"x": n}).json() for n in range(3)]

    assert server.url.startswith("https://127.0.0.1:")
    assert [body["predictions"][0]["score"] for body in bodies] == [0.0, 1.0, 2.0]


def test_tls_files_that_cannot_be_used_are_told_at_once(start_server):
    server = start_server(tls_certificate="/nowhere/certificate.pem")
    server.end()

    assert server.first_line == (
        "failed|usage|/nowhere/certificate.pem cannot be read: No such file or directory."
        "|--tls-certificate and --tls-key name PEM files that this user may read."
    )
    assert server.process.returncode == 1


def test_a_worker_that_dies_is_replaced(start_server):
    server = start_server("load_fragile_model", workers=2)

    with server.client() as client:
        for _ in range(3):
            with pytest.raises(httpx.RemoteProtocolError):
                client.post("/predict", json={"x": -1})
        response = client.post("/predict", json={"x": 1})
    server.signal()
    printed, log = server.end()

    assert response.status_code == 200
    assert (printed, server.process.returncode) == ("ended\n", 0)
    died = [line for line in lines_of(log) if "died with exit code 7" in line.get("message", "")]
    assert [line["level"] for line in died] == ["error"] * 3


@pytest.mark.skipif(sys.platform != "linux", reason="how workers begin is read from /proc")
@pytest.mark.parametrize("has_threads", [False, True])
def test_workers_are_copies_unless_threads_would_be_missing_in_them(start_server, has_threads):
    server = start_server(workers=2, has_threads=has_threads)

    process = server.process.pid
    children = Path(f"/proc/{process}/task/{process}/children").read_text().split()
    commands = [Path(f"/proc/{child}/cmdline").read_bytes() for child in children]
    own = Path(f"/proc/{process}/cmdline").read_bytes()

    assert commands.count(own) == (0 if has_threads else 2)
    with server.client() as client:
        assert client.post("/predict", json={"x": 1}).status_code == 200


@pytest.mark.parametrize("has_threads", [False, True])
def test_workers_end_with_a_server_that_is_killed(start_server, has_threads):
    server = start_server(workers=3, has_threads=has_threads)
    server.signal(signal.SIGKILL)
    server.process.wait(30)

    def is_served():
        try:
            return httpx.get(f"{server.url}/healthz", timeout=5).status_code == 200
        except httpx.TransportError:
            return False

    deadline = time.monotonic() + 30
    while is_served() and time.monotonic() < deadline:
        time.sleep(0.05)
    assert not is_served()


@pytest.mark.skipif(sys.platform != "linux", reason="Python itself begins processes elsewhere")
@pytest.mark.parametrize("has_workers", [False, True])
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_while_workers_begin_ends_all_of_them_cleanly(tmp_path, number, has_workers):
    script = tmp_path / "serving_script.py"
    script.write_text(SERVER)
    process = subprocess.Popen(
        [sys.executable, script, "load_fake_models", '{"workers": 3, "has_threads": false}'],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env=os.environ | {"TMPDIR": str(tmp_path)},
        start_new_session=True,
    )
    shown = "golive-metrics-*/connections" if has_workers else "golive-metrics-*"

    while not [*tmp_path.glob(shown)] and process.poll() is None:
        time.sleep(0.001)
    os.killpg(process.pid, number)
    printed, log = process.communicate(timeout=60)

    assert (process.returncode, log, printed.splitlines()[-1:]) == (0, b"", [b"ended"])
    assert [path.name for path in tmp_path.iterdir()] == [script.name]


@pytest.mark.parametrize(
    ("sent", "status", "code"),
    [
        (b"\x00\x01 nonsense\r\n\r\n", 400, "bad_request"),
        (b"GET /healthz HTTP/1.1\r\n\r\n", 400, "bad_request"),
        (b"GET / HTTP/1.1\r\nhost: a\r\nx: " + b"x" * 66_000, 431, "headers_too_large"),
    ],
    ids=["no http", "no host", "large headers"],
)
def test_malformed_http_is_a_problem_and_does_not_end_the_server(start_server, sent, status, code):
    server = start_server()

    head, _, body = raw(server.url, sent).partition(b"\r\n\r\n")

    with server.client() as client:
        assert client.get("/healthz").status_code == 200
    server.signal()
    log = lines_of(server.end()[1])
    assert head.split(b"\r\n")[0] == b"HTTP/1.1 %d %s" % (
        status,
        HTTPStatus(status).phrase.encode(),
    )
    assert b"content-type: application/problem+json" in head
    assert (msgspec.json.decode(body)["code"], log[0]["codes"]) == (code, {code: 1})
    assert [line["event"] for line in log] == ["request", "request"]


def test_a_body_whose_chunks_break_off_is_one_exchange(start_server):
    server = start_server()
    sent = (
        b"POST /predict HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\n"
        b"transfer-encoding: chunked\r\n\r\n5\r\n[1, 2\r\nnonsense\r\n"
    )

    head, _, body = raw(server.url, sent).partition(b"\r\n\r\n")

    server.signal()
    [line] = lines_of(server.end()[1])
    assert head.startswith(b"HTTP/1.1 400 ")
    assert msgspec.json.decode(body)["code"] == "bad_request"
    assert (line["method"], line["path"], line["status"]) == ("POST", "/predict", 400)
    assert line["codes"] == {"bad_request": 1}
