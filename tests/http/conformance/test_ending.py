"""Ends: of the client's sending, of the client, and of the server."""

import socket
import struct
import time

import pytest
from tests.http.conformance.wire import get, request


def test_a_client_that_has_ended_sending_gets_its_answers(make_front):
    front = make_front()

    with front.wire() as wire:
        wire.send(get("/a?later=0.1") + request("POST", "/b", body=b"x"))
        wire.end_sending()

        assert [answer.json["path"] for answer in wire.answers()] == ["/a", "/b"]


def test_a_client_that_has_ended_sending_gets_all_its_pipelined_answers(make_front):
    front = make_front(pipeline=2)

    with front.wire() as wire:
        wire.send(b"".join(get(f"/{n}?later=0.01") for n in range(10)))
        wire.end_sending()

        assert [answer.json["path"] for answer in wire.answers()] == [f"/{n}" for n in range(10)]


@pytest.mark.parametrize(
    "sent", [request("POST", "/a", "Content-Length: 10") + b"abc", b"GET / HTTP/1.1\r\n"]
)
def test_a_request_that_breaks_off_is_refused(make_front, sent):
    front = make_front()

    with front.wire() as wire:
        wire.send(sent)
        wire.end_sending()
        [answer] = wire.answers()

    assert (answer.status, answer.code) == (499, "client_disconnected")


def test_a_client_that_ends_without_a_request_is_let_go(server):
    with server.wire() as wire:
        wire.end_sending()

        assert wire.is_closed()


def test_a_client_that_goes_away_is_not_answered(make_front):
    front = make_front()

    with front.wire() as wire:
        wire.send(get("/gone?hold=1"))
        front.wait_until(lambda: front.gateway.held == 1)
        reset(wire)
    front.wait_until(lambda: front.server.connections == 0)

    assert (front.gateway.cancelled, front.gateway.held) == (["/gone"], 0)


def test_a_client_that_closes_without_a_reset_is_not_answered_either(make_front):
    front = make_front(idle_seconds=0.2)

    with front.wire() as wire:
        wire.send(get("/gone?hold=1"))
        front.wait_until(lambda: front.gateway.held == 1)
    front.wait_until(lambda: front.server.connections == 0)

    assert (front.gateway.cancelled, front.gateway.held) == (["/gone"], 0)


def test_a_client_that_has_ended_sending_is_asked_whether_it_is_there(make_front):
    front = make_front(idle_seconds=0.2)

    with front.wire() as wire:
        wire.send(get("/a?hold=1"))
        wire.end_sending()
        asked = wire.answer(interim=True)
        front.call(front.gateway.release)
        [answer] = wire.answers()

    assert (asked.status, answer.status, answer.json["path"]) == (100, 200, "/a")


def test_a_client_of_http_1_0_is_not_asked(make_front):
    front = make_front(idle_seconds=0.2)

    with front.wire() as wire:
        wire.send(get("/a?later=0.6", version="1.0"))
        wire.end_sending()

        assert wire.answer(interim=True).status == 200


def test_a_client_that_goes_away_within_a_body_is_one_exchange(make_front):
    front = make_front()

    with front.wire() as wire:
        wire.send(request("POST", "/a", "Content-Length: 10") + b"abc")
        front.wait_until(lambda: front.gateway.admitted)
        reset(wire)
    front.wait_until(lambda: front.server.connections == 0)

    [(head, code)] = front.gateway.refused
    assert (head.path, code) == ("/a", "client_disconnected")


def test_an_ending_server_answers_what_is_open_and_closes(make_front):
    front = make_front()

    with front.wire() as busy, front.wire() as idle:
        idle.send(get("/idle"))
        assert idle.answer().status == 200
        busy.send(get("/busy?hold=1"))
        front.wait_until(lambda: front.gateway.held == 1)
        front.stop(grace=10)
        assert idle.is_closed()
        front.call(front.gateway.release)
        answer = busy.answer()

        assert (answer.json["path"], answer.closes) == ("/busy", True)
        assert busy.is_closed()
    front.thread.join(10)
    assert not front.thread.is_alive()


