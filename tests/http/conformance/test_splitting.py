"""However bytes are cut into packets, the answers are the same; and no bytes do harm."""

import itertools
import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.http.conformance.test_refusals import AMBIGUOUS, UNREADABLE
from tests.http.conformance.wire import chunked, get, request

STREAM = b"".join(
    [
        get("/a?x=1", "X-Asked: one"),
        request("POST", "/b", body=b"0123456789\r\n\r\nGET / HTTP/1.1\r\n\r\n"),
        b"\r\n",
        chunked(
            "POST", "/c", chunks=[b"abc\r\n", b"0\r\n\r\n", b"x" * 300], trailers=[b"X-Asked: t"]
        ),
        get("/d?later=0.01"),
        request("POST", "/b", body=b"9876543210\r\n\r\nGET / HTTP/1.1\r\n\r\n"),
        request("PUT", "http://other.example/e%20f", body=b"\x00\xff"),
        get("/g", "Connection: close"),
        get("/never"),
    ]
)
PATHS = ["/a", "/b", "/c", "/d", "/b", "/e f", "/g"]


def answers_to(server, packets):
    with server.wire() as wire:
        wire.send(*packets)
        return [
            (answer.status, answer.json.get("path"), answer.json.get("body"), answer.closes)
            for answer in wire.answers()
        ]


def cut(sent, places):
    edges = [0, *sorted(places), len(sent)]
    return [sent[a:b] for a, b in itertools.pairwise(edges) if a < b]


def test_a_stream_in_one_packet_is_answered(server):
    found = answers_to(server, [STREAM])

    assert [path for _, path, _, _ in found] == PATHS
    assert [closes for _, _, _, closes in found] == [False] * 6 + [True]


@pytest.mark.parametrize("seed", range(25))
def test_a_stream_in_any_packets_is_answered_alike(server, seed):
    places = random.Random(seed).sample(range(1, len(STREAM)), seed * 3 + 1)

    assert answers_to(server, cut(STREAM, places)) == answers_to(server, [STREAM])


def test_a_stream_byte_by_byte_is_answered_alike(server):
    packets = cut(STREAM, range(1, len(STREAM)))

    assert answers_to(server, packets) == answers_to(server, [STREAM])


@pytest.mark.parametrize("sent", (AMBIGUOUS | UNREADABLE).values(), ids=AMBIGUOUS | UNREADABLE)
def test_what_is_refused_is_refused_in_any_packets(strict_server, sent):
    middle = len(sent) // 2
    whole = answers_to(strict_server, [sent])

    assert answers_to(strict_server, cut(sent, [1, middle, len(sent) - 1])) == whole
    assert answers_to(strict_server, cut(sent, range(1, len(sent)))) == whole


NAMES = st.sampled_from(
    ["Host", "Content-Length", "Transfer-Encoding", "Connection", "Expect", "Upgrade", "X-Asked"]
)
VALUES = st.one_of(
    st.sampled_from(["a", "0", "3", "-1", "chunked", "close", "100-continue", "3, 3", "", " "]),
    st.text(st.characters(max_codepoint=255), max_size=12),
)
LINE_ENDS = st.sampled_from(["\r\n"] * 8 + ["\n", "\r", "\r\r\n", "\r\n ", ""])
SEPARATORS = st.sampled_from([": "] * 8 + [":", " : ", "", "\t:", ":\x00"])
LINES = st.builds(lambda *parts: "".join(parts), NAMES, SEPARATORS, VALUES, LINE_ENDS)
TARGETS = st.one_of(
    st.sampled_from(["/", "*", "/a?b", "http://a/b", "//", "/%", "/%00", "a", "", "/#"]),
    st.text(st.characters(max_codepoint=255), max_size=12).map(lambda text: f"/{text}"),
)
FIRST_LINES = st.builds(
    lambda method, target, version, end: f"{method} {target} {version}{end}",
    st.sampled_from(["GET", "POST", "PUT", "CONNECT", "OPTIONS", "get", "G\x00T", "", "PRI"]),
    TARGETS,
    st.sampled_from(["HTTP/1.1"] * 5 + ["HTTP/1.0", "HTTP/2.0", "HTTP/1.10", "http/1.1", ""]),
    LINE_ENDS,
)
HEADS = st.builds(
    lambda first, lines, end, rest: (first + "".join(lines) + end).encode("latin-1") + rest,
    FIRST_LINES,
    st.lists(LINES, max_size=5),
    LINE_ENDS,
    st.binary(max_size=20),
)


@settings(max_examples=150, deadline=None)
@given(
    sent=st.one_of(HEADS, st.binary(min_size=1, max_size=60)), places=st.sets(st.integers(1, 80))
)
def test_no_bytes_do_harm(harmed_server, sent, places):
    """A request is answered, and all else refused or let go, whatever the packets."""
    packets = cut(sent, [place for place in places if place < len(sent)])

    with harmed_server.wire() as wire:
        wire.send(*packets)
        wire.end_sending()
        answers = wire.answers()

    for answer in answers:
        assert answer.status == 200 or answer.headers["content-type"] == "application/problem+json"
    assert harmed_server.told.lines == []


@pytest.fixture(scope="module")
def harmed_server(strict_server):
    yield strict_server
    assert strict_server.ask(get("/still-there")).json["path"] == "/still-there"
