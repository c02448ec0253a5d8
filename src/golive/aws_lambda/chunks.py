"""Chunks: the records of a request are answered in parts, for as long as there is time."""

from __future__ import annotations

from collections.abc import Sequence
from math import inf
from typing import Any

from golive.aws_lambda.deadline import Deadline
from golive.engine.answers import Answer, Fault
from golive.engine.batch_size import BatchSize, Took
from golive.service.answering import Question
from golive.service.protocols import AnsweringEngine

__all__ = ["DEADLINE_EXCEEDED", "entries_in_time"]

DEADLINE_EXCEEDED = "deadline_exceeded"
"""The code of a record whose turn did not come."""

_LEAST_RESERVE = 0.2
_CHUNK_SECONDS = 0.1


def entries_in_time(question: Question, deadline: Deadline) -> Sequence[Answer | Fault]:
    """One entry for each record; of those whose turn did not come, that there was no time.

    What is kept back for the reply grows with what it took to read the request: both are as slow
    as the processor is.

    Args:
        question: What is asked.
        deadline: When the answer must be there.
    """
    engine, decoded = question.call.served.engine, question.decoded
    reserve = _LEAST_RESERVE + 1.5 * deadline.spent
    if deadline.left == inf or decoded.size <= 1:
        return engine.answer(decoded) if deadline.left > reserve else _late(decoded.size)
    entries: list[Answer | Fault] = []
    unit, most = _sizes(engine)
    parts = engine.cut(decoded, unit)
    at, expected = 0, 0.0
    while at < len(parts) and deadline.left > reserve + 2 * expected:
        begun = deadline.spent
        turn = parts[at : at + most.most]
        for answered in _answered(engine, turn):
            entries += answered
        expected = deadline.spent - begun
        most.learn(len(turn), Took(seconds=expected))
        at += len(turn)
    return entries + _late(decoded.size - len(entries))


def _sizes(engine: AnsweringEngine) -> tuple[int, BatchSize]:
    """The records of a part, and how many parts are answered at a time.

    A model whose pace is not known may take any time for a record: the first has its own turn.
    """
    pace = engine.pace
    if pace.manner == "apart":
        return 1, BatchSize(1, seconds=_CHUNK_SECONDS)
    return pace.most_in_thread, BatchSize(1, seconds=_CHUNK_SECONDS, call_seconds=pace.call_seconds)


def _answered(engine: AnsweringEngine, turn: Sequence[Any]) -> Sequence[Sequence[Answer | Fault]]:
    return [engine.answer(turn[0])] if len(turn) == 1 else engine.answer_all(turn)


def _late(count: int) -> list[Answer | Fault]:
    fault = Fault(
        DEADLINE_EXCEEDED,
        "The time of the invocation was over before this record's turn; send fewer records in a "
        "request, or give the function more time or memory.",
        origin="time",
    )
    return [fault] * count
