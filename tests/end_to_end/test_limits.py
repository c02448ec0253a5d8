"""Every limit of docs/reference/limits.md, run into on a real server: its code, and its count."""

import gzip
import json
import re
import socket
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path

import httpx
import pytest
from tests.end_to_end.live_server import serving

PAGE = Path(__file__).resolve().parents[2] / "docs" / "reference" / "limits.md"
FUNCTION = """
import time
from dataclasses import dataclass


@dataclass(frozen=True)
class Question:
    text: str = ""
    seconds: float = 0.0
    fill: int = 0


def answer(question: Question) -> str:
    time.sleep(question.seconds)
    return "x" * question.fill
"""
LIMITS = {
    "--max-body": "15000000",
    "--max-records": "3",
    "--max-answer": "40MB",
    "--max-text": "1000",
    "--max-decompression": "50",
    "--header-limit": "0.5",
    "--read-limit": "0.5",
    "--write-limit": "0.5",
    "--time-limit": "1",
    "--threads": "2",
    "--queue": "0",
    "--connections": "12",
}


@pytest.fixture(scope="module")
def bundle(tmp_path_factory):
    folder = tmp_path_factory.mktemp("limits")
    (folder / "model.py").write_text(FUNCTION)
    (folder / "sample.jsonl").write_text('{"text": "a"}\n{"text": "b", "fill": 1}\n')
    command = ["pack", "model.py:answer", "--data", "sample.jsonl", "-o", "answer.bundle"]
    subprocess.run([sys.executable, "-m", "golive", *command], cwd=folder, check=True)
    return folder / "answer.bundle"


@pytest.fixture(scope="module")
def server(bundle, tmp_path_factory):
    options = [word for pair in LIMITS.items() for word in pair]
    with serving(bundle, tmp_path_factory.mktemp("served"), *options) as served:
        yield served


def counts(server):
    """How often each code was counted."""
    found = re.findall(
        r'^golive_errors_total{code="(\w+)"} (\S+)$',
        server.client.get("/metrics").text,
        re.MULTILINE,
    )
    return {code: float(number) for code, number in found}


def predict(server, body, **headers):
    content = body if isinstance(body, bytes) else json.dumps(body).encode()
    given = {name.replace("_", "-"): value for name, value in headers.items()}
    given["content-type"] = "application/json"
    return server.client.post("/predict", content=content, headers=given)


def connected(server):
    url = server.client.base_url
    return socket.create_connection((url.host, url.port), timeout=20)


def code_of(connection):
    """The code of the problem that comes, whatever else does."""
    received = b""
    while part := connection.recv(65536):
        received += part
    return json.loads(received.partition(b"\r\n\r\n")[2])["code"]


def large_head(server):
    with connected(server) as connection:
        connection.sendall(b"GET / HTTP/1.1\r\nhost: a\r\nx: " + b"x" * 70_000)
        return code_of(connection)


def slow_body(server):
    with connected(server) as connection:
        connection.sendall(
            b"POST /predict HTTP/1.1\r\nhost: localhost\r\ncontent-length: 9\r\n"
            b"content-type: application/json\r\n\r\n{"
        )
        return code_of(connection)


def one_too_many(server):
    with ExitStack() as stack:
        for _ in range(12):
            stack.enter_context(connected(server))
        return code_of(stack.enter_context(connected(server)))


def unread_answer(server):
    asked = json.dumps({"fill": 30_000_000}).encode()
    before = counts(server).get("write_time_limit", 0.0)
    with connected(server) as connection:
        connection.sendall(
            b"POST /predict HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\n"
            b"content-length: %d\r\n\r\n%s" % (len(asked), asked)
        )
        deadline = time.monotonic() + 20
        while counts(server).get("write_time_limit", 0.0) == before:
            assert time.monotonic() < deadline
            time.sleep(0.1)
    return "write_time_limit"


def busy_threads(server):
    def ask(_):
        answer = httpx.post(f"{server.client.base_url}/predict", json={"seconds": 0.9}, timeout=20)
        return answer.json().get("code")

    with ThreadPoolExecutor(6) as pool:
        codes = set(pool.map(ask, range(6)))
    return "overloaded" if "overloaded" in codes else codes


def of_record(server, record):
    """The code of a record that fails between two that are answered."""
    answer = predict(server, [{}, record, {}])
    first, failed, last = answer.json()["predictions"]
    assert (answer.status_code, first, last) == (200, {"value": ""}, {"value": ""})
    return failed["error"]["code"]


def whole(server, body, **headers):
    return predict(server, body, **headers).json()["code"]


LARGE = gzip.compress(b'{"text": "' + b"x" * 3_000_000 + b'"}')
DEEP = json.loads("[" * 150 + "]" * 150)
OVER = {
    "headers_too_large": large_head,
    "read_time_limit": slow_body,
    "body_too_large": lambda server: whole(server, b" " * 15_000_001),
    "ratio_too_large": lambda server: whole(server, LARGE, content_encoding="gzip"),
    "answer_too_large": lambda server: whole(server, {"fill": 40_000_000}),
    "too_many_records": lambda server: whole(server, [{}] * 4),
    "too_deep": lambda server: of_record(server, {"text": "a", "unknown": DEEP}),
    "text_too_long": lambda server: of_record(server, {"text": "x" * 1001}),
    "time_limit": lambda server: whole(server, {"seconds": 1.5}),
    "overloaded": busy_threads,
    "too_many_connections": one_too_many,
    "write_time_limit": unread_answer,
}
ELSEWHERE = {"too_large"}  # bytes and images of tables: tests/engine


@pytest.mark.slow
@pytest.mark.parametrize("code", OVER)
def test_what_is_over_a_limit_has_its_code_and_is_counted(server, code):
    before = counts(server).get(code, 0.0)

    assert OVER[code](server) == code

    assert counts(server)[code] > before
    time.sleep(0.6)  # threads that outlived the time limit are done, too
    assert predict(server, {"text": "fine"}).status_code == 200


def test_every_code_of_the_page_is_run_into():
    rows = [line for line in PAGE.read_text().splitlines() if line.startswith("| ")][1:]
    listed = {code for row in rows for code in re.findall(r"`(\w+)`", row.split(" | ")[-1])}

    assert listed == OVER.keys() | ELSEWHERE
