"""What is no request, or could be read as two: always a problem, and the connection closes."""

import pytest
from tests.http.conformance.wire import get, request

HEAD = b"POST /a HTTP/1.1\r\nHost: a\r\n"
CHUNKED = HEAD + b"Transfer-Encoding: chunked\r\n\r\n"

AMBIGUOUS = {
    "length and chunks": HEAD + b"Content-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
    "chunks and length": HEAD + b"Transfer-Encoding: chunked\r\nContent-Length: 3\r\n\r\n0\r\n\r\n",
    "two lengths": HEAD + b"Content-Length: 3\r\nContent-Length: 4\r\n\r\nabcd",
    "two lengths in one": HEAD + b"Content-Length: 3, 4\r\n\r\nabcd",
    "signed length": HEAD + b"Content-Length: +3\r\n\r\nabc",
    "negative length": HEAD + b"Content-Length: -3\r\n\r\nabc",
    "hexadecimal length": HEAD + b"Content-Length: 0x3\r\n\r\nabc",
    "length with a space": HEAD + b"Content-Length: 1 2\r\n\r\nabc",
    "length with a point": HEAD + b"Content-Length: 3.0\r\n\r\nabc",
    "empty length": HEAD + b"Content-Length:\r\n\r\n",
    "endless length": HEAD + b"Content-Length: " + b"9" * 30 + b"\r\n\r\n",
    "unknown coding": HEAD + b"Transfer-Encoding: gzip\r\n\r\n",
    "chunks and another coding": HEAD + b"Transfer-Encoding: chunked, gzip\r\n\r\n0\r\n\r\n",
    "chunks twice": HEAD + b"Transfer-Encoding: chunked\r\n" * 2 + b"\r\n0\r\n\r\n",
    "coding with a tab": HEAD + b"Transfer-Encoding: \x0bchunked\r\n\r\n0\r\n\r\n",
    "folded line": HEAD + b"X-Asked: a\r\n b\r\n\r\n",
    "folded first line": b"GET / HTTP/1.1\r\n Host: a\r\n\r\n",
    "bare line feeds": b"GET / HTTP/1.1\nHost: a\n\n",
    "a bare line feed": HEAD + b"X-Asked: a\nContent-Length: 3\r\n\r\nabc",
    "a bare return": HEAD + b"X-Asked: a\rContent-Length: 3\r\n\r\nabc",
    "space before the colon": HEAD + b"Content-Length : 3\r\n\r\nabc",
    "tab before the colon": HEAD + b"Content-Length\t: 3\r\n\r\nabc",
    "no name": HEAD + b": a\r\n\r\n",
    "no colon": HEAD + b"X-Asked\r\n\r\n",
    "null in a name": HEAD + b"X-As\x00ked: a\r\n\r\n",
    "null in a value": HEAD + b"X-Asked: a\x00b\r\n\r\n",
    "control character in a value": HEAD + b"X-Asked: a\x01b\r\n\r\n",
    "letter beyond ASCII in a name": HEAD + b"X-\xe9: a\r\n\r\n",
    "chunk size with a sign": CHUNKED + b"+3\r\nabc\r\n0\r\n\r\n",
    "chunk size with a prefix": CHUNKED + b"0x3\r\nabc\r\n0\r\n\r\n",
    "chunk size with a space before": CHUNKED + b" 3\r\nabc\r\n0\r\n\r\n",
    "no chunk size": CHUNKED + b"\r\nabc\r\n0\r\n\r\n",
    "endless chunk size": CHUNKED + b"f" * 20 + b"\r\nabc",
    "chunk longer than it says": CHUNKED + b"3\r\nabcd\r\n0\r\n\r\n",
    "chunk size with a bare line feed": CHUNKED + b"3\nabc\r\n0\r\n\r\n",
    "chunk with a bare line feed": CHUNKED + b"3\r\nabc\n0\r\n\r\n",
    "bare line feed in an extension": CHUNKED + b"3;a\nb\r\nabc\r\n0\r\n\r\n",
    "trailer without a colon": CHUNKED + b"0\r\nabc\r\n\r\n",
    "folded trailer": CHUNKED + b"0\r\na: b\r\n c\r\n\r\n",
}

