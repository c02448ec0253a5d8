"""Limits: sizes, times and numbers, and clients that come up against them."""

import time
from contextlib import ExitStack

import pytest
from tests.http.conformance.wire import chunked, get, request


def test_a_body_of_the_limit_is_read(make_front):
    front = make_front(body_bytes=1000)

    assert front.ask(request("POST", "/a", body=b"x" * 1000)).status == 200
    assert front.ask(chunked("POST", "/a", chunks=[b"x" * 500] * 2)).status == 200


def test_a_body_declared_too_large_is_refused_before_it_is_sent(make_front):
    front = make_front(body_bytes=1000)

    with front.wire() as wire:
        wire.send(request("POST", "/a", "Content-Length: 1001"))
        answer = wire.answer()

    assert (answer.status, answer.code, answer.closes) == (413, "body_too_large", True)
    assert answer.json["detail"] == (
        "The body is larger than 1000 bytes; send the records in several requests."
    )


def test_no_leave_is_given_to_send_a_body_that_is_too_large(make_front):
    front = make_front(body_bytes=1000)

    with front.wire() as wire:
        wire.send(request("POST", "/a", "Expect: 100-continue", "Content-Length: 1001"))

        assert wire.answer(interim=True).status == 413


def test_a_client_that_sends_too_much_first_reads_the_answer_then(make_front):
    front = make_front(body_bytes=1_000_000)

    with front.wire() as wire:
        wire.send(request("POST", "/a", body=b"x" * 1_900_000))
        time.sleep(0.1)
        answer = wire.answer()

        assert (answer.status, answer.closes) == (413, True)
        assert wire.is_closed()


def test_chunks_that_are_too_many_are_refused(make_front):
    front = make_front(body_bytes=1000)

    with front.wire() as wire:
        wire.send(chunked("POST", "/a", chunks=[b"x" * 400] * 4))
        [answer] = wire.answers()

    assert (answer.status, answer.code) == (413, "body_too_large")


def test_a_chunk_declared_too_large_is_refused_before_it_is_sent(make_front):
    front = make_front(body_bytes=1000)

    with front.wire() as wire:
        wire.send(request("POST", "/a", "Transfer-Encoding: chunked") + b"ffffffffff\r\n")

        assert wire.answer().status == 413


def test_what_never_ends_is_not_read_for_ever(make_front):
    front = make_front(body_bytes=1000)

    with front.wire() as wire:
        wire.send(request("POST", "/a", "Content-Length: 100000000"))
        wire.answer()
        for _ in range(1000):
            wire.send(b"x" * 10_000)

        front.wait_until(lambda: front.server.connections == 0)


def test_chunks_that_are_all_framing_are_refused(make_front):
    front = make_front()
    head = request("POST", "/a", "Transfer-Encoding: chunked")

    answer = front.ask(head + (b"1;" + b"a" * 100 + b"\r\nx\r\n") * 1000)

    assert (answer.status, answer.code) == (400, "bad_request")


def test_trailers_without_end_are_refused(make_front):
    front = make_front()
    head = request("POST", "/a", "Transfer-Encoding: chunked")

    answer = front.ask(head + b"0\r\n" + b"a: b\r\n" * 10_000)

    assert (answer.status, answer.code) == (400, "bad_request")


@pytest.mark.parametrize(
    "sent",
    [
        b"GET / HTTP/1.1\r\nHost: a\r\nX: " + b"x" * 70_000,
        b"GET / HTTP/1.1\r\nHost: a\r\n" + b"X: a\r\n" * 20_000 + b"\r\n",
        b"GET /" + b"x" * 70_000,
    ],
    ids=["one header", "many headers", "target"],
)
def test_a_head_that_is_too_large_is_refused(strict_server, sent):
    with strict_server.wire() as wire:
        wire.send(sent)
        [answer] = wire.answers()

    assert (answer.status, answer.code) == (431, "headers_too_large")
    assert answer.closes


def test_a_large_head_below_the_limit_is_read(server):
    answer = server.ask(get("/", "X: " + "x" * 60_000, "X-Asked: a"))

    assert answer.json["asked"] == "a"


def test_a_head_that_comes_slowly_is_read(make_front):
    front = make_front(head_seconds=5)

    with front.wire() as wire:
        wire.send(*(bytes([byte]) for byte in get("/a")))

        assert wire.answer().json["path"] == "/a"


def test_a_head_that_does_not_come_in_time_is_refused(make_front):
    front = make_front(head_seconds=0.2)

    with front.wire() as wire:
        wire.send(get("/a"), b"GET / HTTP/1.1\r\nHost:")

        assert [answer.status for answer in wire.answers()] == [200, 408]


def test_a_body_that_does_not_come_in_time_is_refused(make_front):
    front = make_front(body_seconds=0.2)

    with front.wire() as wire:
        wire.send(request("POST", "/a", "Content-Length: 10"), b"x")
        [answer] = wire.answers()

    assert (answer.status, answer.code, answer.closes) == (408, "read_time_limit", True)
    assert answer.json["detail"] == "The body was not there after 0.2 seconds."


