"""TLS: the same front behind a certificate."""

import ssl
from pathlib import Path

import httpx
import pytest
from tests.http.conformance.wire import Wire, chunked, get, request

from golive.http.front.tls import tls_context

FILES = Path(__file__).parent / "tls"


@pytest.fixture
def secure(make_front):
    return make_front(
        tls=tls_context(FILES / "certificate.pem", FILES / "key.pem"),
        body_bytes=100_000,
        linger_seconds=0.2,
        head_seconds=1,
        idle_seconds=1,
    )


def client_context(**changes):
    context = ssl.create_default_context(cafile=FILES / "certificate.pem")
    for name, value in changes.items():
        setattr(context, name, value)
    return context


def test_requests_are_answered(secure):
    with secure.wire(tls=client_context()) as wire:
        wire.send(
            get("/a"), request("POST", "/b", body=b"x") + chunked("POST", "/c", chunks=[b"y"])
        )

        assert [wire.answer().json["path"] for _ in range(3)] == ["/a", "/b", "/c"]


def test_a_large_answer_comes_through(secure):
    with secure.wire(tls=client_context()) as wire:
        wire.send(get("/a?fill=3000000", "Connection: close"))
        [answer] = wire.answers()

    assert len(answer.json["fill"]) == 3_000_000


def test_a_client_that_sends_too_much_reads_that_it_did(secure):
    host, port = secure.address

    answer = httpx.post(f"https://{host}:{port}/a", content=b"x" * 150_000, verify=client_context())

    assert answer.status_code == 413


def test_what_is_no_request_is_refused(secure):
    with secure.wire(tls=client_context()) as wire:
        wire.send(b"nonsense\r\n\r\n")

        assert wire.answer().code == "bad_request"


def test_tls_1_1_is_not_spoken(secure):
    with pytest.warns(DeprecationWarning, match="TLSv1"):
        old = client_context(
            minimum_version=ssl.TLSVersion.TLSv1, maximum_version=ssl.TLSVersion.TLSv1_1
        )

    with pytest.raises((ssl.SSLError, ConnectionResetError)):
        secure.wire(tls=old)


def test_http_1_1_is_what_is_agreed_on(secure):
    context = client_context()
    context.set_alpn_protocols(["h2", "http/1.1"])

    with secure.wire(tls=context) as wire:
        assert wire.socket.selected_alpn_protocol() == "http/1.1"


def test_a_plain_client_is_let_go(secure):
    with Wire(secure.address) as wire:
        wire.send(get("/a"))
        wire._receive()
        wire._receive()

        assert wire.is_ended
    assert secure.gateway.admitted == []


def test_a_client_that_shakes_no_hands_is_let_go_and_counted(secure):
    with secure.wire(tls=client_context()) as wire:
        wire.send(get("/a"))
        wire.answer()
    with Wire(secure.address) as wire:
        wire._receive()

        assert wire.is_ended
    secure.wait_until(lambda: secure.counted)
    assert secure.counted == ["handshake"]


def test_the_server_ends(secure):
    with secure.wire(tls=client_context()) as wire:
        wire.send(get("/a"))
        wire.answer()
        secure.stop(grace=5)
        secure.thread.join(10)

        assert not secure.thread.is_alive()