UNREADABLE = {
    "two hosts": HEAD + b"Host: b\r\n\r\n",
    "nonsense": b"\x00\x01 nonsense\r\n\r\n",
    "text": b"hello\r\n\r\n",
    "http 0.9": b"GET /\r\n\r\n",
    "http 1.2": b"GET / HTTP/1.2\r\nHost: a\r\n\r\n",
    "http 2.0": b"GET / HTTP/2.0\r\nHost: a\r\n\r\n",
    "another protocol": b"GET / RTSP/1.0\r\nHost: a\r\n\r\n",
    "no version": b"GET / \r\nHost: a\r\n\r\n",
    "two spaces": b"GET  / HTTP/1.1\r\nHost: a\r\n\r\n",
    "a space in the target": b"GET /a b HTTP/1.1\r\nHost: a\r\n\r\n",
    "a space after the version": b"GET / HTTP/1.1 \r\nHost: a\r\n\r\n",
    "a tab in the target": b"GET /a\tb HTTP/1.1\r\nHost: a\r\n\r\n",
    "no target": b"GET HTTP/1.1\r\nHost: a\r\n\r\n",
    "a relative target": b"GET a/b HTTP/1.1\r\nHost: a\r\n\r\n",
    "a letter beyond ASCII in the target": b"GET /\xc3\xa9 HTTP/1.1\r\nHost: a\r\n\r\n",
    "a null in the target": b"GET /\x00 HTTP/1.1\r\nHost: a\r\n\r\n",
    "a small method": b"get / HTTP/1.1\r\nHost: a\r\n\r\n",
    "an unknown method": b"FETCH / HTTP/1.1\r\nHost: a\r\n\r\n",
    "a tunnel": b"CONNECT a:443 HTTP/1.1\r\nHost: a:443\r\n\r\n",
    "no host": b"GET /healthz HTTP/1.1\r\n\r\n",
    "another scheme": b"GET ftp://a/b HTTP/1.1\r\nHost: a\r\n\r\n",
    "a user in the target": b"GET http://a@b/c HTTP/1.1\r\nHost: b\r\n\r\n",
    "smtp": b"EHLO example.com\r\nMAIL FROM:<a@example.com>\r\n\r\n",
    "socks": b"\x05\x01\x00",
    "a bare return first": b"\rGET / HTTP/1.1\r\nHost: a\r\n\r\n",
}
TLS = bytes.fromhex("16030100c8010000c40303") + b"\x00" * 192
HTTP_2 = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" + bytes.fromhex("000000040000000000")


@pytest.mark.parametrize("sent", AMBIGUOUS.values(), ids=AMBIGUOUS.keys())
def test_what_could_be_read_as_two_requests_is_refused(strict_server, sent):
    """uvicorn answers in plain text."""
    with strict_server.wire() as wire:
        wire.send(sent + get("/smuggled"))
        answers = wire.answers()

    assert [(answer.status, answer.code) for answer in answers] == [(400, "bad_request")]
    assert answers[0].closes


@pytest.mark.parametrize("sent", AMBIGUOUS.values(), ids=AMBIGUOUS.keys())
def test_nothing_is_smuggled_in(server, sent):
    with server.wire() as wire:
        wire.send(sent + get("/smuggled"))
        answers = wire.answers()

    assert [answer.status for answer in answers] in ([], [400])


@pytest.mark.parametrize("sent", UNREADABLE.values(), ids=UNREADABLE.keys())
def test_what_is_no_request_is_refused(strict_server, sent):
    """uvicorn answers some of it (requests without a host), and the rest in plain text."""
    with strict_server.wire() as wire:
        wire.send(sent)
        answers = wire.answers()

    assert [(answer.status, answer.code) for answer in answers] == [(400, "bad_request")]
    assert answers[0].closes


@pytest.mark.parametrize("sent", [TLS, HTTP_2], ids=["TLS", "HTTP/2"])
def test_another_protocol_is_named(strict_server, sent):
    """uvicorn waits for the rest of it."""
    with strict_server.wire() as wire:
        wire.send(sent)
        [answer] = wire.answers()

    assert (answer.status, answer.code) == (400, "bad_request")
    assert ("TLS" if sent is TLS else "HTTP/2") in answer.json["detail"]


def test_what_came_before_is_answered_first(strict_server):
    """uvicorn drops it."""
    with strict_server.wire() as wire:
        wire.send(get("/slow?later=0.1") + b"nonsense\r\n\r\n")
        slow, refused = wire.answers()

    assert (slow.status, refused.status) == (200, 400)


def test_a_refusal_is_of_the_request_whose_body_it_is_in(make_front):
    front = make_front()

    front.ask(CHUNKED + b"nonsense\r\n")

    [(head, code)] = front.gateway.refused
    assert (head.method, head.path, code) == ("POST", "/a", "bad_request")


def test_the_host_of_a_whole_url_counts(make_front):
    """RFC 9112, 3.2.2; what is allowed by one host must not be asked under another."""
    answer = make_front().ask(request("GET", "http://evil.example:1/a"))

    assert answer.json["host"] == "evil.example:1"


def test_a_host_is_admitted_by_its_own_bytes_alone(make_front):
    front = make_front()

    with front.wire() as wire:
        for host in ("a", "b", "a"):
            wire.send(b"GET / HTTP/1.1\r\nHost: %s\r\n\r\n" % host.encode())
            assert wire.answer().json["host"] == host

    assert len(front.gateway.admitted) == 2
