from __future__ import annotations

import pytest

from golive.service.random_bits import RandomBits


def test_bits_are_those_of_the_source_each_once():
    block = bytes(range(256)) * 16
    bits = RandomBits(read=lambda size: block[:size])

    whole = [bits(32).to_bytes(4, "little") for _ in range(1024)]

    assert sorted(whole) == sorted(block[at : at + 4] for at in range(0, 4096, 4))


@pytest.mark.parametrize("size", [1, 31, 32, 33, 74, 256])
def test_there_are_as_many_bits_as_asked_for(size):
    ones = RandomBits(read=lambda size: b"\xff" * size)

    assert ones(size) == (1 << size) - 1


def test_bits_of_the_system_are_not_the_same_twice():
    bits = RandomBits()

    assert len({bits(74) for _ in range(2000)}) == 2000
