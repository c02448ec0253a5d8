"""How long an answer may be expected to take, from what was measured on one machine."""

from __future__ import annotations

import json
from dataclasses import dataclass

from golive.errors import UsageError

__all__ = ["Latency", "Measurement", "read_measurement"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Measurement:
    """What was measured of a package in a fresh process with a whole core.

    Attributes:
        init_seconds: From the start of the process until the model is loaded.
        first_ms: Of the first answer.
        warm_ms: Of later ones (median).
        memory_mb: That the process had at most.
    """

    init_seconds: float
    first_ms: float
    warm_ms: float
    memory_mb: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Latency:
    """What is expected there.

    Attributes:
        cold_ms: Of a request that meets no loaded environment.
        warm_ms: Of any other.
        core_share: The share of a core that the memory comes with.
        notes: What is not in it.
    """

    cold_ms: float
    warm_ms: float
    core_share: float
    notes: tuple[str, ...]


def read_measurement(text: str, source: str) -> Measurement:
    """The measurement that a JSON object holds.

    Raises:
        UsageError: It is none; the message names `source`.
    """
    names = ("init_seconds", "first_ms", "warm_ms", "memory_mb")
    try:
        document = json.loads(text)
        values = {name: float(document[name]) for name in names}
    except (ValueError, KeyError, TypeError) as error:
        raise UsageError(
            f"{source} is no measurement: {error!r}.", hint=f"An object with {', '.join(names)}."
        ) from error
    if any(not 0 <= value < float("inf") for value in values.values()):
        raise UsageError(f"{source} holds a number that no measurement gives.")
    return Measurement(**values)
