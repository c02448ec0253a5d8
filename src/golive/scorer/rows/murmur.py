"""MurmurHash3: the 32-bit hash by which hashing vectorizers place a term."""

from __future__ import annotations

from struct import unpack_from

__all__ = ["murmur32"]

_ALL = 0xFFFFFFFF


def murmur32(data: bytes) -> int:
    """MurmurHash3 (x86, 32 bits, seed 0) as a signed number."""
    length = len(data)
    mixed = 0
    for block in unpack_from(f"<{length >> 2}I", data):
        mixed ^= _scrambled(block)
        mixed = (((mixed << 13) | (mixed >> 19)) * 5 + 0xE6546B64) & _ALL
    if length & 3:
        mixed ^= _scrambled(int.from_bytes(data[length & ~3 :], "little"))
    mixed ^= length
    mixed = ((mixed ^ (mixed >> 16)) * 0x85EBCA6B) & _ALL
    mixed = ((mixed ^ (mixed >> 13)) * 0xC2B2AE35) & _ALL
    mixed ^= mixed >> 16
    return mixed - (1 << 32) if mixed >> 31 else mixed


def _scrambled(block: int) -> int:
    block = (block * 0xCC9E2D51) & _ALL
    return (((block << 15) | (block >> 17)) * 0x1B873593) & _ALL
