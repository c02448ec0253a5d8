"""Consistency: the same record gives the same answer, whoever asks, when and beside what."""

from __future__ import annotations

import random
import sys
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from golive.checking.answering import Respondent, encode_record, hearing
from golive.checking.judging import shown
from golive.checking.report import Finding
from golive.engine.golden import Difference, compare
from golive.signature.model import JsonValue

__all__ = ["Asked", "batch_findings", "history_findings", "repeat_findings", "thread_findings"]

Asked = tuple[JsonValue, dict[str, JsonValue]]
"""A record and what it was answered alone."""

_EXACT = 1e-12
_THREADS = 2
_SWITCH_SECONDS = 1e-5
_PATIENCE = 120.0


def repeat_findings(
    respondent: Respondent, asked: Sequence[Asked], *, tolerance: float
) -> list[Finding]:
    """Ask each record three times in a row; a model that draws random numbers gives itself away."""
    for position, (record, _) in enumerate(asked):
        answers = [respondent.ask(record).prediction for _ in range(3)]
        differences = [_first(answers[0], answer, tolerance) for answer in answers[1:]]
        if difference := next(filter(None, differences), None):
            return [
                Finding(
                    check="repeat",
                    severity="error",
                    code="not_deterministic",
                    subject=f"golden record {position}",
                    message=f"the same record asked again is answered otherwise, {difference}",
                    hint="fix the model's random numbers, or take them out of predict",
                )
            ]
    return []


def history_findings(
    respondent: Respondent, asked: Sequence[Asked], *, tolerance: float
) -> list[Finding]:
    """Ask everything again in reverse; a model that keeps state gives other answers."""
    for position, (record, answer) in reversed(list(enumerate(asked))):
        again = respondent.ask(record).prediction
        if (difference := _first(answer, again, tolerance)) is not None:
            return [
                Finding(
                    check="repeat",
                    severity="error",
                    code="depends_on_history",
                    subject=f"golden record {position}",
                    message="the answer depends on what was asked before, " + difference,
                    hint="a model must not keep anything of one call for the next: look for "
                    "globals and attributes that predict sets",
                )
            ]
    return []


def batch_findings(
    respondent: Respondent,
    asked: Sequence[Asked],
    *,
    tolerance: float,
    sizes: Sequence[int],
    seed: int,
) -> list[Finding]:
    """Ask many records in one request; each answer must be the one that it got alone.

    Args:
        respondent: The served bundle.
        asked: Answered and refused records.
        tolerance: The largest relative difference that is rounding; 32-bit models round much.
        sizes: How many records the requests have; records come again as often as it takes.
        seed: Of their order.
    """
    order = random.Random(seed)  # noqa: S311  # an order, not a secret
    worst: Difference | None = None
    for size in sizes:
        chosen = [asked[order.randrange(len(asked))] for _ in range(size)]
        with hearing():
            answers = respondent.ask_all([encode_record(record) for record, _ in chosen])
        for position, ((_, alone), now) in enumerate(zip(chosen, answers, strict=True)):
            found = compare(position, alone, now, tolerance=_EXACT)
            far = max(found, key=lambda difference: difference.relative, default=None)
            if far is not None and far.relative > tolerance:
                return [_batch_fault(size, far)]
            if far is not None and (worst is None or far.relative > worst.relative):
                worst = far
    if worst is None:
        return []
    return [
        Finding(
            check="batch",
            severity="note",
            code="rounding",
            message="the last digits of a score depend on the other records of a request (at most "
            f"{worst.relative:.1g} relative)",
        )
    ]


def _batch_fault(size: int, far: Difference) -> Finding:
    return Finding(
        check="batch",
        severity="error",
        code="depends_on_batch",
        subject=f"record {far.index} of {size}",
        message=f"among {size} records the answer differs from that alone, {_told(far)}",
        hint="each row must be predicted from itself alone: look for statistics over the rows of "
        "a call, and for an order that is not kept",
    )


def thread_findings(
    respondent: Respondent,
    asked: Sequence[Asked],
    *,
    tolerance: float,
    seconds: float,
    seed: int,
) -> list[Finding]:
    """Ask from two threads at once; each answer must be the one that it got alone.

    Args:
        respondent: The served bundle.
        asked: Answered records.
        tolerance: The largest relative difference that is rounding.
        seconds: For so long.
        seed: Of the threads' orders.
    """
    found: list[str] = []
    barrier = threading.Barrier(_THREADS)
    until = time.monotonic() + seconds

    def ask(number: int) -> None:
        order = random.Random(seed + number)  # noqa: S311  # an order, not a secret
        barrier.wait(_PATIENCE)
        while not found and time.monotonic() < until:
            record, answer = asked[order.randrange(len(asked))]
            now = respondent.ask_all([encode_record(record)])[0]
            if (difference := _first(answer, now, tolerance)) is not None:
                found.append(difference)

    with hearing(), _quick_switching():
        _run_all([_Worker(ask, number) for number in range(_THREADS)])
    if not found:
        return []
    return [
        Finding(
            check="threads",
            severity="error",
            code="not_thread_safe",
            message=f"asked by two threads at once, an answer differs: {found[0]}",
            hint="predict must not write to attributes or globals; until then serve it with "
            "--threads 1 (several --workers)",
        )
    ]


class _Worker(threading.Thread):
    """A thread that keeps what its work raised."""

    def __init__(self, work: Callable[[int], None], number: int) -> None:
        super().__init__(daemon=True)
        self._work, self._number = work, number
        self.error: BaseException | None = None

    def run(self) -> None:
        """Do the work."""
        try:
            self._work(self._number)
        except BaseException as error:  # noqa: BLE001  # raised again where the threads are joined
            self.error = error


def _run_all(workers: Sequence[_Worker]) -> None:
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    for worker in workers:
        if worker.error is not None:
            raise worker.error


@contextmanager
def _quick_switching() -> Iterator[None]:
    """Let threads take turns so often that what they share shows."""
    before = sys.getswitchinterval()
    sys.setswitchinterval(_SWITCH_SECONDS)
    try:
        yield
    finally:
        sys.setswitchinterval(before)


def _first(before: Any, now: Any, tolerance: float) -> str | None:
    found = compare(0, before, now, tolerance=tolerance)
    return _told(found[0]) if found else None


def _told(difference: Difference) -> str:
    return f"{difference.path}: {shown(difference.packed)}, then {shown(difference.now)}"