def test_bytes_now_and_then_do_not_prolong_a_body(make_front):
    front = make_front(body_seconds=0.3)

    with front.wire() as wire:
        wire.send(request("POST", "/a", "Content-Length: 1000"))
        for _ in range(40):
            wire.send(b"x")
            time.sleep(0.02)

        assert [answer.status for answer in wire.answers()] == [408]


def test_an_idle_connection_is_closed_without_a_word(make_front):
    front = make_front(idle_seconds=0.2)

    with front.wire() as fresh, front.wire() as used:
        used.send(get("/a"))

        assert used.answer().status == 200
        assert used.is_closed()
        assert fresh.is_closed()
    assert front.counted == ["idle", "idle"]


def test_a_client_that_stays_after_its_last_answer_is_cut_off_and_counted(make_front):
    front = make_front(linger_seconds=0.2)

    with front.wire() as wire:
        wire.send(b"nonsense\r\n\r\n")
        assert wire.answer().status == 400
        front.wait_until(lambda: front.server.connections == 0)

    assert front.counted == ["lingering"]


def test_a_client_that_sends_without_end_after_its_last_answer_is_cut_off_and_counted(make_front):
    front = make_front(linger_seconds=10, body_bytes=1000)

    with front.wire() as wire:
        wire.send(b"nonsense\r\n\r\n")
        assert wire.answer().status == 400
        for _ in range(5):
            wire.send(b"x" * 1000, b"")
        front.wait_until(lambda: front.server.connections == 0)

    assert front.counted == ["lingering"]


def test_a_request_that_is_being_answered_is_not_idle(make_front):
    front = make_front(idle_seconds=0.1, head_seconds=0.1, body_seconds=0.1)

    assert front.ask(get("/a?later=0.5")).status == 200


def test_a_client_that_reads_nothing_is_given_up(make_front):
    front = make_front(write_seconds=0.3)

    with front.wire(receive_buffer=4096) as wire:
        wire.send(get("/a?fill=20000000"))

        front.wait_until(lambda: front.server.connections == 1)
        front.wait_until(lambda: front.server.connections == 0)

    assert front.counted == ["write_time_limit"]


def test_no_more_is_read_from_a_client_that_reads_nothing(make_front):
    front = make_front(write_seconds=5)

    with front.wire(receive_buffer=4096) as wire:
        wire.send(get("/a?fill=10000000"))
        front.wait_until(lambda: front.gateway.answered)
        wire.send(get("/b") * 10)
        time.sleep(0.1)
        answered = front.gateway.answered
        large = wire.answer()
        others = [wire.answer().json["path"] for _ in range(10)]

    assert answered == 1
    assert (len(large.json["fill"]), others) == (10_000_000, ["/b"] * 10)


def test_a_client_that_reads_slowly_gets_all(make_front):
    front = make_front(write_seconds=0.4, linger_seconds=0.1)

    with front.wire(receive_buffer=65536) as wire:
        wire.send(get("/a?fill=8000000", "Connection: close"))
        for _ in range(20):
            wire._receive()
            time.sleep(0.05)

        assert len(wire.answer().json["fill"]) == 8_000_000


def test_only_so_many_requests_of_a_connection_are_open(make_front):
    front = make_front(pipeline=3)

    with front.wire() as wire:
        wire.send(b"".join(get(f"/{n}?hold=1") for n in range(10)))
        front.wait_until(lambda: front.gateway.held == 3)
        time.sleep(0.1)
        held = front.gateway.held
        for _ in range(4):
            front.call(front.gateway.release, newest_first=True)
            time.sleep(0.05)

        assert held == 3
        assert [wire.answer().json["path"] for _ in range(10)] == [f"/{n}" for n in range(10)]


def test_connections_beyond_the_limit_are_refused_and_logged(make_front):
    front = make_front(connections=2, linger_seconds=0.2)

    with front.wire() as one, front.wire() as two:
        one.send(get("/a"))
        two.send(get("/b"))
        assert (one.answer().status, two.answer().status) == (200, 200)
        with front.wire() as three:
            answer = three.answer()
            assert three.is_closed()
        assert (answer.status, answer.code, answer.headers["retry-after"]) == (
            503,
            "too_many_connections",
            "1",
        )
        one.send(get("/a"))
        assert one.answer().status == 200
    front.wait_until(lambda: front.server.connections == 0)

    assert front.ask(get("/c")).status == 200
    front.wait_until(lambda: front.told.lines)
    assert front.told.lines == [
        "1 connections were refused: 2 are open, which is the most (connections)"
    ]


def test_a_crowd_beyond_the_limit_is_closed_without_a_word_and_counted(make_front):
    front = make_front(connections=1, linger_seconds=10)

    with ExitStack() as stack:
        crowd = [stack.enter_context(front.wire()) for _ in range(1 + 64)]
        front.wait_until(lambda: front.server.connections == 65)
        with front.wire() as last:
            assert last.is_closed()
        told = [wire.answer().code for wire in crowd[1:]]

    assert told == ["too_many_connections"] * 64
    assert front.counted == ["too_many_connections"]
