"""Timing: a model's pace, measured on its golden records when it is loaded."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence

from golive.bundle.manifest import RuntimeKind
from golive.engine.engine import Engine
from golive.engine.pace import Pace
from golive.errors import GoliveError
from golive.signature.model import JsonValue, Signature

__all__ = ["measure_pace", "reads_quickly"]

_UNBOUNDED_KINDS: frozenset[RuntimeKind] = frozenset({"function", "pyfunc"})
"""Kinds that call whatever their author wrote, which may wait for something or never end."""

_FAST_SECONDS = 0.001
_AT_ONCE_SECONDS = 0.005
"""What a model that gains nothing from batches may take of the event loop for a record; it is
measured before it has been made faster, which makes three to ten times less of it."""
_TRIALS = 5
_ENOUGH_SECONDS = 0.25
_RECORDS = 64


def measure_pace(
    engine: Engine,
    rows: Sequence[JsonValue],
    kind: RuntimeKind,
    *,
    clock: Callable[[], float] = time.perf_counter,
) -> Pace:
    """How fast the engine answers golden records, and where it is to answer others.

    Args:
        engine: The engine; it has answered them before, so that what is done once is done.
        rows: Golden records that have an answer.
        kind: Of the model.
        clock: Seconds.
    """
    quick = reads_quickly(engine.signature)
    if kind in _UNBOUNDED_KINDS:
        return Pace(reads_quickly=quick)
    if not rows:
        return Pace(manner="in_thread", reads_quickly=quick)
    one = _seconds(engine, rows[:1], clock)
    if one is None:
        return Pace(manner="in_thread", reads_quickly=quick)
    if engine.answers_at_once and one < _AT_ONCE_SECONDS:
        return Pace(manner="at_once", call_seconds=one, record_seconds=one, reads_quickly=quick)
    return Pace(
        manner="on_loop" if one < _FAST_SECONDS else "in_thread",
        call_seconds=one,
        record_seconds=_further_seconds(engine, rows, one, clock),
        reads_quickly=quick,
    )


def reads_quickly(signature: Signature) -> bool:
    """Whether a small body is read quickly.

    Not one whose images unfold, nor one that becomes types of the model's author.
    """
    is_image = any(column.type == "image" for column in signature.columns)
    return signature.form != "object" and not is_image


def _further_seconds(
    engine: Engine, rows: Sequence[JsonValue], one: float, clock: Callable[[], float]
) -> float:
    """What each record costs beside the first of a call that takes `one` seconds."""
    if one > _ENOUGH_SECONDS:
        return one
    many = (list(rows) * (_RECORDS // len(rows) + 1))[:_RECORDS]
    all_of_them = _seconds(engine, many, clock)
    return max(0.0, ((all_of_them or one) - one) / (len(many) - 1))


def _seconds(engine: Engine, rows: Sequence[JsonValue], clock: Callable[[], float]) -> float | None:
    """The least seconds of some trials; None where the model fails."""
    best = None
    total = 0.0
    for _ in range(_TRIALS):
        try:
            decoded = engine.decoder.decode_rows(rows)
            started = clock()
            engine.answer(decoded)
        except (GoliveError, MemoryError):
            return None
        taken = clock() - started
        best = taken if best is None else min(best, taken)
        total += taken
        if total > _ENOUGH_SECONDS:
            break
    return best
