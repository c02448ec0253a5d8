"""CORS: what browsers ask beforehand, and the headers of every answer, errors among them."""

from datetime import UTC, datetime

import pytest
from tests.http.conformance.wire import get, request
from tests.http.gateways import make_gateway

from golive.access.gatekeeper import Gatekeeper
from golive.access.key_desk import KeyDesk, KeyWish
from golive.http.limits import AppLimits
from golive.service.cors import read_origins
from golive.service.openapi_responses import HEADERS
from golive.testing.keys import MemoryKeys
from golive.testing.services import fake_model

APP = "https://app.example.com"
ORIGIN = f"Origin: {APP}"
JSON = "Content-Type: application/json"
EXPOSED = (
    "golive-request-id, golive-model-version, golive-feature-versions, golive-environment, "
    "golive-defaults, retry-after, ratelimit, ratelimit-policy, x-request-id, traceparent"
)
PATHS = [
    "/predict",
    "/models/sum/predict",
    "/readyz",
    "/metrics",
    "/",
    "/nothing",
    "/admin/refresh",
]


class Locked:
    """A gateway that wants keys, and lets pages of some origins read answers."""

    def __init__(self, *origins, limits=None, **options):
        now = datetime.now(UTC)
        store = MemoryKeys()
        _, self.key = KeyDesk(store, clock=lambda: now).create(
            KeyWish(name="page", rate="1/h", burst=2)
        )
        self.gateway, _ = make_gateway(
            fake_model("sum"),
            limits=limits or AppLimits(body_bytes=1000),
            origins=read_origins(origins or (APP,)),
            gatekeeper=Gatekeeper(store, clock=now.timestamp),
            body_bytes=1000,
            **options,
        )


@pytest.fixture
def locked():
    return Locked()


def preflight(path, *lines, origin=APP, method="POST"):
    asked = [f"Origin: {origin}", f"Access-Control-Request-Method: {method}"]
    return request("OPTIONS", path, *asked, *lines)


def crossing(answer):
    return {
        name: value
        for name, value in answer.headers.items()
        if name.startswith("access-control-") or name == "vary"
    }


def test_every_header_that_the_document_describes_may_be_read():
    assert set(HEADERS) - {"allow"} <= set(EXPOSED.split(", "))


ALLOWED = {
    "vary": "origin",
    "access-control-allow-origin": APP,
    "access-control-expose-headers": EXPOSED,
}


@pytest.mark.parametrize("path", PATHS)
def test_a_preflight_needs_no_key_on_any_path(make_server, locked, path):
    server = make_server(locked.gateway)

    answer = server.ask(preflight(path, "Access-Control-Request-Headers: content-type, x-api-key"))

    assert (answer.status, answer.body) == (204, b"")
    assert "content-length" not in answer.headers
    assert "content-type" not in answer.headers
    assert answer.headers["access-control-allow-origin"] == APP
    assert answer.headers["access-control-allow-headers"] == "content-type, x-api-key"
    assert answer.headers["access-control-max-age"] == "600"
    assert answer.headers["vary"] == "origin, access-control-request-headers"
    assert "access-control-allow-credentials" not in answer.headers


def test_a_preflight_says_which_methods_the_path_takes(make_server, locked):
    server = make_server(locked.gateway)

    allowed = [
        server.ask(preflight(path)).headers["access-control-allow-methods"]
        for path in ("/predict", "/readyz", "/nothing")
    ]

    assert allowed == ["GET, HEAD, POST", "GET, HEAD", "GET, HEAD, POST"]


@pytest.mark.parametrize("origin", ["https://evil.example", "null", f"{APP}:444", f"{APP}, {APP}"])
def test_a_preflight_of_another_origin_is_refused(make_server, locked, origin):
    answer = make_server(locked.gateway).ask(preflight("/predict", origin=origin))

    assert (answer.status, answer.code) == (403, "origin_not_allowed")
    assert crossing(answer) == {"vary": "origin"}


def test_a_preflight_under_another_host_is_refused(make_server, locked):
    asked = preflight("/predict").replace(b"Host: localhost", b"Host: evil.example")

    assert make_server(locked.gateway).ask(asked).status == 421


