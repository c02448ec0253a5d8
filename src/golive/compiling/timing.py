"""Timing: what a row costs each of two models, in interleaved rounds.

What counts is the processor's time of the thread that answers: on a busy machine it stays the same,
while the clock's time tells more of the others. Numeric libraries are held to one thread, as they
are in a worker that serves.
"""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from statistics import median
from time import perf_counter, thread_time

from golive.bundle.proof import Timing
from golive.runtimes.protocols import Batch, Model

__all__ = ["SIZES", "time_models"]

SIZES = (1, 8, 64, 1024)
_ROUNDS = 9
_FEWEST_ROUNDS = 3
_SECONDS = 0.4
"""The most that the rounds of one size take, after the fewest."""
_LEAST = 0.0005
"""Seconds that a measurement takes at least: faster calls are repeated within it."""


def time_models(
    original: Model, compiled: Model, batch: Batch, sizes: Sequence[int] = SIZES
) -> tuple[Timing, ...]:
    """The time of a row by how many are answered at once; of rows that both answer.

    Args:
        original: One model.
        compiled: The other.
        batch: Rows, at least one; repeated where a size needs more.
        sizes: How many rows at once.
    """
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return tuple(_timing(original, compiled, batch, size) for size in sizes)


def _timing(original: Model, compiled: Model, batch: Batch, size: int) -> Timing:
    rows = batch.take([at % batch.size for at in range(size)])
    calls = [_calls(model, rows) for model in (original, compiled)]
    fewest = _FEWEST_ROUNDS if size < SIZES[-1] else 1
    times: list[tuple[float, float]] = []
    began = perf_counter()
    while len(times) < _ROUNDS:
        times.append((_seconds(original, rows, calls[0]), _seconds(compiled, rows, calls[1])))
        if len(times) >= fewest and perf_counter() - began > _SECONDS:
            break
    first, second = (median(column) * 1e6 / size for column in zip(*times, strict=True))
    slower = sum(ours > theirs for theirs, ours in times) / len(times)
    return Timing(
        rows=size,
        original=round(first, 3),
        compiled=round(second, 3),
        slower_in=round(slower, 3),
    )


def _calls(model: Model, rows: Batch) -> int:
    """How often a model is called in one measurement; it is called before, to be ready."""
    seconds = _seconds(model, rows, 1)
    if seconds < _LEAST:
        seconds = _seconds(model, rows, 1)
    return max(1, min(1_000, int(_LEAST / max(seconds, 1e-7))))


def _seconds(model: Model, rows: Batch, calls: int) -> float:
    predict = model.predict
    began = thread_time()
    for _ in range(calls):
        predict(rows)
    return (thread_time() - began) / calls
