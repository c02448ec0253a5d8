"""Values as a person reads them."""

import base64

import pytest

from golive.signature.readable import readable

LONG = base64.b64encode(bytes(1200)).decode()


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (LONG, "AAAAAAAAAAA… (1.2 kB)"),
        (f"data:image/png;base64,{LONG}", "AAAAAAAAAAA… (1.2 kB)"),
        (base64.b64encode(bytes(300)).decode(), "AAAAAAAAAAA… (300 bytes)"),
        ("A" * 4_000_000, "AAAAAAAAAAA… (3.0 MB)"),
        ({"a": [LONG, 7]}, {"a": ["AAAAAAAAAAA… (1.2 kB)", 7]}),
        ("AAAA", "AAAA"),
        ("a text " * 30, "a text " * 30),
        (None, None),
    ],
)
def test_only_long_base64_is_shortened(value, shown):
    assert readable(value) == shown