def test_the_connection_goes_on_after_a_preflight(make_server, locked):
    with make_server(locked.gateway).wire() as wire:
        for _ in range(3):
            wire.send(preflight("/predict"))
            assert wire.answer().status == 204
            wire.send(request("POST", "/predict", ORIGIN, JSON, body=b'{"x":1}'))
            assert wire.answer().status == 401


def test_answers_and_refusals_have_the_headers(make_server, locked):
    server = make_server(locked.gateway)
    key = f"X-Api-Key: {locked.key}"

    def post(*lines, body=b'{"x":1}', path="/predict"):
        return server.ask(request("POST", path, ORIGIN, *lines, body=body))

    answers = [
        post(JSON, key),
        post(JSON),
        post(JSON, "X-Api-Key: gl_no"),
        post(JSON, key, path="/nothing"),
        post(JSON, key, path="/readyz"),
        post(key),
        post(JSON, key, body=b"x" * 1001),
        server.ask(get("/predict?x=%ff", ORIGIN, key)),
        post(JSON, key),
        post(JSON, key),
    ]

    statuses = [200, 401, 401, 404, 405, 415, 413, 400, 200, 429]
    assert [answer.status for answer in answers] == statuses
    assert [crossing(answer) for answer in answers] == [ALLOWED] * len(answers)
    assert "retry-after" in answers[-1].headers


def test_one_that_starts_has_the_headers(make_server):
    locked = Locked(stage="starting")
    answer = make_server(locked.gateway).ask(get("/readyz", ORIGIN))

    assert (answer.status, crossing(answer)) == (503, ALLOWED)


def test_a_body_that_does_not_come_gets_the_headers(make_server):
    locked = Locked(limits=AppLimits(read_seconds=0.2))
    server = make_server(locked.gateway, body_seconds=0.2)

    answer = server.ask(request("POST", "/predict", ORIGIN, JSON, "Content-Length: 10"))

    assert (answer.status, crossing(answer)) == (408, ALLOWED)


def test_chunks_that_are_none_get_the_headers(make_front):
    server = make_front(gateway=Locked().gateway)

    answer = server.ask(
        request("POST", "/predict", ORIGIN, "Transfer-Encoding: chunked") + b"nonsense\r\n"
    )

    assert (answer.status, answer.code, crossing(answer)) == (400, "bad_request", ALLOWED)


def test_a_body_that_the_front_refuses_gets_the_headers(make_front):
    server = make_front(gateway=Locked().gateway, body_bytes=10)

    answer = server.ask(request("POST", "/predict", ORIGIN, JSON, body=b"x" * 11))

    assert (answer.status, answer.code, crossing(answer)) == (413, "body_too_large", ALLOWED)


def test_each_origin_gets_its_own_headers_from_the_same_connection(make_server):
    other = "http://localhost:3000"
    locked = Locked(APP, other)

    with make_server(locked.gateway).wire() as wire:
        for origin in (APP, other, "https://evil.example", APP, other):
            wire.send(get("/readyz", f"Origin: {origin}"))
            answer = wire.answer()
            expected = None if "evil" in origin else origin
            assert answer.status == 200
            assert answer.headers.get("access-control-allow-origin") == expected
            assert answer.headers["vary"] == "origin"


def test_every_origin_is_never_one_with_credentials(make_server):
    locked = Locked("*")
    server = make_server(locked.gateway)

    asked, answer = server.ask(preflight("/predict")), server.ask(get("/readyz", ORIGIN))

    assert asked.status == 204
    assert crossing(answer) == {
        "access-control-allow-origin": "*",
        "access-control-expose-headers": EXPOSED,
    }
    assert asked.headers["access-control-allow-origin"] == "*"
    assert "access-control-allow-credentials" not in asked.headers


def test_without_origins_nothing_is_said(make_server):
    gateway, _ = make_gateway(fake_model("sum"))
    server = make_server(gateway)

    asked, answer = server.ask(preflight("/predict")), server.ask(get("/readyz", ORIGIN))

    assert (asked.status, crossing(asked)) == (405, {})
    assert (answer.status, crossing(answer)) == (200, {})


