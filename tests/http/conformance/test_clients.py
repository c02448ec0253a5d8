"""Clients that others wrote."""

import http.client
from concurrent.futures import ThreadPoolExecutor

import httpx
import pytest
import requests


@pytest.fixture
def url(server):
    host, port = server.address
    return f"http://{host}:{port}"


def test_httpx_keeps_its_connection(url):
    with httpx.Client(base_url=url) as client:
        bodies = [client.post(f"/{n}", content=b"x" * n).json() for n in range(20)]

        assert [(b["path"], len(b["body"])) for b in bodies] == [(f"/{n}", n) for n in range(20)]
        assert len(client._transport._pool.connections) == 1


def test_httpx_sends_chunks(url):
    with httpx.Client(base_url=url) as client:
        answer = client.post("/a", content=iter([b"one ", b"two"]))

    assert answer.json()["body"] == "one two"


def test_requests_keeps_its_connection(url):
    with requests.Session() as session:
        paths = [session.get(f"{url}/a b/é?n={n}").json() for n in range(5)]

    assert [(p["path"], p["query"]) for p in paths] == [("/a b/é", f"n={n}") for n in range(5)]


def test_http_client_asks_in_every_way(server):
    client = http.client.HTTPConnection(*server.address, timeout=10)
    answers = []
    for method in ("GET", "POST", "PUT", "DELETE", "PATCH", "OPTIONS", "HEAD"):
        client.request(method, "/a", body=b"x" if method == "POST" else None)
        response = client.getresponse()
        answers.append((method, response.status, len(response.read()) > 0))
    client.close()

    assert answers == [
        ("GET", 200, True),
        ("POST", 200, True),
        ("PUT", 200, True),
        ("DELETE", 200, True),
        ("PATCH", 200, True),
        ("OPTIONS", 200, True),
        ("HEAD", 200, False),
    ]


def test_64_clients_get_each_their_own(url):
    limits = httpx.Limits(max_connections=64)
    with (
        httpx.Client(base_url=url, limits=limits, timeout=60) as client,
        ThreadPoolExecutor(64) as pool,
    ):
        answers = list(pool.map(lambda n: client.post("/a", content=str(n)).json(), range(512)))

    assert [answer["body"] for answer in answers] == [str(n) for n in range(512)]


def test_a_client_that_sends_too_much_reads_that_it_did(make_front):
    front = make_front(body_bytes=100_000)
    host, port = front.address

    for content in (b"x" * 150_000, iter([b"x" * 50_000] * 3)):
        answer = httpx.post(f"http://{host}:{port}/a", content=content)
        assert (answer.status_code, answer.json()["code"]) == (413, "body_too_large")