def test_an_ending_server_answers_all_that_is_pipelined(make_front):
    front = make_front()

    with front.wire() as wire:
        wire.send(get("/a?hold=1") + get("/b?hold=1"))
        front.wait_until(lambda: front.gateway.held == 2)
        front.stop(grace=10)
        front.wait_until(lambda: front.server._shared.is_ending)
        front.call(front.gateway.release, newest_first=True)
        first, second = wire.answers()

    assert [first.closes, second.closes] == [False, True]


def test_an_ending_server_takes_no_more_connections(make_front):
    front = make_front()

    with front.wire() as wire:
        wire.send(get("/a?hold=1"))
        front.wait_until(lambda: front.gateway.held == 1)
        front.stop(grace=10)
        front.wait_until(lambda: front.server._shared.is_over)
        front.listener.close()
        with pytest.raises((ConnectionRefusedError, ConnectionResetError)):
            front.ask(get("/b"))
        front.call(front.gateway.release)

        assert wire.answer().status == 200


def test_what_has_come_before_the_end_is_answered(make_front):
    front = make_front()

    with front.wire() as known, front.wire() as new:
        known.send(get("/known"))
        assert known.answer().status == 200

        def send_and_end():  # in the event loop, which cannot have read this when it ends
            known.send(get("/late"))
            new.send(get("/new"))
            front.ending.set()

        front.call(send_and_end)
        late, first = known.answer(), new.answer()

        assert (known.is_closed(), new.is_closed()) == (True, True)
    assert (late.json["path"], first.json["path"]) == ("/late", "/new")


def test_an_ending_server_does_not_wait_for_ever(make_front):
    front = make_front()

    with front.wire() as wire:
        wire.send(get("/a?hold=1"))
        front.wait_until(lambda: front.gateway.held == 1)
        front.stop(grace=0.2)

        assert wire.is_closed()
    front.thread.join(10)
    assert not front.thread.is_alive()
    assert front.gateway.cancelled == ["/a"]


def test_a_request_that_is_being_sent_is_answered_by_an_ending_server(make_front):
    front = make_front()

    with front.wire() as wire:
        wire.send(request("POST", "/a", "Content-Length: 3") + b"ab")
        front.wait_until(lambda: front.gateway.admitted)
        front.stop(grace=10)
        front.wait_until(lambda: front.server._shared.is_ending)
        wire.send(b"c")
        answer = wire.answer()

    assert (answer.json["body"], answer.closes) == ("abc", True)


def test_a_body_that_outlasts_an_epoch_is_answered_in_the_next(make_front):
    front = make_front()

    with front.wire() as wire:
        wire.send(request("POST", "/a", "Content-Length: 3") + b"ab")
        front.wait_until(lambda: front.gateway.admitted)
        front.call(front.gateway.renew)
        wire.send(b"c")

        assert wire.answer().json["body"] == "abc"
    assert len(front.gateway.admitted) == 2


def test_a_lone_answer_is_not_held_back(server):
    """Nothing waits for a timer, or for the client's acknowledgement of the head (40 ms)."""
    with server.wire() as wire:
        wire.send(get("/"))
        wire.answer()
        began = time.perf_counter()
        for _ in range(50):
            wire.send(get("/"))
            wire.answer()

    assert time.perf_counter() - began < 50 * 0.04


def reset(wire):
    """Close so that the server gets a reset."""
    linger = struct.pack("ii", 1, 0)
    wire.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
    wire.socket.close()


def test_a_server_that_is_patient_answers_who_asks_on_a_connection_that_was_open(make_front):
    front = make_front()

    with front.wire() as one, front.wire() as other:
        for wire in (one, other):
            wire.send(get("/a"))
            assert wire.answer().closes is False
        front.stop(grace=5.0, patience=2.0)
        time.sleep(0.6)  # without patience, connections without a request would be closed by now
        one.send(get("/b"))
        answer = one.answer()

        assert (answer.json["path"], answer.closes) == ("/b", True)
        assert one.is_closed()
        assert other.is_closed()
    front.thread.join(10)


def test_a_patient_server_does_not_wait_for_nobody(make_front):
    front = make_front()
    front.wire().socket.close()

    front.stop(patience=60.0)

    front.thread.join(5)
    assert not front.thread.is_alive()
