"""Requests and answers in the bytes of a connection."""

import pytest
from tests.http.conformance.wire import chunked, get, request


def test_a_request_is_answered(server):
    answer = server.ask(request("POST", "/a?b=1", "X-Asked: c", body=b'{"x": 1}'))

    assert answer.status == 200
    assert answer.json == {
        "method": "POST",
        "path": "/a",
        "query": "b=1",
        "host": "localhost",
        "client": None,
        "asked": "c",
        "body": '{"x": 1}',
        "fill": "",
    }


def test_an_answer_has_a_date_and_no_server(server):
    answer = server.ask(get())

    assert list(answer.headers) == ["date", "content-type", "content-length"]
    assert answer.headers["date"].endswith(" GMT")
    assert len(answer.headers["date"]) == 29


def test_a_connection_serves_many_requests_one_after_the_other(server):
    with server.wire() as wire:
        for number in range(50):
            wire.send(request("POST", f"/{number % 3}", body=b"%d" % number))
            answer = wire.answer()
            assert (answer.json["path"], answer.json["body"]) == (f"/{number % 3}", f"{number}")
            assert not answer.closes


def test_the_same_head_with_other_bodies_gets_each_its_own_answer(server):
    with server.wire() as wire:
        for body in (b"aaaa", b"bbbb", b"\r\n\r\n", b"GET "):
            wire.send(request("POST", "/same", body=body))
            assert wire.answer().json["body"] == body.decode()


def test_connection_close_closes_after_the_answer(server):
    with server.wire() as wire:
        wire.send(get("/", "Connection: close"))

        assert wire.answer().closes
        assert wire.is_closed()


@pytest.mark.parametrize("value", ["close", "Close", "keep-alive, close", "x, CLOSE ,y"])
def test_connection_close_may_stand_anywhere(server, value):
    with server.wire() as wire:
        wire.send(get("/", f"Connection: {value}"), get("/second"))

        assert [answer.json["path"] for answer in wire.answers()] == ["/"]


def test_an_answer_that_closes_is_the_last(server):
    with server.wire() as wire:
        wire.send(get("/first?close=1") + get("/second"))

        assert [answer.json["path"] for answer in wire.answers()] == ["/first"]


def test_http_1_0_closes_after_the_answer(server):
    with server.wire() as wire:
        wire.send(get("/old", version="1.0"))

        assert [answer.json["path"] for answer in wire.answers()] == ["/old"]


def test_http_1_0_needs_no_host(server):
    answer = server.ask(b"GET /old HTTP/1.0\r\n\r\n")

    assert (answer.status, answer.json["host"]) == (200, None)


def test_pipelined_requests_are_answered_in_order(server):
    sent = b"".join(request("POST", f"/{n}", body=b"x" * n) for n in range(100))

    with server.wire() as wire:
        wire.send(sent)
        answers = [wire.answer() for _ in range(100)]

    assert [(a.json["path"], len(a.json["body"])) for a in answers] == [
        (f"/{n}", n) for n in range(100)
    ]


def test_pipelined_requests_are_answered_in_order_however_long_each_takes(server):
    with server.wire() as wire:
        wire.send(get("/slow?later=0.1") + get("/slower?later=0.05") + get("/quick"))

        paths = [wire.answer().json["path"] for _ in range(3)]

    assert paths == ["/slow", "/slower", "/quick"]


def test_a_request_may_come_while_another_is_answered(server):
    with server.wire() as wire:
        wire.send(get("/slow?later=0.1"), request("POST", "/a", body=b"xyz"), get("/b"))

        assert [wire.answer().json["path"] for _ in range(3)] == ["/slow", "/a", "/b"]


def test_head_has_the_headers_of_get_and_no_body(server):
    with server.wire() as wire:
        wire.send(request("HEAD", "/a") + request("GET", "/a"))
        head = wire.answer(is_head=True)
        got = wire.answer()

    assert head.headers["content-length"] == str(int(got.headers["content-length"]) + 1)
    assert got.json["path"] == "/a"