HEAD = f"GET /readyz HTTP/1.1\r\nHost: localhost\r\n{ORIGIN}\r\n".encode()
WITH_ORIGIN = {
    "a head that is too large": (431, HEAD + b"X: " + b"a" * 70_000),
    "two hosts": (400, HEAD + b"Host: b\r\n\r\n"),
    "a control character": (400, HEAD + b"X: a\x01b\r\n\r\n"),
    "a null": (400, HEAD + b"X: a\x00b\r\n\r\n"),
    "a method that is none": (400, HEAD.replace(b"GET", b"FETCH") + b"\r\n"),
    "a length that is none": (400, HEAD + b"Content-Length: x\r\n\r\n"),
    "written otherwise": (400, HEAD.replace(b"Origin: ", b"ORIGIN:\t ") + b"Host: b\r\n\r\n"),
}


@pytest.mark.parametrize(("status", "sent"), WITH_ORIGIN.values(), ids=WITH_ORIGIN.keys())
def test_a_head_that_cannot_be_read_has_the_headers_of_the_origin_that_it_names(
    make_front, status, sent
):
    answer = make_front(gateway=Locked(APP, "http://localhost:3000").gateway).ask(sent)

    assert (answer.status, crossing(answer)) == (status, ALLOWED)


def test_a_head_that_does_not_come_has_them_too(make_front):
    front = make_front(gateway=Locked(APP, "http://localhost:3000").gateway, head_seconds=0.2)

    answer = front.ask(HEAD)

    assert (answer.status, answer.code, crossing(answer)) == (408, "read_time_limit", ALLOWED)


EVIL = HEAD.replace(APP.encode(), b"https://evil.example")
WITHOUT_ORIGIN = {
    "another origin": EVIL + b"Host: b\r\n\r\n",
    "two origins": HEAD + f"{ORIGIN}\r\nHost: b\r\n\r\n".encode(),
    "two origins, one of which is another": EVIL + f"{ORIGIN}\r\nHost: b\r\n\r\n".encode(),
    "the origin of the next request": b"GET / HTTP/1.1\r\n\r\n" + HEAD + b"\r\n",
    "an origin that is not complete": b"GET / HTTP/1.1\r\nX: \x00\r\nOrigin: " + APP.encode(),
    "an origin behind what is too large": HEAD.replace(
        b"Origin", b"X: " + b"a" * 70_000 + b"\r\nOrigin"
    ),
    "no request at all": b"\x00\x01\r\n\r\n",
}


@pytest.mark.parametrize("sent", WITHOUT_ORIGIN.values(), ids=WITHOUT_ORIGIN.keys())
def test_a_head_that_cannot_be_read_is_told_to_no_origin_that_it_does_not_name(make_front, sent):
    answer = make_front(gateway=Locked(APP, "http://localhost:3000").gateway).ask(sent)

    assert answer.status in (400, 431)
    assert crossing(answer) == {"vary": "origin"}


@pytest.mark.parametrize("origin", [APP, "*"])
def test_what_names_no_origin_is_for_the_only_one_that_there_is(make_front, origin):
    front = make_front(gateway=Locked(origin).gateway)
    sent = (b"\x00\x01\r\n\r\n", b"GET / HTTP/1.1\r\nX: " + b"a" * 70_000)

    answers = [front.ask(bytes_) for bytes_ in sent]

    assert [answer.status for answer in answers] == [400, 431]
    allowed = {answer.headers["access-control-allow-origin"] for answer in answers}
    assert allowed == {origin}


def test_where_there_is_one_origin_a_head_that_names_another_is_not_told_to_it(make_front):
    front = make_front(gateway=Locked().gateway)

    unreadable, readable = front.ask(EVIL + b"Host: b\r\n\r\n"), front.ask(get("/readyz"))

    assert (unreadable.status, crossing(unreadable)) == (400, {"vary": "origin"})
    assert (readable.status, crossing(readable)) == (200, {"vary": "origin"})


def test_a_connection_too_many_is_told_to_the_only_origin(make_front):
    front = make_front(gateway=Locked().gateway, connections=1)

    with front.wire() as first:
        first.send(get("/readyz"))
        assert first.answer().status == 200
        with front.wire() as second:
            answer = second.answer()

    assert (answer.status, crossing(answer)) == (503, ALLOWED)
