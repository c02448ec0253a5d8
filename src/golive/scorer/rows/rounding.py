"""Rounding to 32 bits: what models that compute with such numbers give."""

from __future__ import annotations

from math import exp
from struct import Struct

__all__ = ["exp32", "rounded", "sigmoid32", "softmax32"]

_FLOAT = Struct("<f")
_pack, _unpack = _FLOAT.pack, _FLOAT.unpack


def rounded(value: float) -> float:
    """The nearest number of 32 bits; infinite if it is too large."""
    try:
        return float(_unpack(_pack(value))[0])
    except OverflowError:
        return value * float("inf")


def exp32(value: float) -> float:
    """exp(value) in 32 bits."""
    return rounded(exp(value)) if value < 100.0 else float("inf")


def sigmoid32(value: float) -> float:
    """1 / (1 + exp(-value)) with every step in 32 bits; exponents are cut at 88.7."""
    return rounded(1.0 / rounded(exp32(min(-value, 88.7)) + 1.0))


def softmax32(values: list[float]) -> list[float]:
    """Shares of exp(value) with powers and quotients in 32 bits."""
    largest = max(values)
    powers = [exp32(rounded(value - largest)) for value in values]
    total = 0.0
    for power in powers:
        total += power
    total = rounded(total)
    return [rounded(power / total) for power in powers]
