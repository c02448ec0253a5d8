"""How quick the function may be expected to be: its memory comes with a share of a processor."""

from __future__ import annotations

from golive.deploying.aws.limits import FULL_CORE_MEMORY
from golive.deploying.latency import Latency, Measurement

__all__ = ["core_share", "expected_latency"]

_NOTES = (
    (
        "Computed from a measurement on one machine: AWS's own start of an environment, usually a "
        "few tenths of a second, and the network are not in it."
    ),
)


def core_share(memory: int) -> float:
    """The share of one processor that a function of this memory (MB) has; 1 where it has more.

    Source: https://docs.aws.amazon.com/lambda/latest/dg/configuration-memory.html
    """
    return min(1.0, memory / FULL_CORE_MEMORY)


def expected_latency(measured: Measurement, memory: int) -> Latency:
    """What is expected under a memory (MB) of what was measured with a whole processor."""
    share = core_share(memory)
    cold = (measured.init_seconds * 1000 + measured.first_ms) / share
    return Latency(cold_ms=cold, warm_ms=measured.warm_ms / share, core_share=share, notes=_NOTES)
