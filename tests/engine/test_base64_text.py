"""Base64 texts."""

import base64

import pytest
from hypothesis import given
from hypothesis import strategies as st

from golive.engine.base64_text import coerce_bytes


def read(value, *, limit=100):
    return coerce_bytes(value, "x", limit)


@given(st.binary(max_size=60), st.sampled_from(["", "data:;base64,", "data:image/png;base64,"]))
def test_what_is_encoded_is_read_back(data, head):
    standard, url_safe = base64.b64encode(data).decode(), base64.urlsafe_b64encode(data).decode()

    for text in (standard, url_safe, standard.rstrip("="), url_safe.rstrip("=")):
        assert read(head + text) == data


@given(st.text(max_size=12) | st.text("Aa+/-_=\n ", max_size=9))
def test_any_other_text_is_a_fault_with_a_hint(text):
    result = read(text)

    if not isinstance(result, bytes):
        assert result.code == "bad_base64"
        assert result.field == "x"
        assert "base64.b64encode" in result.message


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("AA\u00a0A", 'at position 2 it holds the text "\u00a0"'),
        ("é", 'at position 0 it holds the text "é"'),
        ("A=AA", "at position 1 it holds padding before its end"),
        ("AAAAA", "it has 5 characters and must have been cut"),
        ("AA=", 'it ends in 1 "=" and 2 are right'),
        ("AAAA=", 'it ends in 1 "=" and 0 are right'),
        ("-/AA", "it mixes the standard alphabet (+ /) with the URL-safe one (- _)"),
        ("data:text/plain,AAAA", 'it is a data: URL whose head does not end in ";base64,"'),
        ("data:" + "a" * 300 + ";base64,AAAA",
         'it is a data: URL whose head does not end in ";base64,"'),
    ],
)  # fmt: skip
def test_a_fault_says_what_is_wrong(text, reason):
    assert read(text).message == (
        f'"x" must be base64, but {reason}; send what Python\'s base64.b64encode gives'
    )


def test_the_lines_of_encoders_are_joined():
    data = bytes(range(256))

    assert read(base64.encodebytes(data).decode(), limit=256) == data
    assert read("data:;base64," + base64.encodebytes(data).decode(), limit=256) == data
    assert read("\tQUJD\r\n RA = =\n", limit=4) == b"ABCD"


def test_no_bytes_are_bytes():
    assert read("") == b""


def test_the_size_is_checked_before_decoding():
    fault = read("A" * 4000 + "!", limit=3)

    assert (fault.code, fault.message) == (
        "too_large",
        '"x" has 3000 bytes; at most 3 are allowed',
    )
    assert read("AAAA", limit=3) == bytes(3)
    assert read("AAA", limit=2) == bytes(2)
    assert read("AAA=", limit=1).code == "too_large"


def test_python_callers_pass_bytes():
    assert read(bytearray(b"ab")) == b"ab"
    assert read(memoryview(b"ab")) == b"ab"
    assert read(b"abc", limit=2).code == "too_large"


def test_anything_else_is_of_the_wrong_type():
    assert read([1]).code == "wrong_type"
    assert read(float("nan")).code == "wrong_type"