@pytest.mark.parametrize("status", [204, 304])
def test_an_answer_without_a_body_ends_with_its_head(server, status):
    with server.wire() as wire:
        wire.send(get(f"/a?status={status}") + get("/b"))

        assert (wire.answer().status, wire.answer().json["path"]) == (status, "/b")


def test_a_body_may_come_in_chunks(server):
    sent = chunked("POST", "/a", chunks=[b"one ", b"two " * 100, b"three"])

    with server.wire() as wire:
        wire.send(sent + get("/b"))

        assert wire.answer().json["body"] == "one " + "two " * 100 + "three"
        assert wire.answer().json["path"] == "/b"


def test_a_body_may_come_in_very_many_chunks(server):
    answer = server.ask(chunked("POST", "/a", chunks=[b"x"] * 20_000), get("/b"))

    assert answer.json["body"] == "x" * 20_000


def test_an_empty_chunked_body_is_empty(server):
    assert server.ask(chunked("POST", "/a", chunks=[])).json["body"] == ""


def test_chunk_extensions_are_left_out(server):
    head = request("POST", "/a", "Transfer-Encoding: chunked")

    answer = server.ask(head + b'3;name=value\r\nabc\r\n2;x="y"\r\nde\r\n0;a\r\n\r\n')

    assert answer.json["body"] == "abcde"


def test_trailers_are_left_out(strict_server):
    """Under uvicorn they become headers, which the gateway may or may not see."""
    head = request("POST", "/a", "Transfer-Encoding: chunked", "Trailer: X-Asked")
    body = b"3\r\nabc\r\n0\r\nX-Asked: no\r\nX-B: c\r\n\r\n"

    with strict_server.wire() as wire:
        wire.send(head + body + get("/next"))
        answer = wire.answer()

        assert (answer.json["body"], answer.json["asked"]) == ("abc", None)
        assert wire.answer().json["path"] == "/next"


@pytest.mark.parametrize("size", [b"A", b"a", b"0000a"])
def test_the_size_of_a_chunk_is_hexadecimal(server, size):
    head = request("POST", "/a", "Transfer-Encoding: Chunked")

    answer = server.ask(head + size + b"\r\n0123456789\r\n0\r\n\r\n")

    assert answer.json["body"] == "0123456789"


def test_leave_to_send_a_body_is_given(server):
    with server.wire() as wire:
        wire.send(request("POST", "/a", "Expect: 100-continue", "Content-Length: 3"))
        leave = wire.answer(interim=True)
        wire.send(b"abc")
        answer = wire.answer()

    assert (leave.status, leave.headers, answer.json["body"]) == (100, {}, "abc")


def test_leave_to_send_chunks_is_given(server):
    with server.wire() as wire:
        wire.send(request("POST", "/a", "Expect: 100-Continue", "Transfer-Encoding: chunked"))
        leave = wire.answer(interim=True)
        wire.send(b"3\r\nabc\r\n0\r\n\r\n")

        assert (leave.status, wire.answer().json["body"]) == (100, "abc")


def test_no_leave_is_given_where_there_is_no_body(strict_server):
    """uvicorn gives it."""
    with strict_server.wire() as wire:
        wire.send(get("/a", "Expect: 100-continue"))

        assert wire.answer(interim=True).status == 200


def test_leave_comes_after_the_answers_before_it(server):
    with server.wire() as wire:
        wire.send(
            get("/slow?later=0.1")
            + request("POST", "/a", "Expect: 100-continue", "Content-Length: 3")
        )
        slow, leave = wire.answer(interim=True), wire.answer(interim=True)
        wire.send(b"abc")

        assert (slow.status, leave.status, wire.answer().json["body"]) == (200, 100, "abc")


