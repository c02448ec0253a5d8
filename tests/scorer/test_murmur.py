from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.utils import murmurhash3_32

from golive.scorer.rows.murmur import murmur32


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (b"", 0),
        (b"a", 1009084850),
        (b"ab", -1681926305),
        (b"abc", -1277324294),
        (b"abcd", 1139631978),
        (b"hello world", 1586663183),
        ("naïve".encode(), 992511445),
    ],
)
def test_known_texts_have_known_hashes(data, expected):
    assert murmur32(data) == expected


@given(st.binary(max_size=80))
def test_any_bytes_have_the_hash_that_scikit_learn_gives(data):
    assert murmur32(data) == murmurhash3_32(data)
