"""What is told of a head that cannot be read."""

import pytest

from golive.http.front.unread_heads import unread_head

BEGINNING = b"GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n"
ORIGIN = b"Origin: https://app.example.com\r\n"


def origin_of(received, most=1000):
    head = unread_head(received, most)
    return None if head is None else head.headers["origin"]


def test_it_is_the_origin_and_nothing_else():
    head = unread_head(bytearray(BEGINNING + ORIGIN + b"\r\n"), 1000)

    assert (head.method, head.path, head.headers) == ("", "", {"origin": "https://app.example.com"})


@pytest.mark.parametrize(
    "received",
    [
        b"",
        ORIGIN + b"\r\n",  # is where the request line should be
        BEGINNING + ORIGIN[:-2],
        BEGINNING + ORIGIN + ORIGIN + b"\r\n",
        BEGINNING + b"\r\n" + ORIGIN + b"\r\n",
        BEGINNING + b"X-" + ORIGIN + b"\r\n",
        BEGINNING + b"Origin: a b\r\n\r\n",
        BEGINNING + b"Origin: \r\n\r\n",
        BEGINNING + b"Origin: " + b"a" * 300 + b"\r\n\r\n",
        BEGINNING.replace(b"\r\n", b"\n") + ORIGIN,
    ],
)
def test_there_is_none_where_no_line_or_more_than_one_names_it(received):
    assert origin_of(received) is None


def test_no_more_of_it_is_looked_at_than_may_be_sent():
    received = BEGINNING + ORIGIN + b"\r\n"

    assert origin_of(received, len(received)) == "https://app.example.com"
    assert origin_of(received, len(BEGINNING + ORIGIN) - 1) is None