@pytest.mark.parametrize(
    ("target", "path", "query"),
    [
        ("/a%20b", "/a b", ""),
        ("/%C3%A9", "/é", ""),
        ("/%e2%82%ac", "/€", ""),
        ("/a%2Fb%2525", "/a/b%25", ""),
        ("/a%zz%", "/a%zz%", ""),
        ("/%FF", "/\ufffd", ""),
        ("//a//b/../c/.", "//a//b/../c/.", ""),
        ("/a+b;c=d,e", "/a+b;c=d,e", ""),
        ("/a?b=%20+c&&=", "/a", "b=%20+c&&="),
        ("/a?", "/a", ""),
        ("/a?b?c=/d", "/a", "b?c=/d"),
        ("/a?b#c", "/a", "b"),
    ],
)
def test_the_path_is_decoded_and_the_query_is_not(server, target, path, query):
    answer = server.ask(get(target))

    assert (answer.json["path"], answer.json["query"]) == (path, query)


@pytest.mark.parametrize(
    ("target", "path", "query"),
    [
        ("http://localhost/a%20b?c=d", "/a b", "c=d"),
        ("http://localhost:8000/", "/", ""),
        ("HTTP://localhost/a", "/a", ""),
    ],
)
def test_a_target_may_be_a_whole_url(server, target, path, query):
    answer = server.ask(get(target))

    assert (answer.json["path"], answer.json["query"]) == (path, query)


def test_repeated_headers_are_joined(server):
    answer = server.ask(get("/", "X-Asked: a", "x-asked:  b", "X-ASKED: c"))

    assert answer.json["asked"] == "a, b, c"


def test_space_around_a_value_is_left_out(strict_server):
    """uvicorn keeps a tab after it."""
    assert strict_server.ask(get("/", "X-Asked: \t a b \t ")).json["asked"] == "a b"


def test_http_1_0_may_keep_the_connection(strict_server):
    """uvicorn always closes it."""
    with strict_server.wire() as wire:
        wire.send(get("/a", "Connection: Keep-Alive", version="1.0"))
        first = wire.answer()
        wire.send(get("/b", version="1.0"))
        second = wire.answer()

        assert (first.headers["connection"], second.headers["connection"]) == (
            "keep-alive",
            "close",
        )
        assert wire.is_closed()


def test_headers_are_latin_1(server):
    assert server.ask(get("/", "X-Asked: caf\xe9")).json["asked"] == "café"


@pytest.mark.parametrize(
    "lines",
    [
        ("Connection: Upgrade", "Upgrade: websocket", "Sec-WebSocket-Version: 13"),
        ("Connection: Upgrade, HTTP2-Settings", "Upgrade: h2c", "HTTP2-Settings: AAMAAABk"),
    ],
    ids=["websocket", "h2c"],
)
def test_an_upgrade_is_not_taken(server, lines):
    with server.wire() as wire:
        wire.send(get("/a", *lines))

        assert wire.answer().json["path"] == "/a"

        wire.send(get("/b"))

        assert wire.answer().json["path"] == "/b"


def test_empty_lines_before_a_request_are_ignored(server):
    with server.wire() as wire:
        wire.send(b"\r\n" + request("POST", "/a", body=b"x") + b"\r\n" + get("/b"))

        assert [wire.answer().json["path"] for _ in range(2)] == ["/a", "/b"]


def test_a_large_body_comes_through(server):
    body = bytes(range(256)) * 4096 * 5

    with server.wire() as wire:
        wire.send(request("POST", "/a", body=body) + get("/b"))
        answer = wire.answer()

        assert answer.json["body"].encode("latin-1") == body
        assert wire.answer().json["path"] == "/b"


def test_a_large_answer_comes_through(server):
    with server.wire() as wire:
        wire.send(get("/a?fill=5000000") + get("/b"))

        assert wire.answer().json["fill"] == "x" * 5_000_000
        assert wire.answer().json["path"] == "/b"
