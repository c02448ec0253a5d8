"""MurmurHash3: the 32-bit hash by which hashing vectorizers place a term."""

from __future__ import annotations

from struct import unpack_from

__all__ = ["murmur32"]


def murmur32(data: bytes) -> int:
    """MurmurHash3 (x86, 32 bits, seed 0) as a signed number.

    Numbers are cut to 32 bits only where bits above them would come back down.
    """
    length = len(data)
    mixed = 0
    for block in unpack_from(f"<{length >> 2}I", data):
        part = block * 0xCC9E2D51 & 0xFFFFFFFF
        mixed ^= (part << 15 | part >> 17) * 0x1B873593 & 0xFFFFFFFF
        mixed = (mixed << 13 | mixed >> 19) * 5 + 0xE6546B64 & 0xFFFFFFFF
    if length & 3:
        part = int.from_bytes(data[length & ~3 :], "little") * 0xCC9E2D51 & 0xFFFFFFFF
        mixed ^= (part << 15 | part >> 17) * 0x1B873593 & 0xFFFFFFFF
    mixed ^= length
    mixed = (mixed ^ mixed >> 16) * 0x85EBCA6B & 0xFFFFFFFF
    mixed = (mixed ^ mixed >> 13) * 0xC2B2AE35 & 0xFFFFFFFF
    mixed ^= mixed >> 16
    return mixed - 0x100000000 if mixed >= 0x80000000 else mixed
